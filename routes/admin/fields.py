"""The fields of a page of the handbook as a form shows them: made from the model, so that a new field shows itself."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel


class Field(NamedTuple):
    """One field: `kind` is how `forms.js` reads it, `type` how a browser asks for it."""

    name: str
    label: str
    hint: str
    kind: str
    type: str
    value: str
    required: bool
    attributes: dict[str, Any]
    choices: tuple[str, ...] = ()


TYPES = {"integer": "number", "number": "number", "boolean": "checkbox"}
KINDS = {"integer": "number", "number": "number", "boolean": "bool"}
LIMITS = {"minimum": "min", "maximum": "max", "maxLength": "maxlength", "pattern": "pattern"}


def fields_of(
    page: type[BaseModel], said: Mapping[str, Any], *, leave_out: frozenset[str] = frozenset()
) -> Iterator[Field]:
    """Every field with its value. A field whose model shows it to nobody is asked for and never filled in."""
    schema = page.model_json_schema()
    for name, model in page.model_fields.items():
        if name in leave_out:
            continue
        shape = _shape(schema["properties"][name], schema.get("$defs", {}))
        kind, type_ = _read_as(shape)
        yield Field(
            name=name,
            label=model.title or (model.description or name),
            hint=(model.description or "") if model.title else name,
            kind="text" if not model.repr else kind,
            type=type_,
            value=_written(said.get(name), kind) if model.repr else "",
            required=model.is_required() and kind not in ("bool", "lines", "spells", "json"),
            attributes={ours: shape[theirs] for theirs, ours in LIMITS.items() if theirs in shape},
            choices=tuple(shape.get("enum", ())),
        )


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
