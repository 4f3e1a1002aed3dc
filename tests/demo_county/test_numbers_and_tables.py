"""Running numbers follow from day and person; DBF tables are what dBase III expects."""

from __future__ import annotations

import struct
import tracemalloc
from datetime import date
from pathlib import Path

import pytest

from loaders.contracts.model import Column
from loaders.demo_county import chronicle, mess, ship_sheets, writers
from loaders.demo_county.chronicle import ContractDriftError
from loaders.demo_county.dbf import write_dbf
from loaders.demo_county.make import DemoCountyError, make_demo_county
from loaders.demo_county.numbers import PER_PERSON, Numbering

DAY, NEXT = date(2024, 5, 6), date(2024, 5, 7)


def test_numbers_rise_with_the_days_and_belong_to_one_person() -> None:
    numbering = Numbering(10)
    found = []
    for person in (3, 7):
        numbering.turn_to(person)
        found.append([numbering.by_day("visit", on) for on in (DAY, DAY, NEXT)])
    one, other = found
    assert one[0] + 1 == one[1]
    assert not set(one) & set(other)
    assert max(one[1], other[1]) < min(one[2], other[2])


def test_what_mess_adds_moves_no_number() -> None:
    numbering = Numbering(10)
    numbering.turn_to(3)
    plain = [numbering.by_day("visit", DAY), numbering.by_month("YB", DAY)]
    numbering.turn_to(3)
    extra = [numbering.by_day("visit", DAY, True), numbering.by_month("YB", DAY, True)]
    assert [numbering.by_day("visit", DAY), numbering.by_month("YB", DAY)] == plain
    assert not set(plain) & set(extra)


def test_scopes_have_numbers_of_their_own_and_an_end() -> None:
    numbering = Numbering(10)
    numbering.turn_to(1)
    assert numbering.by_day("visit", DAY) == numbering.by_day("stay", DAY)
    with pytest.raises(OverflowError, match="visit"):
        for _ in range(PER_PERSON):
            numbering.by_day("visit", DAY)
    months = [numbering.by_month("SF", DAY) for _ in range(3 * PER_PERSON)]
    assert len(set(months)) == len(months)


def _column(name: str, kind: str = "code") -> Column:
    return Column.model_validate(
        {"name": name, "standard": name.lower(), "zh": name, "en": name, "type": kind}
    )


def test_a_table_has_padded_fields_and_flags(tmp_path: Path) -> None:
    path = tmp_path / "t.dbf"
    columns = [_column("P1"), _column("P2", "text")]
    rows = [(["1", "甲"], False), ([None, "乙"], True), ([3, "龘\u200b"], False)]
    assert write_dbf(path, columns, rows, date(2025, 1, 3)) == 2
    content = path.read_bytes()
    assert content[:4] == bytes([3, 125, 1, 3])
    assert struct.unpack_from("<IHH", content, 4) == (3, 32 * 3 + 1, 1 + 20 + 40)
    assert content[32:43] == b"P1".ljust(11, b"\0")
    body = content[32 * 3 + 1 :]
    assert body[:61] == b" " + b"1".ljust(20) + "甲".encode("gbk").ljust(40)
    assert body[61:62] == b"*"
    assert body[122:183] == b" " + b"3".ljust(20) + "龘?".encode("gbk").ljust(40)
    assert body[183:] == b"\x1a"


def test_a_value_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractDriftError, match="P1: a value is longer than 20 bytes"):
        write_dbf(tmp_path / "t.dbf", [_column("P1")], [(["x" * 21], False)], DAY)


@pytest.mark.parametrize("years", [0, 21])
def test_a_history_has_an_end(tmp_path: Path, years: int) -> None:
    with pytest.raises(DemoCountyError, match="1 to 20 years"):
        make_demo_county(tmp_path, residents=5, years=years)


def test_memory_holds_little_more_than_the_people(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows, notes and files must not pile up: a resident costs a few kilobytes at most."""
    # Full at once, so that what is still growing is what never stops.
    monkeypatch.setattr(ship_sheets, "PAGE_ROWS", 20)
    for module in (chronicle, mess, writers):
        monkeypatch.setattr(module, "BATCH", 20)
    peaks = []
    # The first county only fills what is read once.
    for nth, residents in enumerate((50, 150, 600)):
        tracemalloc.start()
        make_demo_county(tmp_path / str(nth), residents=residents, later_days=1)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert (peaks[2] - peaks[1]) / 450 < 3072, peaks
