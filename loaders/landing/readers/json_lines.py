"""One JSON object per line; values become text exactly as they were written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO

from loaders.landing.readers.lines import Line, read_lines
from loaders.landing.readers.reading import BadRecord, Reading, Record

Json = None | bool | str | list["Json"] | dict[str, "Json"]


class _Written(str):
    """A number as it was written: 1.50 is not 1.5."""

    __slots__ = ()


class _BrokenError(ValueError):
    """The line is not a JSON object that can be kept; carries the rule."""


def read_json_lines(stream: IO[bytes], encoding: str | None) -> Reading:
    """The table in a stream; its columns grow with the names that objects carry."""
    columns: list[str] = []
    return Reading(columns, _records(stream, encoding, columns), columns_grow=True)


def _records(
    stream: IO[bytes], encoding: str | None, columns: list[str]
) -> Iterator[Record | BadRecord]:
    decoder = json.JSONDecoder(
        object_pairs_hook=_distinct,
        parse_float=_Written,
        parse_int=_Written,
        parse_constant=_no_number,
    )
    position: dict[str, int] = {}
    for line in read_lines(stream, encoding):
        if not line.text.strip():
            continue
        try:
            document = _object(decoder, line)
        except _BrokenError as error:
            yield BadRecord(line.number, line.offset, str(error), line.raw)
            continue
        new = [name for name in document if name not in position]
        if not all(map(_is_usable, new)):
            yield BadRecord(line.number, line.offset, "name_unusable", line.raw)
            continue
        for name in new:
            position[name] = len(columns)
            columns.append(name)
        fields: list[str | None] = [None] * len(columns)
        for name, value in document.items():
            fields[position[name]] = _text(value)
        yield Record(line.number, line.offset, fields, line.raw)


def _object(decoder: json.JSONDecoder, line: Line) -> dict[str, Json]:
    if line.rule:
        raise _BrokenError(line.rule)
    try:
        document = decoder.decode(line.text)
    except _BrokenError:
        raise
    except (ValueError, RecursionError) as error:
        raise _BrokenError("broken_json") from error
    if not isinstance(document, dict):
        raise _BrokenError("not_an_object")
    return document


def _distinct(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise _BrokenError("name_twice")
    return document


def _no_number(_: str) -> Json:
    raise _BrokenError("broken_json")


def _is_usable(name: str) -> bool:
    return bool(name) and name.isprintable()


def _text(value: Json) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return _compact(value)


def _compact(value: Json) -> str:
    """Compact JSON, numbers as written."""
    if isinstance(value, _Written):
        return str(value)
    if isinstance(value, dict):
        inside = (f"{_compact(name)}:{_compact(part)}" for name, part in value.items())
        return "{" + ",".join(inside) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_compact(part) for part in value) + "]"
    return json.dumps(value, ensure_ascii=False)
