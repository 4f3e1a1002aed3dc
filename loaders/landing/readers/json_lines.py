"""One JSON object per line; values become text exactly as they were written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from loaders.contracts.model import Contract
from loaders.landing.readers.growing import GrowingColumns
from loaders.landing.readers.json_values import BrokenJsonError, json_decoder, row_of
from loaders.landing.readers.lines import read_lines
from loaders.landing.readers.reading import BadRecord, PageOne, Reading, Record


def read_json_lines(stream: IO[bytes], contract: Contract, _: PageOne | None) -> Reading:
    """The table in a stream; its columns grow with the names that objects carry."""
    columns = GrowingColumns()
    records = _records(stream, contract.encoding, columns)
    return Reading(columns.names, records, columns_grow=True)


def _records(
    stream: IO[bytes], encoding: str | None, columns: GrowingColumns
) -> Iterator[Record | BadRecord]:
    decoder = json_decoder()
    for line in read_lines(stream, encoding):
        rule, fields = line.rule, None
        if not rule and not line.text.strip():
            continue
        if not rule:
            try:
                fields = columns.fields_of(row_of(decoder.decode(line.text)))
                rule = "name_unusable" if fields is None else None
            except BrokenJsonError as error:
                rule = str(error)
            except RecursionError:
                rule = "too_deep"
            except ValueError:
                rule = "broken_json"
        if fields is None:
            yield BadRecord(line.number, line.offset, rule or "broken_json", line.raw)
        else:
            yield Record(line.number, line.offset, fields, line.raw)
