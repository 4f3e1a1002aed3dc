"""Any files, in any order, split and number of copies, end in the same landing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from loaders.contracts import model
from loaders.contracts.model import load_contracts
from loaders.landing.schema import landing_table
from tests.landing.looking import Landing
from tests.landing.sending import (
    Row,
    Sender,
    csv_bytes,
    json_bytes,
    pipe_bytes,
    row_of,
    sheet_bytes,
    tab_bytes,
    zip_bytes,
)

DAYS = ("20250106", "20250107", "20250108", "20250109")
# One feed for every way of delivering: rolling, delta, full and delta, snapshot, period.
FEEDS = ("A01", "B01", "C01", "D01", "E01", "F01", "F02")
COPIES = ("", "(1)", " (2)")


class Sent(NamedTuple):
    """One file: when it came, the day in its name, what marks it has, which rows."""

    feed: str
    day: int
    named: int
    mark: str
    rows: tuple[tuple[int, int], ...]
    is_cut: bool

    @property
    def place(self) -> tuple[object, ...]:
        named = self.day if self.feed in {"C01", "E01"} else self.named
        return self.feed, self.day, named if self.feed != "F01" else 0, self.mark


def files() -> st.SearchStrategy[list[Sent]]:
    """A few files; a row is a number and a version, and rows come again and again."""
    marks = {
        "A01": COPIES, "B01": ("", "_R1", "_R2", "(1)"), "C01": ("",), "D01": ("", "_全量"),
        "E01": COPIES, "F01": COPIES, "F02": COPIES,
    }  # fmt: skip
    rows = st.lists(
        st.tuples(st.integers(1, 3), st.integers(1, 2)), max_size=3, unique=True
    ).map(lambda found: tuple(sorted(found)))
    one = st.sampled_from(FEEDS).flatmap(
        lambda feed: st.builds(
            Sent,
            st.just(feed),
            st.integers(0, 3),
            st.integers(0, 3),
            st.sampled_from(marks[feed]),
            rows,
            st.sampled_from([False, False, False, True]),
        )
    )
    return st.lists(one, min_size=2, max_size=9, unique_by=lambda sent: sent.place)


@pytest.fixture(scope="module")
def warehouse_of_few(
    make_database: Callable[[], Engine], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """A warehouse that knows these feeds only: it is emptied again and again."""
    folder = tmp_path_factory.mktemp("contracts")
    for contract in load_contracts():
        if contract.feed in FEEDS:
            (source,) = model.contracts_folder().glob(f"{contract.system.lower()}_*")
            (folder / source.name).mkdir(exist_ok=True)
            shutil.copy(source / "_system.yml", folder / source.name)
            name = contract.table.lower() + ".yml"
            shutil.copy(source / name, folder / source.name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONECARD_CONTRACTS", str(folder))
        model.load_contracts.cache_clear()
        model.load_systems.cache_clear()
        yield make_database()
    model.load_contracts.cache_clear()
    model.load_systems.cache_clear()


@settings(
    max_examples=12,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(sent=files(), order=st.permutations(range(4)), split=st.integers(1, 4))
def test_any_order_split_and_copies_end_the_same(
    warehouse_of_few: Engine, sent: list[Sent], order: list[int], split: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "deliveries"
        root.mkdir()
        sender = Sender(root)
        for one in sent:
            if one.feed != "C01":
                _send(sender, one)
        _send_databases(sender, [one for one in sent if one.feed == "C01"])
        landing = Landing(warehouse_of_few, root)
        _empty(landing)
        landing.land()
        together = landing.everything()
        landing.land()
        assert landing.everything() == together
        _empty(landing)
        days = [DAYS[n] for n in order if (root / DAYS[n]).exists()]
        for day in days:
            sender.hide(day)
        for place, day in enumerate(days, start=1):
            sender.show(day)
            if place % split == 0 or place == len(days):
                landing.land()
        assert landing.everything() == together


def _empty(landing: Landing) -> None:
    landing.land(through="20000101")
    names = ", ".join(map(landing_table, load_contracts()))
    with landing.engine.begin() as connection:
        connection.execute(
            text(
                f"truncate audit.file_ledger, audit.file_seen, landing.reject, {names}"
                " restart identity"
            )
        )


def _send(sender: Sender, sent: Sent) -> None:
    day, named = DAYS[sent.day], DAYS[sent.named]
    rows = [_row(sent.feed, number, version) for number, version in sent.rows]
    count = len(rows)
    if sent.feed == "A01":
        sender.csv_zip(
            day, {"A01": (csv_bytes("A01", rows), count)}, zip_day=named,
            name=f"XYYHIS_{named}_01{sent.mark}.zip", cut=sent.is_cut,
        )  # fmt: skip
    else:
        name, data = _file(sent, named, rows)
        cut = data[: len(data) // 2] if sent.is_cut else data
        sender.put(day, sent.feed, name, cut, count, announced=data)


def _send_databases(sender: Sender, sent: list[Sent]) -> None:
    """Copies of one database: what changes gets a time, which never goes back."""
    known: dict[int, tuple[int, str]] = {}
    for one in sorted(sent, key=lambda one: one.day):
        for number, version in one.rows:
            if known.get(number, (0, ""))[0] != version:
                known[number] = version, f"2025-01-0{one.day + 5} 0{number}:00:00"
        rows = [
            row_of("C01", jgid="1001", brid=number, brxm=f"甲{known[number][0]}",
                   gxsj=known[number][1])
            for number in sorted({number for number, _ in one.rows})
        ]  # fmt: skip
        sender.database(DAYS[one.day], {"C01": rows})


def _file(sent: Sent, named: str, rows: list[Row]) -> tuple[str, bytes]:
    mark = sent.mark
    if sent.feed == "B01":
        return f"TB_YL_PATIENT_INFORMATION_{named}{mark}.txt", pipe_bytes("B01", rows)
    if sent.feed == "D01":
        return f"EHR_HealthRecord_{named}{mark}_第1页.xlsx", sheet_bytes("D01", rows)
    if sent.feed == "E01":
        return f"PUB_FamilyTeam_{DAYS[sent.day]}{mark}.jsonl", json_bytes(rows)
    if sent.feed == "F01":
        member = {"PSN_INSU_D_2024.txt": tab_bytes("F01", rows)}
        return f"YB_PSN_INSU_D_2024{mark}.zip", zip_bytes(member)
    member = {f"SETL_D_{named}.txt": tab_bytes("F02", rows)}
    return f"YB_SETL_D_{named}{mark}.zip", zip_bytes(member)


def _row(feed: str, number: int, version: int) -> Row:
    stamp = f"2025-01-0{version} 0{number}:00:00"
    given: dict[str, dict[str, object]] = {
        "A01": {"BRID": number, "XGSJ": stamp},
        "B01": {"YLJGDM": "4", "KH": number, "KLX": "04", "YWSCSJ": stamp},
        "D01": {"phrId": f"P{number}", "empiId": f"E{version}"},
        "E01": {"teamId": f"T{number}"},
        "F01": {"PSN_NO": number, "YEAR": "2024"},
        "F02": {"SETL_ID": f"S{number}", "UPDT_TIME": stamp},
    }
    return row_of(feed, **given[feed])
