"""One example of each word that the API speaks, and whole bodies put together from them for its description.

Numbers are such as nobody can have: no subscriber in China begins with 0. What is new in a body needs its word here
(a test says which), unless it is a moment, a number, a choice among given words, or has a default that says enough.
"""

from collections.abc import Iterator, Mapping
from typing import Any

SID = "CA" + "0" * 31 + "1"
MOMENT = "2026-07-01T09:30:00+08:00"
DAY = "2026-07-01"
SINCE_1970_MS = 1782869400000  # the same moment
LINE = "+8677100000002"

WORDS: dict[str, Any] = {
    "about": SID,
    "act": "reveal",
    "address": "+8677100000801",
    "after": "30",
    "answer": "",
    "answered": None,
    "answered_by": "own",
    "area": "南宁市",
    "audio": None,
    "back": "CB" + "0" * 31 + "1",
    "basis": "5f1d7a2c9b3e",
    "before": "20",
    "break_reasons": "用餐",
    "broken": None,
    "browser": "Firefox",
    "by": "9010",
    "call_back": "CB" + "0" * 31 + "1",
    "callback": None,
    "caller": "+86 20****0001",
    "caller_class": "",
    "case": "",
    "came_from": None,
    "changed": 1,
    "channel": "政府网站",
    "city": "南宁市",
    "claimed_by": "",
    "closed": None,
    "closed_by": "",
    "cursor": "",
    "detail": "公布",
    "delivery": "b2d40c9f7e61-1782869400000-0",
    "draft_basis": "0c9a4e71d2b8",
    "driver": "twilio",
    "ear": SID,
    "ended_by": "caller",
    "event": "accept",
    "explained": "接通，听到了问候语",
    "fault": "",
    "formula": "15 秒内接通 ÷ 应接通",
    "guest_end": "",
    "handed_to": None,
    "handle": "3f9c21d07ab4",
    "hash": "0" * 64,
    "head": "2:" + "0" * 64,
    "heard": "您好",
    "help_why": None,
    "holder": "1",
    "hotline": "nanning",
    "hours": "工作日上午九点到十二点，下午三点到六点",
    "id": "9001",
    "id_": "9001",
    "identity": "operator_9001",
    "intent": "ready",
    "key": "greeting",
    "kind": "operator",
    "language": "cmn-CN",
    "last_said": "送达",
    "last_try": "",
    "line": LINE,
    "lines": LINE,
    "mark": "9010 2026-07-01 09:30",
    "missed_why": None,
    "mode": "",
    "name": "main",
    "new": "市长热线",
    "note": "已答复，来电人满意",
    "notes": "已答复，来电人满意",
    "notice": "1",
    "number": LINE,
    "numbers": LINE,
    "of": SID,
    "old": "市长",
    "on_shift": "9001",
    "own": "欢迎致电南宁直通车。",
    "able": "9001",
    "operator": "9001",
    "outcome": "answered",
    "pace": "",
    "passed_to": None,
    "password": "shown-this-once",
    "phone": "",
    "place": "第 1 位",
    "post": "市长",
    "presence": "on",
    "queue": "main",
    "queue_title": "综合",
    "reason": "回访来电人",
    "replaced_by": "+8677100000003",
    "role": "operator",
    "said": "令牌已撤销",
    "says": "",
    "scope": "calls",
    "section": "queue",
    "secret": "whsec_shown-this-once",
    "seen": "9001",
    "service": "110",
    "sid": SID,
    "sip_code": "200",
    "skills": "main=2",
    "source": "国务院办公厅关于 2026 年部分节假日安排的通知",
    "standing": "等待联系",
    "state": "ended",
    "status": "completed",
    "test": "",
    "text": "您好，这里是南宁市领导公开电话。",
    "text_state": None,
    "title": "综合",
    "to": "9001",
    "token": "ztc_nanning_shown-this-once",
    "told": "",
    "tuned": "listen",
    "twiml": "<Say>您好</Say>",
    "type": "about:blank",
    "unit": "市政府办公室",
    "url": "https://oa.example.gov.cn/hotline",
    "used": "2026-07-01",
    "created": "2026-06-01",
    "variables": "title",
    "warnings": None,
    "what": "改了排队规则",
    "when": "来电接通时",
    "where": "10.0.0.1",
    "who": "9001",
    "whose": "南宁市市长",
    "why": "来电人已另行联系",
    "within": LINE,
    "word": "OK",
}
"""By the name of a property or parameter. None is: leave it empty."""

IN_PLACE: dict[str, Any] = {
    "/api/{hotline}/alarms/{name}/supervisor name": "longest_wait:main",
    "/api/{hotline}/exports/{id} id": "6b0f3a91c2d4",
    "/api/{hotline}/exports/{id}/file id": "6b0f3a91c2d4",
    "/api/{hotline}/hooks/{id} id": "b2d40c9f7e61",
    "/api/{hotline}/hooks/{id}/state id": "b2d40c9f7e61",
    "/api/{hotline}/hooks/{id}/secret id": "b2d40c9f7e61",
    "/api/{hotline}/hooks/{id}/test id": "b2d40c9f7e61",
    "/api/{hotline}/hooks/{id}/deliveries id": "b2d40c9f7e61",
    "/api/{hotline}/hooks/{id}/deliveries/{delivery}/redelivery id": "b2d40c9f7e61",
    "/api/{hotline}/profile/{name} name": "queue",
    "/api/{hotline}/calls caller": "+862000000001",
    "/api/{hotline}/absences/{number} number": "+8655800000018",
    "Alarm.name": "longest_wait:main",
    "Alarm.text": "综合队列有人已排队 95 秒，超过 90 秒",
    "Arranged.fields": {"ring_seconds": 20},
    "/api/{hotline}/cases/{number} number": "GD-20260701-0001",
    "/api/{hotline}/cases/{number}/answer number": "GD-20260701-0001",
    "/api/{hotline}/cases/{number}/return number": "GD-20260701-0001",
    "/api/{hotline}/cases/{number}/closing number": "GD-20260701-0001",
    "/api/{hotline}/cases state": "open",
    "Announced-Input.off": ["2026-10-01"],
    "Announced-Input.work": ["2026-10-10"],
    "ivr__hours__Notice.off": ["2026-10-01"],
    "ivr__hours__Notice.work": ["2026-10-10"],
    "Asked.numbers": [LINE],
    "Block.reason": "一小时内二十次拨通后不说话",
    "Case.about": "6月30日09:30 的来电，南宁市市长未能接听（占线），承诺会后联系",
    "Case.answered_by": "",
    "Case.history": [
        {
            "at": MOMENT,
            "event": "open_case",
            "title": "承诺无人联系，转为工单",
            "by": "",
            "said": "",
            "how": None,
        }
    ],
    "Case.number": "GD-20260701-0001",
    "Case.standing": "待反馈",
    "Contact.name": "市场监管局值班室",
    "Desk.line": "idle",
    "Destination.dialled": LINE,
    "Destination.says": "greeting",
    "Export.id": "6b0f3a91c2d4",
    "FreshCode.dial": "055800009001",
    "FreshCode.code": "0018719644",
    "Fields.fields": {"post": "市长", "unit": "市政府"},
    "Delivery.body": {"id": "1782869400000-0", "type": "call.ended", "data": {"sid": SID}},
    "Delivery.event": "1782869400000-0",
    "Delivery.id": "b2d40c9f7e61-1782869400000-0",
    "Delivery.kind": "call.ended",
    "Hook.id": "b2d40c9f7e61",
    "Hook.events": ["call.ended", "message.received"],
    "ivr__hooks__Wish.events": ["call.ended", "message.received"],
    "Hook.title": "工单系统",
    "ivr__hooks__Wish.title": "工单系统",
    "Try.code": 200,
    "Try.ms": 42,
    "Invited.who": "9002",
    "ivr__audit__Entry.detail": "",
    "ivr__desk__Notice.kind": "notice",
    "ivr__desk__Notice.id": "1",
    "ivr__desk__Notice.text": "十点停电检修，请改用手机接听",
    "ivr__wallboard__Notice.kind": "notice",
    "ivr__wallboard__Notice.id": "1",
    "ivr__wallboard__Notice.text": "十点停电检修，请改用手机接听",
    "Notice-Input.text": "十点停电检修，请改用手机接听",
    "Announced-Output.text": "今天上午受暴雨影响，市区公交停运。",
    "routes__announcement__Wish.text": "今天上午受暴雨影响，市区公交停运。",
    "Lock.number": "9001",
    "Member.name": "priority",
    "Member.title": "优先",
    "Put.name": "priority",
    "Put.numbers": ["+862000000001"],
    "Promise.told": "已发短信",
    "Reading.name": "answered_well",
    "Reading.of": "quarter",
    "Reading.title": "15 秒接通率",
    "Reading.unit": "%",
    "Row.line": {"number": LINE, "post": "市长", "unit": "市政府", "area": "南宁市"},
    "Seat.line": "idle",
    "Account.line": "idle",
    "Shown.caller": "+86 20 00000001",
    "routes__admin__settings__Wish.fields": {"ring_seconds": 20},
    "routes__desk__Wish.reason": "",
    "routes__talk__Note.text": "已答复，来电人满意",
    "Town.name": "nanning",
    "Town.title": "南宁市领导公开电话",
    "Told-Input.why": "已离开座位",
    "Told-Output.message_seconds": None,
}
"""Where a word means something else: by `schema.property`, or by the path and the name of a parameter."""

Schema = Mapping[str, Any]


class Unexplained(LookupError):
    """Nobody has said what this might be."""


def example_of(schema: Schema, schemas: Mapping[str, Schema], where: str = "") -> Any:
    """Something that this schema allows. `where` is `schema.property`. Raises Unexplained for a word nobody gave."""
    if where in IN_PLACE:
        return IN_PLACE[where]
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _of_a_model(name, schemas)
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return _of_one_of(choices, schemas, where)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    return _of_a_type(schema, schemas, where)


def _of_a_model(name: str, schemas: Mapping[str, Schema]) -> Any:
    model = schemas[name]
    if "properties" not in model:
        return example_of(model, schemas, name)
    return {
        given: example_of(schema, schemas, f"{name}.{given}") for given, schema in model["properties"].items()
    }


def _of_one_of(choices: list[Schema], schemas: Mapping[str, Schema], where: str) -> Any:
    may_be_empty = any(choice.get("type") == "null" for choice in choices)
    is_left_empty = WORDS.get(where.rpartition(".")[2], "") is None
    if may_be_empty and is_left_empty:
        return None
    return example_of(choices[0], schemas, where)


def _of_a_type(schema: Schema, schemas: Mapping[str, Schema], where: str) -> Any:
    kind = schema.get("type")
    if kind == "array":
        return list(_of_a_list(schema, schemas, where))
    if kind == "boolean":
        return schema.get("default", False)
    if kind in ("integer", "number"):
        return _a_number(schema, where.rpartition(".")[2])
    if kind == "string":
        return _a_word(schema, where)
    if kind == "object" and "properties" not in schema and schema.get("additionalProperties") is not True:
        return {}
    raise Unexplained(where)


def _of_a_list(schema: Schema, schemas: Mapping[str, Schema], where: str) -> Iterator[Any]:
    if WORDS.get(where.rpartition(".")[2], "") is not None:
        yield example_of(schema["items"], schemas, where)


MOMENTS_MS = (
    "now",
    "since",
    "at",
    "until",
    "asked",
    "queued",
    "offered",
    "accepted",
    "joined",
    "saved_at",
    "publish_at",
)
NUMBERS = {"year": 2026, "n": 2, "priority": 4, "hours": 24, "percent": 100, "cursor": 1, "seconds": 60}


def _a_number(schema: Schema, name: str) -> float:
    if name in MOMENTS_MS or name.endswith("_since"):
        return SINCE_1970_MS
    return NUMBERS.get(name) or schema.get("default") or max(1, schema.get("minimum", 1))


def _a_word(schema: Schema, where: str) -> str:
    if (form := schema.get("format")) in ("date", "date-time"):
        return DAY if form == "date" else MOMENT
    name = where.rpartition(".")[2].rpartition(" ")[2]
    if name not in WORDS:
        raise Unexplained(where)
    return WORDS[name] or ""
