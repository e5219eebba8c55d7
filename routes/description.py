"""What `/openapi.json` says besides what FastAPI reads off the routes: who may ask, how a refusal looks, and an example
of every body, answer and parameter."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from ivr.hook_news import KINDS, Kind
from ivr.roles import RIGHTS, TITLES, Right
from routes.examples import LINE, MOMENT, WORDS, example_of
from routes.problems import TITLES as OF_STATUS

ABOUT = """\
领导公开电话的接口：控制台能做的，程序也能做。

- **身份**：在 `Authorization: Bearer <令牌>` 中给出令牌（管理员在“管理 › 令牌”新建）；已登录的浏览器用自己的会话。
- **时刻**：名为 `…_since`、`at`、`now` 等的整数是 1970 年以来的毫秒；带时区的文字是本市时间。
- **号码**：一律是国际格式；来电号码默认隐去中间几位。
- **拒绝**：`application/problem+json`（RFC 9457），`detail` 用中文说明哪里不对、怎么办，`fields` 逐项说明。
- **推送**：事件发生时由本系统通知您的系统，见 `hooks`。
"""

TAGS = {
    "desk": "坐席：签入、示闲示忙、接听、挂机、整理",
    "talk": "通话中：保持、咨询、会议、转接、备注、录音",
    "calls": "通话记录：查询、时间线、完整号码、保密、导出",
    "call-backs": "回拨：回拨、留言、未接来电三张清单",
    "callers": "来电人：来电限制与类别",
    "promises": "承诺：“会后联系您”的办理",
    "cases": "工单：无人兑现的承诺，反馈、退回与办结",
    "absences": "公开电话状态：本人接听的号码当前能否接通",
    "probes": "拨测：像市民一样拨打公布的号码",
    "wallboard": "看板：此刻与当天的情况",
    "supervision": "班长：强制状态、调整排队、监听、通知、告警",
    "published": "公布的号码：无须登录",
    "numbers": "号码：公布、变更、撤下的台账",
    "knowledge": "服务时间与放假安排",
    "announcement": "紧急播报",
    "prompts": "提示语：草稿、录音、发布",
    "settings": "设置：热线的各项规则",
    "staff": "人员：账号与角色",
    "hooks": "推送：事件发生时通知您的系统；签名、重试、查看、重新推送",
    "tokens": "令牌与锁定的工号",
    "account": "我的账号",
    "audit": "审计：谁看过什么、改过什么",
    "editions": "修改记录：每次修改与恢复",
}
"""What each group of routes is about, in the order in which it is read."""

MEANING = {
    401: "未登录，或令牌无效",
    403: "没有这项权限",
    404: "没有这条热线，或没有所问的",
    409: "此刻不能：情况已变",
    422: "填写有误：`fields` 逐项说明",
    503: "数据库暂时没有应答",
}
EVERY_TIME = (404, 422, 503)
IF_GUARDED = (401, 403)
IF_IT_ACTS = (409,)
PROBLEM = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "哪里不对、怎么办，可以直接给人看"},
        "fields": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "每一项哪里不对",
        },
    },
}
SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "“管理 › 令牌”中新建的令牌：`ztc_…`"},
}
TOLD = {
    **dict.fromkeys((Kind.ARRIVED, Kind.ANSWERED, Kind.ENDED, Kind.MESSAGE, Kind.CALLBACK), "Record"),
    Kind.PROMISE: "Promise",
    **dict.fromkeys((Kind.CASE_OPENED, Kind.CASE), "Case"),
    Kind.TESTED: "Tested",
}
"""What the `data` of an event is: the same as the API answers."""

FURTHER: dict[Kind, dict[str, Any]] = {
    Kind.NUMBER: {"edition": 12, "numbers": [LINE]},
    Kind.ALARM: {"name": "longest_wait:main", "text": "综合队列有人已排队 95 秒，超过 90 秒"},
    Kind.ALL_CLEAR: {"name": "longest_wait:main", "text": "综合队列有人已排队 95 秒，超过 90 秒"},
}
UNUSED = ("HTTPValidationError", "ValidationError")  # our refusals are problems

Operation = dict[str, Any]


class Described(FastAPI):
    """An application that describes itself in full; what FastAPI reads off the routes is completed once."""

    def __init__(self, **more: Any) -> None:
        tags = [{"name": name, "description": about} for name, about in TAGS.items()]
        super().__init__(description=ABOUT, openapi_tags=tags, **more)

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            _complete(super().openapi(), dict(_guards(self)))
        return super().openapi()


def _guards(app: FastAPI) -> Iterator[tuple[tuple[str, str], str]]:
    """The guard of each route that is described."""
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute) and route.original_route.include_in_schema:
            guard = next(_names_of(route.dependant))
            yield from (((method.lower(), str(route.path)), guard) for method in route.methods or ())


def _names_of(dependant: Dependant) -> Iterator[str]:
    for needed in dependant.dependencies:
        name = getattr(needed.call, "__name__", "")
        if name in ("everybody", "visitor", "signed_in") or name.startswith("who_may_"):
            yield name
        yield from _names_of(needed)


def _complete(said: dict[str, Any], guards: dict[tuple[str, str], str]) -> None:
    parts = said["components"]
    for unused in UNUSED:
        parts["schemas"].pop(unused, None)
    parts["schemas"]["Problem"] = PROBLEM
    parts["securitySchemes"] = SECURITY
    parts["responses"] = {str(status): _refusal(status) for status in MEANING}
    said["webhooks"] = {kind.value: {"post": _told(kind, parts["schemas"])} for kind in Kind}
    for path, operations in said["paths"].items():
        for method, operation in operations.items():
            _complete_operation(operation, method, guards[method, path])
            _give_examples(operation, path, parts["schemas"])


def _told(kind: Kind, schemas: dict[str, Any]) -> Operation:
    """What we send, for whoever writes the other end."""
    data = (
        example_of({"$ref": f"#/components/schemas/{TOLD[kind]}"}, schemas) if kind in TOLD else FURTHER[kind]
    )
    data.pop("timeline", None)
    told = {
        "id": "1782869400000-0",
        "type": kind.value,
        "hotline": WORDS["hotline"],
        "timestamp": MOMENT,
        "data": data,
    }
    content = {"schema": {"type": "object"}, "example": told}
    return {
        "tags": ["hooks"],
        "summary": kind.value,
        "description": f"{KINDS[kind]}。签名在 `webhook-signature`，验证方法见 docs/api.md。",
        "requestBody": {"content": {"application/json": content}},
        "responses": {"200": {"description": "收下了；任何 2xx 都算"}},
        "security": [],
    }


def _refusal(status: int) -> Operation:
    example = {"type": "about:blank", "title": OF_STATUS[status], "status": status, "detail": MEANING[status]}
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
    return {"description": MEANING[status], "content": {"application/problem+json": content}}


def _complete_operation(operation: Operation, method: str, guard: str) -> None:
    statuses = [*EVERY_TIME, *(IF_GUARDED if guard != "everybody" else ())]
    statuses += IF_IT_ACTS if method != "get" else ()
    operation["responses"] |= {
        str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(statuses)
    }
    operation["security"] = [{"token": []}] if guard != "everybody" else []
    said = operation.get("description", "")
    operation["description"] = "\n\n".join(part for part in (said, _who(guard)) if part)


def _who(guard: str) -> str:
    if not guard.startswith("who_may_"):
        return "任何人" if guard == "everybody" else "任何已登录的人"
    right = Right(guard.removeprefix("who_may_"))
    who = "、".join(TITLES[role] for role, rights in RIGHTS.items() if right in rights)
    return f"权限 `{right.value}`：{who}"


def _give_examples(operation: Operation, path: str, schemas: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        parameter["example"] = example_of(parameter["schema"], schemas, f"{path} {parameter['name']}")
    told = [operation.get("requestBody", {}), *operation["responses"].values()]
    for content in (content for one in told for content in one.get("content", {}).items()):
        kind, body = content
        if kind == "application/json":
            body["example"] = example_of(body["schema"], schemas, f"{path} body")
