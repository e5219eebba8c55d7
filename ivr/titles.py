"""What people call the words that the queue keeps."""

from collections.abc import Mapping

from ivr.acd import Outcome
from ivr.profile.queue import Queue

OUTCOMES = {
    Outcome.ANSWERED: "已接通",
    Outcome.ABANDONED_GREETING: "问候时挂机",
    Outcome.ABANDONED_SHORT: "速挂",
    Outcome.ABANDONED_QUEUE: "排队中挂机",
    Outcome.ABANDONED_RINGING: "振铃中挂机",
    Outcome.WAITED_TOO_LONG: "等待超时",
    Outcome.CLOSED: "非服务时间",
    Outcome.FULL: "线路已满",
    Outcome.UNSTAFFED: "无人在岗",
    Outcome.BLOCKED: "限制来电",
    Outcome.PASSED_ON: "转另一热线",
    Outcome.WITHDRAWN: "号码已撤下",
    Outcome.DIRECT_ANSWERED: "本人接听",
    Outcome.DUTY_ANSWERED: "值班接听",
    Outcome.DIRECT_MISSED: "本人未接",
    Outcome.MESSAGE: "已留言",
    Outcome.CALLBACK: "改约回电",
    Outcome.CALLED_BACK: "已回电",
    Outcome.UNREACHABLE: "回电未通",
    Outcome.CALLED_OFF: "回电撤销",
    Outcome.EXPIRED: "回电过期",
}
ENDED_BY = {
    "caller": "来电人",
    "operator": "话务员",
    "official": "本人",
    "hotline": "热线",
    "carrier": "运营商",
}
RATINGS = {1: "满意", 2: "基本满意", 3: "不满意"}

MISSED = {
    "busy": "占线",
    "no_answer": "无人接听",
    "declined": "不便接听",
    "off": "关机或不在服务区",
    "invalid": "空号",
    "failed": "打不通",
    "absent": "已登记离岗",
    "quiet": "免打扰时段",
}
"""Why an official did not come to the phone."""

ANSWERED_BY = {"own": "本人", "second": "第二电话", "duty": "值班电话"}
"""Which of a post's phones was answered by a person."""

CHOSEN = {
    "queue": "排队中",
    **{place.value: OUTCOMES[place] for place in (Outcome.CLOSED, Outcome.FULL, Outcome.UNSTAFFED)},
    Outcome.WAITED_TOO_LONG.value: OUTCOMES[Outcome.WAITED_TOO_LONG],
    "pool": "话务员",
    "direct": "本人",
    "hours": "分时段",
    "number": "运营商",
    "byoc": "自带中继",
    "sip": "本市中继",
}
"""What a setting is one of: the words that files keep."""

_NOTED = {
    **ENDED_BY,
    **{outcome.value: title for outcome, title in OUTCOMES.items()},
    **MISSED,
    **ANSWERED_BY,
    "listen": "监听",
    "whisper": "耳语",
    "barge": "插话",
    "left": "已离开",
    "dismissed": "已请离",
    "over": "通话已结束",
}
"""What the moments of a call note: why somebody went or did not come, which phone was rung, how it is listened to."""


def in_words(event: str, note: str, queues: Mapping[str, Queue]) -> str:
    """What a moment of a call notes, as people call it. The name of a guest is somebody's own words, and stays."""
    if event == "requeue" and note in queues:
        return queues[note].title
    if event == "invite":
        return note
    if event == "dismiss":
        name, _, why = note.rpartition(" ")
        return f"{name} {_NOTED.get(why, why)}".strip()
    return " ".join(_NOTED.get(word, word) for word in note.split(" "))
