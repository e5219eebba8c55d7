"""A handbook as spreadsheets, editors and a damaged store leave it: taken in, or refused with its place and remedy."""

import json
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.errors import Invalid
from ivr.handbook import Handbook, from_sections, read_folder, to_sections

CONFIG = Path(__file__).parents[2] / "config"
NANNING = read_folder(CONFIG / "hotlines" / "nanning", CONFIG / "calendar")
BOZHOU = read_folder(CONFIG / "hotlines" / "bozhou", CONFIG / "calendar")
NOON = datetime(2026, 10, 12, 4, tzinfo=UTC)  # in China


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
