"""What callers hear: the words themselves, and what loading refuses so that no call ever stumbles."""

import timeit
from pathlib import Path

import pytest

from ivr.errors import Invalid
from ivr.handbook import read_folder
from ivr.prompts import OCCASIONS, Prompt, Prompts, Spoken, spell_digits

CONFIG = Path(__file__).parents[2] / "config"
NANNING = read_folder(CONFIG / "hotlines" / "nanning", CONFIG / "calendar").prompts
BOZHOU = read_folder(CONFIG / "hotlines" / "bozhou", CONFIG / "calendar").prompts


def prompt(key: str, text: str, audio: str | None = None) -> Prompt:
    return Prompt.read({"key": key, "language": "cmn-CN", "text": text, "audio": audio}, f"「{key}」")


def nanning_with(changed: Prompt) -> Prompts:
    return Prompts([changed if old.key == changed.key else old for old in NANNING.prompts], NANNING.voice)


# -- the words ---------------------------------------------------------------------------------------------


def test_nanning_greets_word_for_word() -> None:
    assert NANNING.say("greeting") == Spoken(
        text="欢迎拨打南宁优化营商环境服务企业‘直通车’。",
        language="cmn-CN",
        voice="Polly.Zhiyu-Neural",
        audio=None,
    )


def test_the_operators_number_is_read_digit_by_digit() -> None:
    assert spell_digits("9001") == "九零零一"
    said = NANNING.say("meet_operator", operator_digits=spell_digits("9001"))
    assert said.text == "九零零一号客服代表为您服务。"


def test_a_closed_line_says_its_hours() -> None:
    assert "工作日八点至二十二点" in NANNING.say("closed", hours_spoken="工作日八点至二十二点").text


def test_the_position_is_said() -> None:
    assert "第3位" in NANNING.say("position", position=3).text


@pytest.mark.parametrize("key", OCCASIONS)
def test_both_hotlines_have_every_sentence_and_no_brace_is_left_in_it(key: str) -> None:
    values = dict.fromkeys(OCCASIONS[key].variables, "二")
    for prompts in (NANNING, BOZHOU):
        text = prompts.say(key, **values).text
        assert not set("{}") & set(text)
        assert len(text) <= 60
        assert text[-1] == "。"


def test_bozhou_has_its_own_greeting() -> None:
    assert "亳州市领导干部公开电话" in BOZHOU.say("greeting").text


def test_every_variable_of_the_table_is_used_by_the_sentences_that_ship() -> None:
    for prompts in (NANNING, BOZHOU):
        for said in prompts.prompts:
            assert said.variables == OCCASIONS[said.key].variables


# -- saying ------------------------------------------------------------------------------------------------


def test_a_recording_takes_the_place_of_the_text() -> None:
    said = nanning_with(prompt("greeting", "欢迎拨打。", audio="greeting.wav")).say("greeting")
    assert (said.audio, said.text) == ("greeting.wav", "欢迎拨打。")


def test_values_lose_what_xml_cannot_carry_and_keep_what_it_can() -> None:
    said = NANNING.say("meet_operator", operator_digits="九\x00零\x08\x1f零\ufffe\ud800一<&>{x}")
    assert said.text == "九零零一<&>{x}号客服代表为您服务。"


def test_a_doubled_brace_is_a_brace() -> None:
    assert nanning_with(prompt("thank", "谢谢{{您}}。")).say("thank").text == "谢谢{您}。"


def test_an_unknown_sentence_or_the_wrong_variables_are_refused() -> None:
    with pytest.raises(Invalid, match="没有“hello”这一句"):
        NANNING.say("hello")
    with pytest.raises(Invalid, match=r"“position”的变量是 \{position\}"):
        NANNING.say("position")
    with pytest.raises(Invalid, match="“greeting”没有变量"):
        NANNING.say("greeting", position=3)


def test_what_was_said_before_is_remembered() -> None:
    assert NANNING.say("position", position=2) is NANNING.say("position", position=2)
    rounds = 20_000
    assert min(timeit.repeat(lambda: NANNING.say("greeting"), number=rounds, repeat=5)) / rounds < 2e-6


# -- what loading refuses ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "text", "advice"),
    [
        ("greetings", "您好。", "没有“greetings”这一句：请检查拼写"),
        ("greeting", "", "不能为空"),
        ("greeting", "   ", "不能为空"),
        ("greeting", "您\x07好。", "控制字符"),
        ("greeting", "您好，第{position}位。", "变量 {position} 不能用在这里：“greeting”没有变量"),
        ("position", "第{posititon}位。", "变量 {posititon} 不能用在这里：“position”的变量是 {position}"),
        ("position", "第{position位。", "大括号不成对"),
        ("position", "第position}位。", "大括号不成对"),
        ("position", "第{}位。", "大括号里的“”不是变量名"),
        ("position", "第{position.real}位。", "大括号里的“position.real”不是变量名"),
        ("position", "第{position!r}位。", "不是变量名"),
        ("position", "第{position:>99}位。", "不是变量名"),
    ],
)
def test_a_sentence_that_could_not_be_said_is_refused(key: str, text: str, advice: str) -> None:
    with pytest.raises(Invalid) as refusal:
        prompt(key, text)
    assert f"「{key}」" in str(refusal.value)
    assert advice in str(refusal.value)


def test_a_recording_cannot_read_out_variables() -> None:
    with pytest.raises(Invalid, match=r"录音读不出变量 \{position\}"):
        prompt("position", "第{position}位。", audio="position.wav")


@pytest.mark.parametrize("audio", ["../secret.wav", "greeting", "问候.wav", "a b.mp3", "greeting.exe"])
def test_a_recording_is_a_plain_sound_file(audio: str) -> None:
    with pytest.raises(Invalid, match="不是录音文件名"):
        prompt("greeting", "您好。", audio=audio)


def test_missing_sentences_are_all_named_and_a_doubled_one_too() -> None:
    with pytest.raises(Invalid) as refusal:
        Prompts(NANNING.prompts[2:], NANNING.voice)
    assert [line.split("（")[0] for line in str(refusal.value).splitlines()] == [
        "缺少提示语“greeting”",
        "缺少提示语“recording_notice”",
    ]
    with pytest.raises(Invalid, match="“greeting”写了两遍"):
        Prompts([*NANNING.prompts, prompt("greeting", "您好。")], NANNING.voice)


@pytest.mark.parametrize("character", ["\x00", "\x01", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_a_sentence_with_a_character_that_xml_cannot_hold_is_refused(character: str) -> None:
    """One such character, and every caller would hear the carrier's English error in place of the greeting."""
    with pytest.raises(Invalid, match="控制字符"):
        Prompt.read({"key": "greeting", "language": "cmn-CN", "text": f"您{character}好"}, "test")
