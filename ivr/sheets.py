"""The files that people edit: CSV from a spreadsheet, TOML from a text editor.

Spreadsheets write a byte order mark and CRLF, leave empty rows and columns behind, and on a Chinese Windows
save GBK unless told otherwise: all but the last is taken as it comes; the last is refused with its remedy.
What is written can be read back equal, and carries each field's description as a comment.
"""

import csv
import io
import json
import tomllib
from collections.abc import Container, Iterable, Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel

from ivr.errors import Invalid

WIDEST_LIST = 100


def read_text(file: Path) -> str:
    """The text of a UTF-8 file, without its byte order mark. Raises Invalid if it is missing or not UTF-8."""
    try:
        return file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as missing:
        raise Invalid(f"{file.name}：没有这个文件（{file.parent}），请补上") from missing
    except UnicodeDecodeError as encoded_otherwise:
        remedy = "请在表格软件中另存为“CSV UTF-8”，或在编辑器中选 UTF-8"
        raise Invalid(f"{file.name}：不是 UTF-8 编码，{remedy}") from encoded_otherwise


def read_toml(file: Path) -> dict[str, object]:
    """What a TOML file says. Raises Invalid as `read_text` does, and with the line if it is no TOML."""
    try:
        return tomllib.loads(read_text(file))
    except tomllib.TOMLDecodeError as broken:
        raise Invalid(f"{file.name}：不是正确的 TOML（{broken}），请检查该处的引号、括号和等号") from broken


def read_rows(file: Path) -> Iterator[tuple[int, list[str]]]:
    """Every row of a CSV file that is not empty, with its number. Raises Invalid on broken quotes."""
    rows = csv.reader(io.StringIO(read_text(file), newline=""), strict=True)
    try:
        for row in rows:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield rows.line_num, cells
    except csv.Error as broken:
        place = f"{file.name} 第 {rows.line_num} 行"
        raise Invalid(f"{place}：不是完整的 CSV（{broken}），请检查引号是否成对") from broken


def as_csv(columns: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    """With a byte order mark, without which spreadsheets take UTF-8 for GBK."""
    sheet = io.StringIO(newline="")
    csv.writer(sheet, lineterminator="\n").writerows([list(columns), *rows])
    return "\ufeff" + sheet.getvalue()


def as_toml(page: BaseModel, leave_out: Container[str] = ()) -> str:
    """A page with its descriptions as comments; a field without a value is a comment too, to be filled in."""
    lines = []
    for name, value in page:
        if name not in leave_out:
            lines.append(f"# {type(page).model_fields[name].description}\n")
            lines.append(f"# {name} =\n" if value is None else f"{name} = {toml_value(value)}\n")
    return "".join(lines)


def toml_value(value: object) -> str:
    """A text, truth value, number, date or tuple as TOML. JSON of a text without control characters is TOML too."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, tuple):
        return str(value)
    items = [toml_value(item) for item in value]
    one_line = f"[{', '.join(items)}]"
    if len(one_line) < WIDEST_LIST:
        return one_line
    return "[\n" + "".join(f"    {item},\n" for item in items) + "]"
