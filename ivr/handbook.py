"""The handbook: all that one hotline knows before anybody calls, as a folder of files and as stored sections.

    hotline.toml            its own facts, and the rules of its queue
    directory.csv           the published numbers and whose they are
    ledger.csv              what of them was changed, and told to the public (only if anything was)
    prompts/LANGUAGE.toml   what callers hear; and what of it there is in the languages that they may choose
    exceptions.toml         days corrected by hand, doors held open or shut, an announcement (only if there are any)
    calendar/YEAR.toml      the official notices (one folder for all hotlines; beside the rest in a dump)

The folder is for people, the sections (`section -> field -> JSON`) are for Valkey; both hold the same, and
reading back what was written gives an equal handbook. Pages are checked one by one, then against each other.
Reading raises Invalid for everything that is wrong, and names the file, the row or key, and what to do.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel

from ivr.announcement import Announcement
from ivr.directory import Directory, Line, spaced
from ivr.errors import Invalid
from ivr.hours import Calendar, Correction, Hours, Notice, Override
from ivr.ledger import Entry
from ivr.page import Page, read_each
from ivr.profile import Profile
from ivr.prompts import Prompt, Prompts, Translation
from ivr.sentences import in_order, prompts_toml, read_sentences, read_translations
from ivr.sheets import as_csv, as_toml, read_rows, read_toml, toml_value

Sections = dict[str, dict[str, str]]
Fields = dict[str, object]

HOTLINES = Path(__file__).parent.parent / "config" / "hotlines"  # what a new installation starts from
CALENDAR = Path(__file__).parent.parent / "config" / "calendar"

PROFILE = "hotline.toml"
DIRECTORY = "directory.csv"
LEDGER = "ledger.csv"
EXCEPTIONS = "exceptions.toml"

_TABLES = ("queues", "languages", "classes")  # of the profile: pages by name
NUMBERS = (
    "number",
    "own_phone",
    "second_phone",
    "duty_phone",
)  # written with spaces, so that no sheet counts them


@dataclass(frozen=True, slots=True)
class Handbook:
    """All that one hotline knows. Raises Invalid if its pages contradict each other."""

    profile: Profile
    directory: Directory
    prompts: Prompts
    calendar: Calendar
    override: Override = None
    announcement: Announcement | None = None
    ledger: tuple[Entry, ...] = ()
    translations: tuple[Prompt, ...] = ()  # by the languages of the profile, in the order of a call
    hours: Hours = field(init=False, repr=False, compare=False)
    _spoken: Mapping[str, Translation] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        default = self.profile.default_line
        if default is not None and not self._is_in_use(default):
            remedy = "请改为其中一个在用的号码，或把它加入号码簿"
            raise Invalid(f"{PROFILE}「default_line」：{default} 不在 {DIRECTORY} 中，或已撤下，{remedy}")
        dialled_in = self.profile.dial_in.number
        if dialled_in is not None and self.directory.find(dialled_in):
            raise Invalid(
                f"{PROFILE}「dial_in.number」：{dialled_in} 是公布的号码，来电人会拨打它，请换一个不公布的号码"
            )
        astray = next(
            (x for x in self.directory.lines if x.replaced_by and not self._is_in_use(x.replaced_by)), None
        )
        if astray:
            wrong = f"{astray.display_name}改为的 {astray.replaced_by} 不在号码簿中，或已撤下"
            raise Invalid(f"{DIRECTORY}「改为号码」：{wrong}，请改正，或先加入号码簿", {"replaced_by": wrong})
        homeless = next(
            (line for line in self.directory.lines if line.queue not in self.profile.queues), None
        )
        if homeless:
            queues = "、".join(self.profile.queues)
            raise Invalid(
                f"{DIRECTORY}「队列」：{homeless.display_name}的队列 {homeless.queue} 不在 {PROFILE} 的 [queues] 中，"
                f"请改为 {queues} 之一，或在那里补上"
            )
        stray = next(
            (said for said in self.translations if said.language not in self.profile.languages), None
        )
        if stray:
            remedy = f"请在 {PROFILE} 补上 [languages.{stray.language}]，或删去这些提示语"
            raise Invalid(f"prompts/{stray.language}.toml：没有“{stray.language}”这种语言，{remedy}")
        object.__setattr__(self, "hours", Hours(self.profile, self.calendar, self.override))
        object.__setattr__(self, "_spoken", {name: self._in(name) for name in self.profile.languages})

    def _in(self, name: str) -> Translation:
        language = self.profile.languages[name]
        own = {said.key: said for said in self.translations if said.language == name}
        return Translation(own, language.code, language.voice, self.prompts)

    def prompts_in(self, language: str) -> Prompts | Translation:
        """Of a language that callers may choose; as everybody hears them for any other."""
        return self._spoken.get(language, self.prompts)

    def _is_in_use(self, number: str) -> bool:
        line = self.directory.find(number)
        return line is not None and line.withdrawn_on is None


# -- the folder, read --------------------------------------------------------------------------------------


def read_folder(path: Path, calendar_folder: Path) -> Handbook:
    """The handbook kept in `path`, with the official notices of `calendar_folder`."""
    profile = Profile.read(read_toml(path / PROFILE), PROFILE)
    directory = Directory(_lines(path / DIRECTORY))
    sentences = read_sentences(path / "prompts", profile.language)
    translations = read_translations(path / "prompts", profile)
    with _naming(f"prompts/{profile.language}.toml"):
        prompts = Prompts(sentences, profile.voice)
    override, announcement, corrections = _exceptions(path / EXCEPTIONS)
    notices = read_each(sorted(calendar_folder.glob("*.toml")), _notice)
    with _naming(EXCEPTIONS):
        calendar = Calendar(notices, corrections)
    ledger = tuple(_entries(path / LEDGER))
    return Handbook(profile, directory, prompts, calendar, override, announcement, ledger, translations)


def _lines(file: Path) -> list[Line]:
    first_seen: dict[str, int] = {}

    def read(numbered: tuple[int, Fields]) -> Line:
        row, fields = numbered
        place = f"{DIRECTORY} 第 {row} 行"
        line = Line.read(fields, place)
        first = first_seen.setdefault(line.number, row)
        if first != row:
            twice = f"{line.number}（{line.display_name}）在第 {first} 行已经有了"
            raise Invalid(f"{place}「号码」：{twice}，请删去一行或改正号码")
        return line

    return read_each(_rows(file, Line), read)


def _entries(file: Path) -> list[Entry]:
    rows = _rows(file, Entry) if file.exists() else ()
    return read_each(rows, lambda row: Entry.read(row[1], f"{LEDGER} 第 {row[0]} 行"))


def _rows(file: Path, page: type[Page]) -> Iterator[tuple[int, Fields]]:
    """Each row with its number; its filled cells, by field."""
    rows = read_rows(file)
    _, columns = next(rows, (1, []))
    known = _columns(page)
    _refuse_columns(columns, page, file.name)
    for row, cells in rows:
        yield row, _by_column(columns, cells, known, f"{file.name} 第 {row} 行")


def _columns(page: type[Page]) -> dict[str, str]:
    """The fields of a page by their titles, which are the columns of its sheet."""
    return {str(column.title): name for name, column in page.model_fields.items()}


def _refuse_columns(columns: list[str], page: type[Page], file: str) -> None:
    titles, known = [title for title in columns if title], _columns(page)
    required = {title for title, name in known.items() if page.model_fields[name].is_required()}
    faults = {
        "缺少": required - set(titles),
        "不认识": set(titles) - known.keys(),
        "重复了": {title for title in titles if titles.count(title) > 1},
    }
    for fault, wrong in faults.items():
        if wrong:
            named = "」「".join(sorted(wrong))
            raise Invalid(f"{file} 第 1 行：{fault}列「{named}」，请改为 {'、'.join(known)}")


def _by_column(columns: list[str], cells: list[str], known: Mapping[str, str], place: str) -> Fields:
    """The filled cells of a row, by field. A filled cell under no title would be lost, so it is refused."""
    titles = columns + [""] * (len(cells) - len(columns))
    filled = [(title, cell) for title, cell in zip(titles, cells, strict=False) if cell]
    homeless = [cell for title, cell in filled if not title]
    if homeless:
        raise Invalid(f"{place}：“{homeless[0]}”不属于任何列，请检查是否多了逗号，或给该列加上列名")
    return {known[title]: cell for title, cell in filled}


def _notice(file: Path) -> Notice:
    notice = Notice.read(read_toml(file), file.name)
    if file.name != f"{notice.year}.toml":
        raise Invalid(f"{file.name}：写的是 {notice.year} 年，文件名应为 {notice.year}.toml，请改正其中一个")
    return notice


def _exceptions(file: Path) -> tuple[Override, Announcement | None, list[Correction]]:
    given = read_toml(file) if file.exists() else {}
    override = _override(given.pop("override", None), EXCEPTIONS)
    announcement = _announcement(given.pop("announcement", None), EXCEPTIONS)
    days = given.pop("correction", [])
    if given or not isinstance(days, list):
        wrong = "、".join(given) or "correction"
        allowed = "override、[announcement] 和 [[correction]]"
        raise Invalid(f"{EXCEPTIONS}「{wrong}」：只能有 {allowed}，请删去或改正")
    return override, announcement, read_each(days, lambda day: Correction.read(day, EXCEPTIONS))


# -- the folder, written -----------------------------------------------------------------------------------


def write_folder(handbook: Handbook, path: Path) -> None:
    """Writes every file of the handbook; removes those of an earlier one that this one does not have."""
    files = dict(_files(handbook))
    for pattern in ("prompts/*.toml", "calendar/*.toml", EXCEPTIONS, LEDGER):
        for stale in path.glob(pattern):
            if stale.relative_to(path).as_posix() not in files:
                stale.unlink()
    for name, text in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, encoding="utf-8", newline="")


def _files(handbook: Handbook) -> Iterator[tuple[str, str]]:
    """Name and text of each file."""
    yield PROFILE, _profile_toml(handbook.profile)
    yield DIRECTORY, as_csv(_columns(Line), [_cells(line) for line in handbook.directory.lines])
    if handbook.ledger:
        yield LEDGER, as_csv(_columns(Entry), [_cells(entry) for entry in handbook.ledger])
    yield f"prompts/{handbook.profile.language}.toml", prompts_toml(handbook.prompts.prompts)
    for name in dict.fromkeys(said.language for said in handbook.translations):
        own = [said for said in handbook.translations if said.language == name]
        yield f"prompts/{name}.toml", prompts_toml(own)
    for notice in handbook.calendar.notices:
        yield f"calendar/{notice.year}.toml", as_toml(notice)
    if handbook.override or handbook.announcement or handbook.calendar.corrections:
        yield EXCEPTIONS, _exceptions_toml(handbook)


def _profile_toml(profile: Profile) -> str:
    groups = {name: group for name, group in profile if isinstance(group, BaseModel)}
    text = as_toml(profile, leave_out={*groups, *_TABLES})
    for name, group in groups.items():
        text += f"\n# {Profile.model_fields[name].description}\n[{name}]\n{as_toml(group)}"
    for table in _TABLES:
        pages: dict[str, BaseModel] = getattr(profile, table)
        text += f"\n# {Profile.model_fields[table].description}\n"
        text += "\n".join(f"[{table}.{name}]\n{as_toml(page)}" for name, page in pages.items())
    return text


def _cells(page: Line | Entry) -> list[str]:
    cells = {name: "" if cell is None else str(cell) for name, cell in page.model_dump(mode="json").items()}
    cells |= {name: spaced(cells[name]) for name in NUMBERS if cells.get(name, "").startswith("+")}
    return [cells[name] for name in _columns(type(page)).values()]


def _exceptions_toml(handbook: Handbook) -> str:
    text = f"override = {toml_value(handbook.override)}\n" if handbook.override else ""
    if handbook.announcement:
        text += f"\n[announcement]\n{as_toml(handbook.announcement)}"
    days = handbook.calendar.corrections
    return text + "".join(f"\n[[correction]]\n{as_toml(day)}" for day in days)


# -- the sections ------------------------------------------------------------------------------------------


def to_sections(handbook: Handbook) -> Sections:
    """The handbook as it is stored: profile, directory, ledger, prompts and calendar, each field a JSON text."""
    calendar = handbook.calendar
    days = {f"notice:{notice.year}": notice.model_dump_json() for notice in calendar.notices}
    days |= {f"correction:{day.day}": day.model_dump_json() for day in calendar.corrections}
    if handbook.override:
        days["override"] = json.dumps(handbook.override)
    if handbook.announcement:
        days["announcement"] = handbook.announcement.model_dump_json()
    facts = handbook.profile.model_dump(mode="json")
    return {
        "profile": {name: json.dumps(fact, ensure_ascii=False) for name, fact in facts.items()},
        "directory": {line.number: line.model_dump_json() for line in handbook.directory.lines},
        "ledger": {f"{n:06}": entry.model_dump_json() for n, entry in enumerate(handbook.ledger)},
        "prompts": {
            f"{said.language}:{said.key}": said.model_dump_json()
            for said in (*handbook.prompts.prompts, *handbook.translations)
        },
        "calendar": days,
    }


def from_sections(sections: Mapping[str, Mapping[str, str]]) -> Handbook:
    """The handbook that was stored. A section that is not there counts as empty."""
    profile = Profile.read(dict(_stored(sections, "profile")), "profile")
    lines = read_each(_stored(sections, "directory"), lambda one: Line.read(*_page(one, "directory")))
    entries = read_each(sorted(_stored(sections, "ledger")), lambda one: Entry.read(*_page(one, "ledger")))
    sentences = read_each(_stored(sections, "prompts"), lambda one: Prompt.read(*_page(one, "prompts")))
    days = dict(_stored(sections, "calendar"))
    override = _override(days.pop("override", None), "calendar")
    announcement = _announcement(days.pop("announcement", None), "calendar")
    notices = [day for day in days.items() if day[0].startswith("notice:")]
    corrections = [day for day in days.items() if not day[0].startswith("notice:")]
    calendar = Calendar(
        read_each(notices, lambda one: Notice.read(*_page(one, "calendar"))),
        read_each(corrections, lambda one: Correction.read(*_page(one, "calendar"))),
    )
    prompts = Prompts([said for said in sentences if said.language == profile.language], profile.voice)
    others = in_order(said for said in sentences if said.language != profile.language)
    directory = Directory(lines)
    return Handbook(profile, directory, prompts, calendar, override, announcement, tuple(entries), others)


def _stored(sections: Mapping[str, Mapping[str, str]], section: str) -> Iterator[tuple[str, object]]:
    for name, text in sections.get(section, {}).items():
        try:
            yield name, json.loads(text)
        except json.JSONDecodeError as broken:
            raise Invalid(f"{section} {name}：存的不是 JSON（{broken}），请重新导入热线资料") from broken


def _page(stored: tuple[str, object], section: str) -> tuple[Fields, str]:
    """The fields of a stored page, and what to call the place."""
    name, fields = stored
    if not isinstance(fields, dict):
        raise Invalid(f"{section} {name}：应为一组设置，现在是 {fields!r}，请重新导入热线资料")
    return fields, f"{section} {name}"


# -- refusing ----------------------------------------------------------------------------------------------


def _override(given: object, place: str) -> Override:
    if given == "open":
        return "open"
    if given == "closed":
        return "closed"
    if given is None:
        return None
    raise Invalid(f"{place}「override」：只能是 open、closed，或者不写（现在是 {given!r}）")


def _announcement(given: object, place: str) -> Announcement | None:
    if given is None:
        return None
    return Announcement.read(*_page(("announcement", given), place))


@contextmanager
def _naming(place: str) -> Iterator[None]:
    """Says where, when what stands inside refuses without knowing it."""
    try:
        yield
    except Invalid as refusal:
        raise Invalid(f"{place}：{refusal}") from refusal
