"""A page of the handbook: a frozen model that refuses in plain Chinese.

The pages are edited by officials with a spreadsheet and a text editor. What they get back must therefore name
the file, the row or key, what was wrong and what to do, in their language, and everything at once: nobody
should have to load a folder ten times to learn of ten mistakes.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from ivr.errors import Invalid

Given = TypeVar("Given")
Made = TypeVar("Made")

# What pydantic finds -> what to do about it. The names in braces are pydantic's own.
ADVICE = {
    "missing": "缺少这一项，请补上",
    "extra_forbidden": "没有这一项，请检查拼写，或删去",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "string_type": "应为文字，请加引号",
    "string_too_short": "不能为空，请填写",
    "string_too_long": "太长，最多 {max_length} 个字",
    "string_pattern_mismatch": "写法不对，请对照这一项的说明检查",
    "literal_error": "只能是 {expected}",
    "tuple_type": "应为列表，请用方括号括起来",
    "too_short": "至少要有 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "model_type": "应为一组设置",
    "date_type": "应为日期，如 2022-02-07",
    "date_parsing": "应为日期，如 2022-02-07",
    "date_from_datetime_parsing": "应为日期，如 2022-02-07",
    "date_from_datetime_inexact": "应为日期，不带时间，如 2022-02-07",
    "value_error": "{error}",
}


class Page(BaseModel):
    """Facts that are checked once, when they are read, and never change after."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
    KEYS_ARE_WRITTEN: ClassVar[bool] = False  # in its file stand the keys, though a form has titles for them

    @classmethod
    def read(cls, fields: Mapping[str, object], place: str) -> Self:
        """The page made of these fields. Raises Invalid, naming `place` and every field that is wrong."""
        try:
            return cls.model_validate(fields)
        except ValidationError as refusal:
            found = refusal.errors()
            faults = [f"{place}{cls._field(fault)}：{_advice(fault)}" for fault in found]
            by_field = {".".join(map(str, fault["loc"])): _advice(fault) for fault in found}
            raise Invalid("\n".join(faults), by_field) from refusal

    @classmethod
    def _field(cls, fault: ErrorDetails) -> str:
        """Where on the page, as its editors call it: a column's title, or the key with its dots."""
        if not fault["loc"]:
            return ""
        first, *rest = (str(step) for step in fault["loc"])
        is_titled = first in cls.model_fields and not cls.KEYS_ARE_WRITTEN
        title = cls.model_fields[first].title if is_titled else None
        return "「" + ".".join([title or first, *rest]) + "」"


def _advice(fault: ErrorDetails) -> str:
    known = ADVICE.get(fault["type"])
    advice = known.format_map(fault.get("ctx", {})) if known else fault["msg"]
    without_value = fault["type"] in ("missing", "value_error") or isinstance(fault["input"], dict)
    return advice if without_value else f"{advice}（现在是 {fault['input']!r}）"


def read_each(items: Iterable[Given], read: Callable[[Given], Made]) -> list[Made]:
    """Reads every item, and refuses all the bad ones together."""
    made, faults = [], []
    for item in items:
        try:
            made.append(read(item))
        except Invalid as refusal:
            faults.append(str(refusal))
    if faults:
        raise Invalid("\n".join(faults))
    return made
