"""JSON objects as rows of text: numbers stay as written, lists become compact JSON."""

from __future__ import annotations

import json
from json.encoder import encode_basestring as _quoted

Json = None | bool | str | list["Json"] | dict[str, "Json"]


class BrokenJsonError(ValueError):
    """A text that is no JSON object that can be kept; carries the rule."""


class _Written(str):
    """A number as it was written: 1.50 is not 1.5."""

    __slots__ = ()


def json_decoder() -> json.JSONDecoder:
    """A decoder that keeps numbers as text and refuses a name that comes twice."""
    return json.JSONDecoder(
        object_pairs_hook=_distinct,
        parse_float=_Written,
        parse_int=_Written,
        parse_constant=_no_number,
    )


def row_of(document: Json) -> dict[str, str | None]:
    """The values of an object as text. Raises: BrokenJsonError when it is no object."""
    if not isinstance(document, dict):
        raise BrokenJsonError("not_an_object")
    return {name: _text(value) for name, value in document.items()}


def compact(value: Json) -> str:
    """Compact JSON, numbers as written."""
    if isinstance(value, str):
        return str(value) if isinstance(value, _Written) else _quoted(value)
    if isinstance(value, dict):
        inside = (f"{_quoted(name)}:{compact(part)}" for name, part in value.items())
        return "{" + ",".join(inside) + "}"
    if isinstance(value, list):
        return "[" + ",".join(compact(part) for part in value) + "]"
    return {None: "null", True: "true", False: "false"}[value]


def _distinct(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise BrokenJsonError("name_twice")
    return document


def _no_number(_: str) -> Json:
    raise BrokenJsonError("broken_json")


def _text(value: Json) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return compact(value)
