"""Records of an XML document: one kind of element is the rows, its children the columns.

An attribute lands as `@name` (that of a child as `child/@name`), text beside children as
`#text`, children of children as compact JSON. Document types and with them entities are
refused: no sender of tables needs them, and small ones unfold to any size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, NamedTuple
from xml.parsers import expat

from loaders.contracts.model import Contract
from loaders.landing.readers.growing import GrowingColumns
from loaders.landing.readers.json_values import Json, compact
from loaders.landing.readers.reading import (
    LONGEST_RECORD,
    BadRecord,
    PageOne,
    Reading,
    Record,
)
from loaders.landing.readers.xml_source import XmlSource
from loaders.landing.refusal import FileRefusedError

CHUNK = 1 << 16
DEEPEST = 64


def read_xml(stream: IO[bytes], contract: Contract, _: PageOne | None) -> Reading:
    """The table in a stream; its columns grow with the elements that come.

    Raises: FileRefusedError, while records are read.
    """
    if contract.xml is None:
        raise TypeError("a contract of format xml has its layout")
    columns = GrowingColumns()
    records = _records(stream, contract.encoding, contract.xml.record, columns)
    return Reading(columns.names, records, columns_grow=True)


def _records(
    stream: IO[bytes], encoding: str | None, record: str, columns: GrowingColumns
) -> Iterator[Record | BadRecord]:
    chunk = stream.read(CHUNK)
    walk = _Walk(XmlSource(chunk, encoding), record)
    number = 0
    while True:
        for found in walk.records_in(chunk):
            number = max(found.line, number + 1)
            rule, fields = found.rule, None
            if not rule:
                fields = columns.fields_of(found.values)
            if fields is None:
                bad = rule or "name_unusable"
                yield BadRecord(number, found.offset, bad, found.raw)
            else:
                yield Record(number, found.offset, fields, found.raw)
        if not chunk:
            return
        chunk = stream.read(CHUNK)


class _Found(NamedTuple):
    line: int
    offset: int
    raw: bytes
    values: dict[str, str | None]
    rule: str | None


@dataclass
class _Element:
    """An element that is open: what has been read of it so far."""

    attributes: dict[str, str]
    texts: list[str] = field(default_factory=list)
    children: list[tuple[str, Json]] = field(default_factory=list)

    def value(self) -> Json:
        """Its text, or null; with anything but text in it an object."""
        text = "".join(self.texts)
        if not self.children and not self.attributes:
            return text or None
        document: dict[str, Json] = {f"@{k}": v for k, v in self.attributes.items()}
        for name, value in self.children:
            known = document.get(name)
            if name not in document:
                document[name] = value
            elif isinstance(known, list):
                known.append(value)
            else:
                document[name] = [known, value]
        if text.strip():
            document["#text"] = text
        return document


class _Walk:
    """Follows the parser through a document and collects its records."""

    def __init__(self, source: XmlSource, record: str) -> None:
        self._source = source
        self._record = record
        self._found: list[_Found] = []
        self._open: list[_Element] = []
        self._too_deep = 0
        self._values: dict[str, str | None] = {}
        self._rule: str | None = None
        self._start = self._offset = self._line = 0
        # Where the parser was last heard of; nothing before it is needed again.
        self._heard = 0
        parser = expat.ParserCreate(source.codec.replace("utf-16-", "utf-16"))
        parser.buffer_text = True
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.DefaultHandlerExpand = self._other
        parser.StartDoctypeDeclHandler = self._doctype
        self._parser = parser

    def records_in(self, chunk: bytes) -> list[_Found]:
        """The records that end in the next bytes of the file; empty bytes are its end."""
        try:
            self._parser.Parse(self._source.give(chunk), not chunk)
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code)
            raise FileRefusedError(
                f"line {error.lineno}: not well-formed XML: {reason}"
            ) from error
        needed = self._start if self._open else self._heard
        if self._source.given - needed > LONGEST_RECORD:
            raise FileRefusedError(
                f"line {self._parser.CurrentLineNumber}: an element without end"
            )
        self._source.forget(needed)
        found, self._found = self._found, []
        return found

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._heard = self._parser.CurrentByteIndex
        if not self._open:
            if name != self._record:
                return
            self._start = self._heard
            self._offset = self._source.offset(self._start)
            self._line = self._parser.CurrentLineNumber
            self._values, self._rule = {}, None
        if len(self._open) == DEEPEST:
            self._too_deep += 1
            self._rule = "too_deep"
            return
        kept = {k: v for k, v in attributes.items() if k.split(":", 1)[0] != "xmlns"}
        self._open.append(_Element(kept))

    def _end(self, name: str) -> None:
        self._heard = self._parser.CurrentByteIndex
        if self._too_deep:
            self._too_deep -= 1
        elif self._open:
            element = self._open.pop()
            if len(self._open) > 1:
                self._open[-1].children.append((name, element.value()))
            elif self._open:
                self._column(name, element)
            else:
                self._finish(element)

    def _column(self, name: str, element: _Element) -> None:
        if name in self._values:
            self._rule = self._rule or "name_twice"
        elif element.children:
            self._values[name] = compact(element.value())
        else:
            self._values[name] = "".join(element.texts) or None
            for attribute, value in element.attributes.items():
                self._values[f"{name}/@{attribute}"] = value

    def _finish(self, element: _Element) -> None:
        for attribute, value in element.attributes.items():
            self._values[f"@{attribute}"] = value
        text = "".join(element.texts)
        if text.strip():
            self._values["#text"] = text
        end = self._source.end_of_tag(self._heard)
        raw = self._source.raw(self._start, end)
        self._found.append(_Found(self._line, self._offset, raw, self._values, self._rule))

    def _text(self, text: str) -> None:
        if not self._open:
            self._heard = max(self._heard, self._parser.CurrentByteIndex)
        elif not self._too_deep:
            self._open[-1].texts.append(text)

    def _other(self, _: str) -> None:
        self._heard = max(self._heard, self._parser.CurrentByteIndex)

    def _doctype(self, *_: object) -> None:
        raise FileRefusedError(
            f"line {self._parser.CurrentLineNumber}: the document declares a document type"
        )
