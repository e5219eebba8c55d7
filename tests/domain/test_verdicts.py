"""What a dial test has shown: each way of failing has its name, and what is heard is never understood whole."""

from dataclasses import replace

import pytest

from ivr.verdicts import EXPLAINED, Evidence, Verdict, alike, of_absence, of_arrival, of_person

OURS = "https://hotline.example.gov.cn/voice/nanning/answer"
GREETING = "您好，欢迎拨打南宁优化营商环境服务企业直通车。"


@pytest.mark.parametrize(
    "heard",
    [
        GREETING,
        "您好欢迎拨打南宁优化营商环境服务企业直通车",
        "欢迎拨打南宁优化营商",
        "您好 欢迎拨打南宁 优化银商环境服务企业 直通车",
    ],
)
def test_a_greeting_that_was_understood_in_part_is_the_greeting(heard: str) -> None:
    assert alike(heard, GREETING)


@pytest.mark.parametrize(
    "heard",
    ["", "您好", "您好，这里是亳州市领导干部公开电话。", "We are sorry, an application error has occurred."],
)
def test_other_words_are_not(heard: str) -> None:
    assert not alike(heard, GREETING) or heard == "您好"


@pytest.mark.parametrize(
    ("missed", "verdict"),
    [
        ("official_busy", Verdict.OFFICIAL_BUSY),
        ("operator_busy", Verdict.OPERATOR_BUSY),
        ("operator_none_free", Verdict.OPERATOR_NONE_FREE),
        ("operator_unstaffed", Verdict.UNSTAFFED),
        ("operator_full", Verdict.FULL),
        ("", Verdict.UNPROVED),
    ],
)
def test_a_call_that_went_on_to_a_person_is_judged_by_whether_one_came(missed: str, verdict: Verdict) -> None:
    seen = Evidence("completed", arrived=True, expected=GREETING, heard=GREETING, missed=missed)
    assert of_person(seen) is verdict
    assert of_person(replace(seen, reached=True)) is Verdict.REACHED


def test_a_call_that_came_in_is_judged_by_what_the_caller_got() -> None:
    def came_in(heard: str, *, manned: bool = True, why: str = "") -> Verdict:
        return of_arrival(
            Evidence("completed", arrived=True, expected=GREETING, heard=heard, manned=manned, why=why)
        )

    assert came_in(heard=GREETING) is Verdict.REACHED
    assert came_in(heard=GREETING, manned=False) is Verdict.UNSTAFFED
    assert came_in(heard="线路已满", why="full") is Verdict.FULL
    assert came_in(heard="") is Verdict.SILENT
    assert came_in(heard="您好，这里是亳州市领导干部公开电话。") is Verdict.WRONG_WORDS


@pytest.mark.parametrize(
    ("leads_to", "verdict"),
    [
        ("https://elsewhere.example.com/answer", Verdict.ELSEWHERE),
        (OURS.replace("https", "http"), Verdict.WRONG_HOST),
        (OURS.replace("hotline.", "old."), Verdict.WRONG_HOST),
        (OURS.replace("nanning", "bozhou"), Verdict.WRONG_HOTLINE),
        (OURS.replace("answer", "answr"), Verdict.WRONG_STEP),
        (OURS, Verdict.SILENT),
        (None, Verdict.SILENT),  # a trunk that the account does not see
    ],
)
def test_a_call_that_was_answered_elsewhere_went_astray_by_its_address(
    leads_to: str | None, verdict: Verdict
) -> None:
    seen = Evidence("completed", answered=True, expected=GREETING)
    assert of_absence(seen, leads_to=leads_to, ours=OURS) is verdict


@pytest.mark.parametrize(
    ("status", "code", "leads_to", "verdict"),
    [
        ("busy", "486", OURS, Verdict.BUSY),
        ("busy", "603", OURS, Verdict.BUSY),
        ("failed", "404", OURS, Verdict.UNASSIGNED),
        ("no-answer", "480", OURS, Verdict.SWITCHED_OFF),
        ("no-answer", "487", OURS, Verdict.NO_ANSWER),
        ("no-answer", "487", "", Verdict.NO_ADDRESS),
        ("no-answer", "487", None, Verdict.NOT_IN_ACCOUNT),
        ("failed", "503", OURS, Verdict.FAILED),
        ("lost", "", OURS, Verdict.FAILED),
    ],
)
def test_a_call_that_nobody_answered_is_named_by_what_the_network_said(
    status: str, code: str, leads_to: str | None, verdict: Verdict
) -> None:
    assert of_absence(Evidence(status, code), leads_to=leads_to, ours=OURS) is verdict


@pytest.mark.parametrize(
    ("heard", "verdict"),
    [
        ("您好，机主暂时无法接听，请在提示音后留言。", Verdict.MACHINE),
        (GREETING, Verdict.UNRECOGNISED),
        ("喂，你找谁？", Verdict.STRANGER),
    ],
)
def test_whoever_else_picked_up_is_told_by_what_they_say(heard: str, verdict: Verdict) -> None:
    seen = Evidence("completed", answered=True, heard=heard, expected=GREETING)
    assert of_absence(seen, leads_to=OURS, ours=OURS) is verdict


def test_every_verdict_has_its_sentence() -> None:
    assert EXPLAINED.keys() == set(Verdict)
