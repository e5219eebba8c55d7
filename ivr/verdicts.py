"""What a dial test has shown: a word for each way in which a published number can fail, from what is known of the call.

Known are how the carrier's call ended, whether it came in here and what we answered, and what was understood of what
was said there. For a call that did not come in, where the carrier sends the number says why.
"""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from urllib.parse import urlsplit

ALIKE = 0.6  # of the shorter of two sentences is in the other: speech is never understood whole
SHORTEST_MATCH = 2
MACHINE = re.compile("留言|提示音|语音信箱|录音电话|暂时无法接听|voice ?mail", re.IGNORECASE)
OUR_PATH = re.compile(r"/voice/([a-z][a-z0-9]*)/(.+)")


class Verdict(StrEnum):
    REACHED = "reached"
    UNSTAFFED = "unstaffed"
    FULL = "full"
    WRONG_WORDS = "wrong_words"
    SILENT = "silent"
    MACHINE = "machine"
    STRANGER = "stranger"
    UNRECOGNISED = "unrecognised"
    NO_ADDRESS = "no_address"
    ELSEWHERE = "elsewhere"
    WRONG_HOST = "wrong_host"
    WRONG_STEP = "wrong_step"
    WRONG_HOTLINE = "wrong_hotline"
    NOT_IN_ACCOUNT = "not_in_account"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    SWITCHED_OFF = "switched_off"
    UNASSIGNED = "unassigned"
    NOT_DIALLED = "not_dialled"
    FAILED = "failed"
    OFFICIAL_BUSY = "official_busy"
    OFFICIAL_NO_ANSWER = "official_no_answer"
    OFFICIAL_NO_KEY = "official_no_key"
    OFFICIAL_DECLINED = "official_declined"
    OFFICIAL_OFF = "official_off"
    OFFICIAL_INVALID = "official_invalid"
    OFFICIAL_FAILED = "official_failed"
    OFFICIAL_ABSENT = "official_absent"
    OFFICIAL_QUIET = "official_quiet"
    OPERATOR_CLOSED = "operator_closed"
    OPERATOR_NONE_FREE = "operator_none_free"
    OPERATOR_NO_ANSWER = "operator_no_answer"
    OPERATOR_NO_KEY = "operator_no_key"
    OPERATOR_DECLINED = "operator_declined"
    OPERATOR_LOST = "operator_lost"
    OPERATOR_BUSY = "operator_busy"
    OPERATOR_OFF = "operator_off"
    OPERATOR_INVALID = "operator_invalid"
    OPERATOR_FAILED = "operator_failed"
    UNPROVED = "unproved"


EXPLAINED = {
    Verdict.REACHED: "接通",
    Verdict.UNSTAFFED: "接通，但服务时间内无人在岗",
    Verdict.FULL: "接通，但线路已满",
    Verdict.WRONG_WORDS: "接通，但听到的不是应有的问候",
    Verdict.SILENT: "接通无声",
    Verdict.MACHINE: "被语音信箱接走",
    Verdict.STRANGER: "被别的电话接走，没有进入本系统",
    Verdict.UNRECOGNISED: "听到了问候，但没有认出是拨打这个号码：主叫号码在途中被改，或被叫号码对应错了",
    Verdict.NO_ADDRESS: "号码没有设置接听地址（VoiceUrl）",
    Verdict.ELSEWHERE: "号码指向了别的系统（VoiceUrl）",
    Verdict.WRONG_HOST: "号码指向的地址与 HOTLINE_PUBLIC_URL 不一致，签名不符被拒绝",
    Verdict.WRONG_STEP: "号码指向本系统里不存在的地址（VoiceUrl）",
    Verdict.WRONG_HOTLINE: "号码指到了另一条热线（VoiceUrl）",
    Verdict.NOT_IN_ACCOUNT: "无人接听，且号码不在运营商账户里",
    Verdict.BUSY: "占线",
    Verdict.NO_ANSWER: "无人接听",
    Verdict.SWITCHED_OFF: "关机或未接入网络",
    Verdict.UNASSIGNED: "空号",
    Verdict.NOT_DIALLED: "运营商没有拨出",
    Verdict.FAILED: "呼叫失败",
    Verdict.OFFICIAL_BUSY: "本人电话占线",
    Verdict.OFFICIAL_NO_ANSWER: "本人电话无人接听",
    Verdict.OFFICIAL_NO_KEY: "本人电话接起后没有按 1：是语音信箱，或没有听完",
    Verdict.OFFICIAL_DECLINED: "本人电话没有接：拒接，或按了别的键",
    Verdict.OFFICIAL_OFF: "本人电话关机或不在服务区",
    Verdict.OFFICIAL_INVALID: "本人电话是空号",
    Verdict.OFFICIAL_FAILED: "本人电话打不通",
    Verdict.OFFICIAL_ABSENT: "本人登记了不在，没有响铃",
    Verdict.OFFICIAL_QUIET: "现在是本人的免打扰时段，没有响铃",
    Verdict.OPERATOR_CLOSED: "服务时间外，没有话务员接听",
    Verdict.OPERATOR_NONE_FREE: "没有空闲的话务员：都在通话、整理或小休，或有来电人在排队",
    Verdict.OPERATOR_NO_ANSWER: "话务员振铃后没有接听",
    Verdict.OPERATOR_NO_KEY: "话务员的话机接起后没有按 1：是语音信箱，或没有听完",
    Verdict.OPERATOR_DECLINED: "话务员拒接了这次拨测",
    Verdict.OPERATOR_LOST: "话务员没有接通：坐席页面或软电话断开了",
    Verdict.OPERATOR_BUSY: "话务员的话机占线",
    Verdict.OPERATOR_OFF: "话务员的话机关机或不在服务区",
    Verdict.OPERATOR_INVALID: "话务员的话机是空号",
    Verdict.OPERATOR_FAILED: "话务员的话机打不通",
    Verdict.UNPROVED: "拨测中途断线，没有确认有人接听",
}

# Without an answer, whatever leads to this line: SIP code -> what it is called. Codes beside the plain statuses.
_UNANSWERED = {
    "404": Verdict.UNASSIGNED,
    "604": Verdict.UNASSIGNED,
    "480": Verdict.SWITCHED_OFF,
    "486": Verdict.BUSY,
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of one test. `status` and `code` are the carrier's; `why` is what a caller would have been turned away for."""

    status: str
    code: str = ""
    fault: str = ""
    answered: bool = False
    arrived: bool = False
    why: str = ""
    manned: bool = True
    heard: str = ""
    expected: str = ""
    through: bool = False  # it went on to a person
    reached: bool = False  # who pressed 1, or took it at their desk
    missed: str = ""  # why the official's first phone, or no operator, answered: a word that says whose it is


def of_person(seen: Evidence) -> Verdict:
    """The call came in and went on to the official's phones or an operator's desk: whether a person answers, and hears
    what callers hear. With nobody on shift, or no place in the line, it is what a plain test says of it."""
    if seen.reached:
        return of_arrival(seen)
    if seen.missed in ("operator_unstaffed", "operator_full"):
        return Verdict(seen.missed.removeprefix("operator_"))
    return Verdict(seen.missed) if seen.missed else Verdict.UNPROVED


def of_arrival(seen: Evidence) -> Verdict:
    """The call came in: what the caller got."""
    if seen.why in ("unstaffed", "full"):
        return Verdict(seen.why)
    if not seen.heard:
        return Verdict.SILENT
    if not alike(seen.heard, seen.expected):
        return Verdict.WRONG_WORDS
    return Verdict.REACHED if seen.manned else Verdict.UNSTAFFED


def of_absence(seen: Evidence, *, leads_to: str | None, ours: str) -> Verdict:
    """The call did not come in. `leads_to` is where the carrier sends this number, None if the account has no such
    number; `ours` is where it should."""
    if seen.fault:
        return Verdict.NOT_DIALLED
    if seen.answered:
        return _astray(leads_to, ours) or _who_answered(seen)
    if seen.code in _UNANSWERED:
        return _UNANSWERED[seen.code]
    if seen.status == "busy":
        return Verdict.BUSY
    if seen.status != "no-answer":
        return Verdict.FAILED
    if leads_to is None:
        return Verdict.NOT_IN_ACCOUNT
    return Verdict.NO_ANSWER if leads_to else Verdict.NO_ADDRESS


def _astray(leads_to: str | None, ours: str) -> Verdict | None:
    """What is wrong with the address of this number, if anything is."""
    if not leads_to or leads_to == ours:
        return None
    there, here = urlsplit(leads_to), urlsplit(ours)
    if (there.scheme, there.netloc) != (here.scheme, here.netloc):
        return Verdict.WRONG_HOST if there.path == here.path else Verdict.ELSEWHERE
    found, wanted = OUR_PATH.fullmatch(there.path), OUR_PATH.fullmatch(here.path)
    if found and wanted and found[1] != wanted[1] and found[2] == wanted[2]:
        return Verdict.WRONG_HOTLINE
    return Verdict.WRONG_STEP


def _who_answered(seen: Evidence) -> Verdict:
    """The number is sent to us, or by a trunk that we do not see; and something else picked up."""
    if not seen.heard:
        return Verdict.SILENT
    if alike(seen.heard, seen.expected):
        return Verdict.UNRECOGNISED
    return Verdict.MACHINE if MACHINE.search(seen.heard) else Verdict.STRANGER


def alike(heard: str, expected: str) -> bool:
    """Whether this can be what was said: enough of the shorter stands in the other, in its order."""
    one, other = _letters(heard), _letters(expected)
    if not one or not other:
        return False
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    shared = sum(block.size for block in blocks if block.size >= SHORTEST_MATCH)
    return shared >= ALIKE * min(len(one), len(other))


def _letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())
