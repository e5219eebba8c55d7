"""The handbook: what ships, and that nothing is lost there and back."""

import re
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
