"""The fields of a page of the handbook as a form shows them: made from the model, so that a new field shows itself."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel

from ivr.profile.queue import Queue
from ivr.titles import CHOSEN


class Field(NamedTuple):
    """One field: `kind` is how `forms.js` reads it, `type` how a browser asks for it; `choices` are words and what
    people call them."""

    name: str
    label: str
    hint: str
    kind: str
    type: str
    value: str
    required: bool
    attributes: dict[str, Any]
    choices: tuple[tuple[str, str], ...] = ()


TYPES = {"integer": "number", "number": "number", "boolean": "checkbox"}
KINDS = {"integer": "number", "number": "number", "boolean": "bool"}
LIMITS = {"minimum": "min", "maximum": "max", "maxLength": "maxlength", "pattern": "pattern"}


def fields_of(
    page: type[BaseModel],
    said: Mapping[str, Any],
    *,
    queues: Mapping[str, Queue],
    leave_out: frozenset[str] = frozenset(),
) -> Iterator[Field]:
    """Every field with its value. A field whose model shows it to nobody is asked for and never filled in; a queue is
    one of those that there are."""
    schema = page.model_json_schema()
    for name, model in page.model_fields.items():
        if name in leave_out:
            continue
        shape = _shape(schema["properties"][name], schema.get("$defs", {}))
        kind, type_ = _read_as(shape)
        choices = tuple((word, CHOSEN.get(word, word)) for word in shape.get("enum", ()))
        if name == "queue":
            type_, choices = (
                "choice",
                _queues(queues, may_be_none=not model.is_required() and not model.default),
            )
        yield Field(
            name=name,
            label=_in_words(label_of(page, name), choices),
            hint=_in_words(model.description or "", choices) if model.title else "",
            kind="text" if not model.repr else kind,
            type=type_,
            value=_written(said.get(name), kind) if model.repr else "",
            required=model.is_required() and kind not in ("bool", "lines", "spells", "json"),
            attributes={ours: shape[theirs] for theirs, ours in LIMITS.items() if theirs in shape},
            choices=choices,
        )


def label_of(page: type[BaseModel], name: str) -> str:
    """What people call a field: its title, or what its model says of it; of a box, what a tick in it means."""
    field = page.model_fields[name]
    said = field.title or field.description or name
    return said.replace("true ", "勾选则").replace("false ", "不勾选则") if field.annotation is bool else said


def _in_words(said: str, choices: tuple[tuple[str, str], ...]) -> str:
    """Files say what each word means; a form has people's words for them."""
    for word, title in choices:
        said = said.replace(f"{word} ", f"{title}：")
    return said


def _queues(queues: Mapping[str, Queue], *, may_be_none: bool) -> tuple[tuple[str, str], ...]:
    none = (("", "按号码的队列"),) if may_be_none else ()
    return (*none, *((name, queue.title) for name, queue in queues.items()))


def _shape(schema: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """What a field takes when it is filled in; whether it may be left empty is noted in `empty`."""
    if "$ref" in schema:
        return _shape(known[schema["$ref"].rpartition("/")[2]], known)
    ways = schema.get("anyOf")
    if not ways:
        return schema
    filled = next(way for way in ways if way.get("type") != "null" and way.get("const") != "")
    empty = None if any(way.get("type") == "null" for way in ways) else ""
    return _shape(filled, known) | {"empty": empty}


def _read_as(shape: dict[str, Any]) -> tuple[str, str]:
    """The kind and the type."""
    if "enum" in shape:
        return "text", "choice"
    if shape.get("type") == "array":
        return _list_of(shape.get("items", {}))
    if shape.get("type") == "object":
        return "json", "lines"
    if shape.get("format") == "date":
        return "optional" if "empty" in shape else "text", "date"
    kind = KINDS.get(shape.get("type", ""), "text")
    if kind == "text" and shape.get("empty", "") is None:
        kind = "optional"
    return kind, TYPES.get(shape.get("type", ""), "text")


def _list_of(items: dict[str, Any]) -> tuple[str, str]:
    if items.get("type") == "array":
        return "spells", "lines"
    return ("lines", "lines") if items.get("type") == "string" else ("json", "lines")


def _written(value: Any, kind: str) -> str:
    """A value of the model, in JSON's types, as the field shows it."""
    if value is None:
        return ""
    if kind == "bool":
        return "on" if value else ""
    if kind == "lines":
        return "\n".join(map(str, value))
    if kind == "spells":
        return "\n".join("-".join(spell) for spell in value)
    if kind == "json":
        return json.dumps(value, ensure_ascii=False, indent=1)
    return str(value)
