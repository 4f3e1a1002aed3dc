"""A document that is one JSON array of objects, read element by element.

Text is decoded and parsed in a window that slides over the stream. A broken element
costs its row as long as its brackets and quotes are balanced; a document that is not an
array from its first byte to its last is refused whole.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import IO, NamedTuple

from loaders.contracts.model import Contract
from loaders.landing.readers.encoding import codec_of, exact_errors
from loaders.landing.readers.growing import GrowingColumns
from loaders.landing.readers.json_values import (
    BrokenJsonError,
    Json,
    json_decoder,
    row_of,
)
from loaders.landing.readers.reading import (
    LONGEST_RECORD,
    BadRecord,
    PageOne,
    Reading,
    Record,
)
from loaders.landing.refusal import FileRefusedError

CHUNK = 1 << 16
BLANKS = re.compile(r"[ \t\r\n]*")
# Strings are taken whole, so that brackets in them are not counted.
BRACKETS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|["\[\]{}]', re.DOTALL)
WORD = re.compile(r'[^\s,:"\[\]{}]+')


class _Element(NamedTuple):
    value: Json
    end: int
    rule: str | None


def read_json_array(stream: IO[bytes], contract: Contract, _: PageOne | None) -> Reading:
    """The table in a stream; its columns grow with the names that objects carry.

    Raises: FileRefusedError, while records are read.
    """
    columns = GrowingColumns()
    records = _records(_Window(stream, contract.encoding), columns)
    return Reading(columns.names, records, columns_grow=True)


def _records(window: _Window, columns: GrowingColumns) -> Iterator[Record | BadRecord]:
    decoder = json_decoder()
    number = 0
    for element in _elements(window, decoder):
        number = max(window.line, number + 1)
        offset, rule, fields = window.offset, element.rule, None
        raw, fault = window.take(element.end)
        if not rule and not fault:
            try:
                fields = columns.fields_of(row_of(element.value))
            except BrokenJsonError as error:
                rule = str(error)
            except RecursionError:
                rule = "too_deep"
        if fields is None:
            yield BadRecord(number, offset, fault or rule or "name_unusable", raw)
        else:
            yield Record(number, offset, fields, raw)


def _elements(window: _Window, decoder: json.JSONDecoder) -> Iterator[_Element]:
    """The elements of the array; each must be taken from the window before the next."""
    if window.next_mark() != "[":
        raise FileRefusedError("the document is not a JSON array")
    window.take(window.place + 1)
    mark = window.next_mark()
    while mark != "]":
        if not mark or mark in ",:}":
            raise _broken(window, mark)
        yield _element(window, decoder)
        mark = window.next_mark()
        if mark == ",":
            window.take(window.place + 1)
            mark = window.next_mark()
            if mark == "]":
                raise _broken(window, mark)
        elif mark != "]":
            raise _broken(window, mark)
    window.take(window.place + 1)
    if window.next_mark():
        raise FileRefusedError(f"line {window.line}: text after the end of the JSON array")


def _element(window: _Window, decoder: json.JSONDecoder) -> _Element:
    while True:
        value, end, rule = None, None, None
        try:
            value, end = decoder.raw_decode(window.text, window.place)
        except BrokenJsonError as error:
            rule = str(error)
        except RecursionError:
            rule = "too_deep"
        except ValueError:
            # Broken, or not complete yet.
            rule = "broken_json"
        if end is None:
            end = _end_of(window.text, window.place)
        # What ends with the window may go on behind it: 12 may be 123.
        is_complete = end is not None and end < len(window.text)
        if is_complete or not window.slide():
            break
    if end is None:
        raise _broken(window, "")
    return _Element(value, end, rule)


def _end_of(text: str, place: int) -> int | None:
    """Where the value at a place ends, also a broken one; None: not to be seen yet."""
    depth = 0
    if text[place : place + 1] not in {'"', "{", "["}:
        word = WORD.match(text, place)
        return word.end() if word else None
    for found in BRACKETS.finditer(text, place):
        mark = found.group()
        if mark == '"':
            return None
        depth += (mark in "{[") - (mark in "}]")
        if depth == 0:
            return found.end()
    return None


def _broken(window: _Window, mark: str) -> FileRefusedError:
    if mark:
        return FileRefusedError(f"line {window.line}: not the syntax of a JSON array")
    return FileRefusedError(f"truncated: the JSON array has no end, line {window.line}")


class _Window:
    """The decoded text that is being looked at, and where in the file it stands."""

    def __init__(self, stream: IO[bytes], encoding: str | None) -> None:
        self._stream = stream
        head = stream.read(CHUNK)
        self._codec, self.offset = codec_of(head, encoding)
        self._errors = exact_errors(self._codec)
        self._decoder = codecs.getincrementaldecoder(self._codec)(self._errors)
        self.is_at_end = False
        self.text = self._decode(head[self.offset :])
        self.place = 0
        self.line = 1

    def next_mark(self) -> str:
        """The next character that is not blank; empty at the end of the document."""
        while True:
            blanks = BLANKS.match(self.text, self.place)
            self.take(blanks.end() if blanks else self.place)
            if self.place < len(self.text):
                return self.text[self.place]
            if not self.slide():
                return ""

    def take(self, end: int) -> tuple[bytes, str | None]:
        """The bytes up to `end`, and the rule that they break; what follows is next."""
        part = self.text[self.place : end]
        rule = "nul_byte" if "\x00" in part else None
        try:
            raw = part.encode(self._codec)
        except UnicodeEncodeError:
            raw, rule = part.encode(self._codec, self._errors), "undecodable"
        self.offset += len(raw)
        self.line += part.count("\n")
        self.place = end
        return raw, rule

    def slide(self) -> bool:
        """Drop what was taken and read on; false if there is nothing more to read."""
        if self.is_at_end:
            return False
        kept = len(self.text) - self.place
        if kept > LONGEST_RECORD:
            raise FileRefusedError(f"line {self.line}: a record without end")
        # As much again as is there: a long record is parsed a few times only.
        fresh = self._decode(self._stream.read(max(CHUNK, kept)))
        self.text = self.text[self.place :] + fresh
        self.place = 0
        return bool(fresh) or not self.is_at_end

    def _decode(self, raw: bytes) -> str:
        self.is_at_end = not raw
        try:
            return self._decoder.decode(raw, final=not raw)
        except UnicodeDecodeError as error:
            raise FileRefusedError(
                "the document is not in the encoding of the contract"
            ) from error
