"""The handbook: what ships, what is refused and how, and that nothing is lost there and back."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.announcement import Announcement
from ivr.directory import Directory, Line
from ivr.errors import Invalid
from ivr.handbook import Handbook, from_sections, read_folder, to_sections, write_folder
from ivr.hours import Calendar, Correction, Notice
from ivr.ledger import Entry
from ivr.profile import OpeningHours, Profile
from ivr.profile.desk import DeskRules
from ivr.profile.patience import Patience
from ivr.profile.queue import CallerClass, QueueRules
from ivr.profile.restraint import Restraint
from ivr.prompts import OCCASIONS, UNSPEAKABLE, Prompt, Prompts, Spoken
from ivr.sentences import in_order
from ivr.upgrade import completed

CONFIG = Path(__file__).parents[2] / "config"
NANNING = read_folder(CONFIG / "hotlines" / "nanning", CONFIG / "calendar")
BOZHOU = read_folder(CONFIG / "hotlines" / "bozhou", CONFIG / "calendar")
NOON = datetime(2026, 10, 12, 4, tzinfo=UTC)  # in China
SHIPPED = pytest.mark.parametrize("name", ["nanning", "bozhou"])


# -- what ships --------------------------------------------------------------------------------------------


def test_nanning_publishes_46_numbers_and_bozhou_81() -> None:
    assert len(NANNING.directory.lines) == 46
    assert len(BOZHOU.directory.lines) == 81


def test_a_newcomer_reaches_the_mayor_first() -> None:
    for handbook, name in ((NANNING, "南宁市市长"), (BOZHOU, "亳州市市长")):
        assert handbook.directory.lines[1].display_name == name


def test_no_published_number_could_be_anybodys() -> None:
    for handbook, pattern in ((NANNING, r"\+867710\d{7}"), (BOZHOU, r"\+865580\d{7}")):
        assert all(re.fullmatch(pattern, line.number) for line in handbook.directory.lines)


def test_no_two_lines_are_called_the_same() -> None:
    for handbook in (NANNING, BOZHOU):
        names = [line.display_name for line in handbook.directory.lines]
        assert len(set(names)) == len(names)


def test_nanning_answers_on_workdays_and_bozhou_always() -> None:
    assert NANNING.hours.hours_spoken() == "工作日八点至二十二点"
    assert BOZHOU.hours.hours_spoken() == "每天二十四小时"


def test_the_queue_of_nanning_keeps_its_promised_times() -> None:
    assert NANNING.profile.queue.model_dump() == {
        "ring_seconds": 20,
        "wrap_up_seconds": 30,
        "join_seconds": 15,
        "missed_cooldown_seconds": 30,
        "declined_cooldown_seconds": 10,
        "misses_before_pause": 3,
        "lease_seconds": 10,
        "max_waiting": 200,
        "max_wait_seconds": 900,
        "last_operator_seconds": 86400,
        "rating_days": 7,
        "regain_seconds": 300,
        "join_unstaffed": True,
        "short_abandon_seconds": 5,
    }


@pytest.mark.parametrize(
    "page",
    [
        Profile,
        OpeningHours,
        QueueRules,
        Patience,
        Restraint,
        DeskRules,
        CallerClass,
        Line,
        Entry,
        Notice,
        Correction,
    ],
)
def test_every_field_that_people_edit_is_described(page: type[Profile]) -> None:
    assert all(fact.description for fact in page.model_fields.values())


@pytest.mark.parametrize("page", [QueueRules, Patience])
def test_every_rule_of_the_queue_names_its_unit(page: type[QueueRules | Patience]) -> None:
    for name, rule in page.model_fields.items():
        assert re.search("（(秒|次|人|天)）|true", rule.description or ""), name


# -- there and back ----------------------------------------------------------------------------------------


@SHIPPED
def test_a_dump_of_what_ships_is_what_ships_byte_for_byte(name: str, tmp_path: Path) -> None:
    shipped = CONFIG / "hotlines" / name
    write_folder(read_folder(shipped, CONFIG / "calendar"), tmp_path)
    for file in ("hotline.toml", "directory.csv", "prompts/cmn-CN.toml"):
        assert (tmp_path / file).read_bytes() == (shipped / file).read_bytes()
    notices = {file.name: file.read_bytes() for file in (CONFIG / "calendar").glob("*.toml")}
    assert {file.name: file.read_bytes() for file in (tmp_path / "calendar").iterdir()} == notices


def one_line(**limits: int) -> st.SearchStrategy[str]:
    """Any text that a cell or a sentence may hold."""
    letters = st.characters(exclude_categories=["Cc", "Cs"])
    return st.text(letters, **limits).map(str.strip)


WORDS = one_line(min_size=1).filter(bool)
SENTENCES = WORDS.map(lambda text: text.replace("{", "{{").replace("}", "}}"))
NUMBERS = st.integers(10_000_000, 10**12).map(lambda digits: f"+{digits}")
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
LINES = st.builds(
    Line, number=NUMBERS.filter(lambda n: not n.startswith("+860")), post=WORDS, unit=WORDS, area=WORDS,
    published_on=st.dates(date(1000, 1, 1)), note=one_line(), replaced_by=st.just(""),
    withdrawn_on=st.none() | DAYS,
)  # fmt: skip
ENTRIES = st.builds(
    Entry, number=NUMBERS.filter(lambda n: not n.startswith("+860")), what=st.sampled_from(["新增", "变更", "撤下"]),
    on=DAYS, detail=one_line(), announced_on=st.just(None), channel=st.just(""),
) | st.builds(
    Entry, number=st.just("+8677100000001"), what=st.just("变更"), on=DAYS, announced_on=DAYS, channel=WORDS,
)  # fmt: skip
CORRECTIONS = st.builds(Correction, day=DAYS, means=st.sampled_from(["work", "rest"]), note=one_line())
MOMENTS = st.integers(1_600_000_000, 2_200_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
ANNOUNCEMENTS = st.builds(
    Announcement,
    text=one_line(max_size=200)
    .filter(lambda text: not UNSPEAKABLE.search(text))
    .map(lambda text: text + "。"),
    until=st.none() | MOMENTS,
)
RECORDINGS = st.none() | st.from_regex(r"[a-z0-9_-]{1,9}\.(wav|mp3)", fullmatch=True)


TRANSLATIONS = st.builds(
    Prompt, key=st.sampled_from(sorted(OCCASIONS)), language=st.sampled_from(["yue", "za"]), text=SENTENCES,
    audio=RECORDINGS,
)  # fmt: skip


@st.composite
def handbooks(draw: st.DrawFn) -> Handbook:
    lines = draw(st.lists(LINES, min_size=1, max_size=5, unique_by=lambda line: line.number))
    facts = {
        "title": draw(WORDS),
        "default_line": draw(st.sampled_from([None, *(one.number for one in lines if not one.withdrawn_on)])),
        "break_reasons": (reasons := draw(st.sets(WORDS, min_size=1))),
        "desk": {"longest_breaks": [f"{min(reasons)} {draw(st.integers(1, 1440))}"]},
        "classes": {"firm": {"title": draw(WORDS), "priority": draw(st.integers(-9, 9))}},
        "languages": {
            name: {"title": draw(WORDS), "key": key, "offer": draw(WORDS), "code": "zh-HK", "voice": "V"}
            for name, key in (("yue", "2"), ("za", "3"))
        },
    }
    said = {
        key: draw(
            st.builds(Prompt, key=st.just(key), language=st.just("cmn-CN"), text=SENTENCES, audio=RECORDINGS)
        )
        for key in draw(st.sets(st.sampled_from(sorted(OCCASIONS)), max_size=3))
    }
    corrections = draw(st.lists(CORRECTIONS, max_size=4, unique_by=lambda correction: correction.day))
    return Handbook(
        Profile.read(NANNING.profile.model_dump() | facts, "test"),
        Directory(lines),
        Prompts([said.get(old.key, old) for old in NANNING.prompts.prompts], NANNING.profile.voice),
        Calendar(NANNING.calendar.notices, corrections),
        draw(st.sampled_from([None, "open", "closed"])),
        draw(st.none() | ANNOUNCEMENTS),
        tuple(draw(st.lists(ENTRIES, max_size=3))),
        in_order(draw(st.lists(TRANSLATIONS, max_size=4, unique_by=lambda said: (said.language, said.key)))),
    )


@given(handbooks())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_written_to_a_folder_is_read_back_equal(handbook: Handbook) -> None:
    with TemporaryDirectory() as folder:
        write_folder(handbook, Path(folder))
        assert read_folder(Path(folder), Path(folder) / "calendar") == handbook


@given(handbooks())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_stored_is_read_back_equal_in_whatever_order_it_comes(handbook: Handbook) -> None:
    sections = to_sections(handbook)
    assert set(sections) == {"profile", "directory", "ledger", "prompts", "calendar"}
    shuffled = {name: dict(reversed(fields.items())) for name, fields in sections.items()}
    assert from_sections(shuffled) == handbook


def test_a_language_has_as_many_sentences_as_its_file_and_the_rest_are_those_of_all(tmp_path: Path) -> None:
    yue = {
        "title": "粤语",
        "key": "2",
        "offer": "粤语服务请按 2。",
        "code": "zh-HK",
        "voice": "Polly.Hiujin-Neural",
    }
    profile = Profile.read({**NANNING.profile.model_dump(), "languages": {"yue": yue}}, "test")
    write_folder(replace(NANNING, profile=profile), tmp_path)
    (tmp_path / "prompts" / "yue.toml").write_text('position = "第 {position} 位。"\n', encoding="utf-8")
    known = read_folder(tmp_path, tmp_path / "calendar")
    said = known.prompts_in("yue").say("position", position=2)
    assert said == Spoken("第 2 位。", "zh-HK", "Polly.Hiujin-Neural", None)
    assert known.prompts_in("yue").say("thank") == known.prompts_in("").say("thank")
    (tmp_path / "prompts" / "yue.toml").rename(tmp_path / "prompts" / "za.toml")
    with pytest.raises(Invalid, match=r"za.toml：本热线的语言是 cmn-CN、yue，这个文件不会被用到"):
        read_folder(tmp_path, tmp_path / "calendar")
    with pytest.raises(Invalid, match="没有“yue”这种语言"):
        replace(known, profile=NANNING.profile)


def test_a_release_with_a_new_sentence_adds_it_to_the_language_of_all() -> None:
    known = to_sections(NANNING)
    del known["prompts"]["cmn-CN:thank"]
    known["prompts"]["yue:thank"] = known["prompts"]["cmn-CN:greeting"]
    assert "cmn-CN:thank" in completed("nanning", known)["prompts"]


def test_a_second_dump_leaves_nothing_of_the_first(tmp_path: Path) -> None:
    corrected = Calendar(NANNING.calendar.notices, [Correction(day=date(2026, 3, 3), means="rest")])
    write_folder(replace(NANNING, calendar=corrected, override="closed"), tmp_path)
    assert (tmp_path / "exceptions.toml").exists()
    one_year = Calendar(NANNING.calendar.notices[:1])
    write_folder(replace(NANNING, calendar=one_year), tmp_path)
    assert read_folder(tmp_path, tmp_path / "calendar") == replace(NANNING, calendar=one_year)


def test_doors_held_by_hand_hold_after_loading(tmp_path: Path) -> None:
    write_folder(replace(BOZHOU, override="closed"), tmp_path)
    held = read_folder(tmp_path, tmp_path / "calendar")
    assert held.hours.opens_next(NOON) is None
    assert not held.hours.is_open(NOON)


# -- as spreadsheets and editors leave them ----------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of what ships for Nanning, to be spoilt."""
    shutil.copytree(CONFIG / "hotlines" / "nanning", tmp_path / "nanning")
    shutil.copytree(CONFIG / "calendar", tmp_path / "nanning" / "calendar")
    return tmp_path / "nanning"


def read(folder: Path) -> Handbook:
    return read_folder(folder, folder / "calendar")


Spoil = Callable[[str], str]


def spoil(file: Path, change: Spoil) -> None:
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8", newline="")


@pytest.mark.parametrize(
    "saved",
    [
        lambda text: text.removeprefix("\ufeff"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", ",,\n") + ",,,,,,,\n\n",
        lambda text: text.replace("2022-02-07", "2022/2/7"),
        lambda text: text.replace("+86 771 ", "+86771-"),
        lambda text: "\ufeff" + "\n".join([text.lstrip("\ufeff").split("\n")[0], *text.split("\n")[:0:-1]]),
    ],
    ids=["no mark", "CRLF", "empty cells", "dates", "dashes", "another order"],
)
def test_a_directory_saved_by_a_spreadsheet_is_the_same_directory(folder: Path, saved: Spoil) -> None:
    spoil(folder / "directory.csv", saved)
    assert read(folder) == NANNING


WRONG: dict[str, list[tuple[Spoil, list[str]]]] = {
    "directory.csv": [
        (
            lambda text: text.replace("+86 771 00000005", "8.6771E+12").replace("+86 771 00000009", "0771"),
            [
                "第 6 行「号码」：“8.6771E+12”是表格软件把号码改成了科学计数",
                "第 10 行「号码」：“0771”不是国际格式",
            ],
        ),
        (
            lambda text: text.replace("00000009", "00000002"),
            ["第 10 行「号码」：+8677100000002（兴宁区纪委书记）在第 3 行已经有了"],
        ),
        (lambda text: text.replace(",区长,", ",,", 1), ["第 6 行「职务」：缺少这一项，请补上"]),
        (lambda text: text.replace(",,\n", ",,,手机\n", 1), ["第 2 行：“手机”不属于任何列"]),
        (lambda text: text.replace("单位", "部门"), ["第 1 行：缺少列「单位」"]),
        (lambda text: text.replace("备注", "姓名"), ["第 1 行：不认识列「姓名」"]),
        (lambda text: text.replace("备注", "备注,号码"), ["第 1 行：重复了列「号码」"]),
        (lambda text: text + '"', ["第 48 行：不是完整的 CSV"]),
        (lambda _: "", ["第 1 行：缺少列"]),
    ],
    "hotline.toml": [
        (
            lambda text: text.replace("ring_seconds = 20", 'ring_seconds = "twenty"').replace(
                "max_waiting =", "max_wating ="
            ),
            [
                "「queue.ring_seconds」：应为整数（现在是 'twenty'）",
                "「queue.max_waiting」：缺少这一项，请补上",
                "「queue.max_wating」：没有这一项，请检查拼写",
            ],
        ),
        (
            lambda text: text.replace("ring_seconds = 20", "ring_seconds = 2"),
            ["「queue.ring_seconds」：不能小于 5（现在是 2）"],
        ),
        (lambda text: text.replace("= 20\n", "= 90\n").replace("= 900", "= 60"), ["ring_seconds 应小于"]),
        (
            lambda text: text.replace("abandon_seconds = 5\n", "abandon_seconds = 60\n").replace(
                "= 900", "= 60"
            ),
            ["short_abandon_seconds 应"],
        ),
        (
            lambda text: text.replace("Asia/Shanghai", "Asia/Nanning"),
            ["「timezone」：没有“Asia/Nanning”这个时区"],
        ),
        (lambda text: text.replace('"SipUser"', '"Sip"'), ["「dialled_from.2」：不认识“Sip”：可用 To"]),
        (lambda text: text.replace('"培训"', '"小休"'), ["「break_reasons」：“小休”写了不止一次"]),
        (
            lambda text: text.replace("waiting.wav", "../waiting.wav"),
            ["「music」：“../waiting.wav”不是录音文件名"],
        ),
        (
            lambda text: text.replace("# default_line =", 'default_line = "+8677100000099"'),
            ["「default_line」：+8677100000099 不在 directory.csv"],
        ),
        (
            lambda text: text.replace("# emergency_number =", 'emergency_number = "0771"'),
            ["“0771”不是国际格式"],
        ),
        (
            lambda text: text.replace("# 登记码连续", 'number = "+8677100000002"\n# 登记码连续', 1),
            ["「dial_in.number」：+8677100000002 是公布的号码"],
        ),
        (lambda text: text + "[", ["hotline.toml：不是正确的 TOML"]),
    ],
    "prompts/cmn-CN.toml": [
        (
            lambda text: text.replace("greeting =", "greting =").replace("{position}", "{place}"),
            ["「greting」：没有“greting”这一句", "「position」：变量 {place}"],
        ),
        (lambda text: text.replace("goodbye =", "# goodbye ="), ["缺少提示语“goodbye”"]),
        (
            lambda text: text + 'thanks = { text = "谢谢。", language = "yue-CN" }\n',
            ["「thanks」：只能有 text 和 audio，请删去 language"],
        ),
        (
            lambda text: text + "[thanks]\naudio = 1\n",
            ["「thanks」「text」：缺少这一项", "「thanks」「audio」：应为文字"],
        ),
    ],
    "calendar/2026.toml": [
        (lambda text: text.replace("year = 2026", "year = 2025"), ["2026-01-01 不在 2025 年"]),
        (lambda text: text.replace("2026-02-14", "2026-02-13"), ["2026-02-13 不是周末"]),
    ],
}


@pytest.mark.parametrize(
    ("file", "change", "faults"),
    [(file, change, faults) for file, wrong in WRONG.items() for change, faults in wrong],
)
def test_what_is_wrong_is_named_with_its_place_and_all_at_once(
    folder: Path, file: str, change: Spoil, faults: list[str]
) -> None:
    spoil(folder / file, change)
    with pytest.raises(Invalid) as refusal:
        read(folder)
    told = str(refusal.value).splitlines()
    assert len(told) == len(faults)
    for line, fault in zip(told, faults, strict=True):
        assert line.startswith((file, Path(file).name))
        assert fault in line


def test_in_an_emergency_a_short_code_may_be_dialled(folder: Path) -> None:
    spoil(
        folder / "hotline.toml",
        lambda text: text.replace("# emergency_number =", 'emergency_number = "12345"'),
    )
    assert read(folder).profile.emergency_number == "12345"


def test_a_directory_saved_as_gbk_is_refused_with_the_remedy(folder: Path) -> None:
    file = folder / "directory.csv"
    file.write_bytes(file.read_text(encoding="utf-8-sig").encode("gbk"))
    with pytest.raises(Invalid, match=r"directory\.csv：不是 UTF-8 编码.*另存为“CSV UTF-8”"):
        read(folder)


@pytest.mark.parametrize("file", ["hotline.toml", "directory.csv", "prompts/cmn-CN.toml"])
def test_a_missing_file_is_named(folder: Path, file: str) -> None:
    (folder / file).unlink()
    with pytest.raises(Invalid, match=f"{Path(file).name}：没有这个文件"):
        read(folder)


def test_files_that_would_be_passed_over_in_silence_are_refused(folder: Path) -> None:
    shutil.copy(folder / "calendar" / "2026.toml", folder / "calendar" / "2026 (1).toml")
    with pytest.raises(Invalid, match=r"文件名应为 2026\.toml"):
        read(folder)
    (folder / "calendar" / "2026 (1).toml").unlink()
    (folder / "prompts" / "yue-CN.toml").touch()
    with pytest.raises(Invalid, match=r"prompts/yue-CN\.toml：本热线的语言是 cmn-CN"):
        read(folder)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('override = "shut"', "exceptions.toml「override」：只能是 open、closed"),
        ("day = 2026-03-03", "exceptions.toml「day」：只能有 override、[announcement] 和"),
        (
            '[[correction]]\nday = 2026-03-03\nmeans = "off"',
            "exceptions.toml「means」：只能是 'work' or 'rest'",
        ),
        ('[announcement]\ntext = "没有句号"', "exceptions.toml announcement：结尾没有句号"),
        ("correction = [1]", "exceptions.toml：应为一组设置"),
        (
            2 * '[[correction]]\nday = 2026-03-03\nmeans = "rest"\n',
            "exceptions.toml：2026-03-03 的更正有两份",
        ),
    ],
)
def test_exceptions_that_cannot_be_right_are_refused(folder: Path, text: str, fault: str) -> None:
    (folder / "exceptions.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Invalid, match=re.escape(fault)):
        read(folder)


@pytest.mark.parametrize(
    ("section", "name", "text", "fault"),
    [
        ("profile", "city", "南宁", "profile city：存的不是 JSON"),
        ("profile", "colour", '"red"', "profile「colour」：没有这一项"),
        ("directory", "+8677100000050", '"x"', "directory +8677100000050：应为一组设置"),
        (
            "prompts",
            "cmn-CN:hello",
            json.dumps({"key": "hello"}),
            "prompts cmn-CN:hello「language」：缺少这一项",
        ),
        ("calendar", "override", '"shut"', "calendar「override」：只能是 open、closed"),
        ("calendar", "notice:2027", '{"year": 2027}', "calendar notice:2027「source」：缺少这一项"),
        (
            "calendar",
            "correction:x",
            '{"day": "soon", "means": "rest"}',
            "calendar correction:x「day」：应为日期",
        ),
    ],
)
def test_a_damaged_store_is_named_by_section_and_field(
    section: str, name: str, text: str, fault: str
) -> None:
    sections = to_sections(NANNING)
    sections[section][name] = text
    with pytest.raises(Invalid, match=re.escape(fault)):
        from_sections(sections)


def test_an_empty_store_is_refused() -> None:
    with pytest.raises(Invalid, match="profile「title」：缺少这一项"):
        from_sections({})
