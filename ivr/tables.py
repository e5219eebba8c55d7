"""Tables that leave the house: CSV and XLSX, written piece by piece, so that no size of table fills the memory.

A cell never becomes a formula in the spreadsheet of whoever opens it, whatever a caller or a clerk has put into it.
"""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

import xlsxwriter

Cell = str | float | None

FORMULAS = ("=", "+", "-", "@", "\t", "\r")
WIDEST = 40


class Table(Protocol):
    """A file that rows are added to; blocking, for a thread. The mark says who took it away, and when."""

    def __init__(self, path: Path, columns: Sequence[str], mark: str) -> None: ...

    def add(self, rows: Iterable[Sequence[Cell]]) -> None: ...

    def close(self) -> None: ...


def defused(cell: Cell) -> Cell:
    """With an apostrophe before whatever a spreadsheet would take for a formula, as OWASP advises."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULAS) else cell


class CsvTable:
    """UTF-8 with a byte order mark, without which spreadsheets take it for GBK."""

    def __init__(self, path: Path, columns: Sequence[str], mark: str) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._mark = mark
        self._writer.writerow([*columns, "导出人和时间"])

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        self._writer.writerows([*map(defused, row), self._mark] for row in rows)

    def close(self) -> None:
        self._file.close()


class XlsxTable:
    """Rows go to disk as they come. The mark stands in each row, and in the head of every printed page."""

    def __init__(self, path: Path, columns: Sequence[str], mark: str) -> None:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(path, options)
        self._sheet = self._book.add_worksheet("通话")
        self._mark = mark
        self._row = 0
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_header(f"&C{mark.replace('&', '&&')}")
        self._sheet.set_column(0, len(columns), WIDEST / 2)
        self._write([*columns, "导出人和时间"], self._book.add_format({"bold": True}))

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        for row in rows:
            self._write([*map(defused, row), self._mark])

    def close(self) -> None:
        self._book.close()

    def _write(self, cells: Sequence[Cell], style: object = None) -> None:
        for column, cell in enumerate(cells):
            if cell is not None:
                self._sheet.write(self._row, column, cell, style)
        self._row += 1


TABLES: dict[str, type[Table]] = {"csv": CsvTable, "xlsx": XlsxTable}
