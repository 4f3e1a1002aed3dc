"""A contract is put right: what was landed before ends as if it always had been."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from loaders.contracts.model import Column, Contract, contract_of, load_contracts
from loaders.landing import examine, ledger, replay, schema, seen
from loaders.landing.ledger import balanced
from loaders.landing.readers.opening import READERS
from loaders.landing.readers.reading import PlainRun
from loaders.landing.replay import ReplaySummary
from loaders.landing.schema import landing_table, quoted
from tests.landing.looking import Landing
from tests.landing.sending import (
    Sender,
    csv_bytes,
    json_bytes,
    pipe_bytes,
    row_of,
    sheet_bytes,
    tab_bytes,
    zip_bytes,
)

D, NEXT = "20250101", "20250102"
Use = Callable[[Contract], None]
Send = Callable[[Sender], None]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    """Lets every part of landing see one contract in another wording."""

    def use(changed: Contract) -> None:
        contracts = tuple(
            changed if contract.feed == changed.feed else contract
            for contract in load_contracts()
        )
        for module in (examine, replay, schema, seen):
            monkeypatch.setattr(module, "load_contracts", lambda: contracts)

    return use


def without(contract: Contract, *names: str) -> Contract:
    columns = tuple(c for c in contract.columns if c.name not in names)
    return contract.model_copy(update={"columns": columns})


def with_alias(contract: Contract, name: str, alias: str) -> Contract:
    def changed(column: Column) -> Column:
        if column.name != name:
            return column
        return column.model_copy(update={"aliases": (*column.aliases, alias)})

    return contract.model_copy(update={"columns": tuple(map(changed, contract.columns))})


def with_text(contract: Contract, **layout: object) -> Contract:
    assert contract.text is not None
    return contract.model_copy(update={"text": contract.text.model_copy(update=layout)})


def take_again(landing: Landing, with_files: bool) -> ReplaySummary:
    deliveries = landing.deliveries if with_files else None
    return replay.replay(landing.engine, deliveries, None, None, lambda _: None)


def everything(landing: Landing, contract: Contract) -> dict[str, list[tuple[Any, ...]]]:
    """All that landing knows of a feed, but for file numbers and what counts as news."""
    names = ", ".join(f"stored.{quoted(name)}" for name in contract.column_names)
    place = "file.delivery_date, file.file_name, file.member_name"
    found = {
        "rows": f"select {place}, stored._line_number, stored._row_hash::text,"
        f" stored._extra::text, {names} from {landing_table(contract)} as stored"
        " inner join audit.file_ledger as file on stored._file_id = file.file_id"
        " order by 1, 2, 3, 4",
        "rejects": f"select {place}, line_number, byte_offset, reason_code, raw, raw_line,"
        " reason from landing.reject"
        " inner join audit.file_ledger as file on reject.file_id = file.file_id"
        " order by 1, 2, 3, 4",
        "files": "select delivery_date, file_name, member_name, state, rows_read,"
        " rows_rejected, columns, columns_added, columns_missing, columns_renamed"
        " from audit.file_ledger as file order by 1, 2, 3",
        "totals": f"select {place}, total.column_name, total.cell_count,"
        " total.unreadable_count, total.total from audit.file_control_total as total"
        " inner join audit.file_ledger as file on total.file_id = file.file_id"
        " order by 1, 2, 3, 4",
        "contracts": "select count(*), count(distinct contract_digest)"
        " from audit.file_contract",
    }
    return {name: [tuple(row) for row in landing.ask(query)]
            for name, query in found.items()}  # fmt: skip


def teams(sender: Sender) -> None:
    rows = [
        row_of("E01", teamId="T1", leaderName="某某", extraOne="x"),
        row_of("E01", teamId=None, leaderName="甲"),
        row_of("E01", teamId="T3", extraTwo="y", leaderName=None),
    ]
    sender.put(D, "E01", f"PUB_FamilyTeam_{D}.jsonl", json_bytes(rows) + b"{]\n", 4)


def cards(sender: Sender) -> None:
    rows = [
        row_of("A01", BRID=n, BRXM=f"某{n}", LXDZ="某镇\n某村", XGSJ="2025-01-01 00:00:00")
        for n in range(1, 4)
    ]
    data = csv_bytes("A01", [*rows, row_of("A01", BRXM="无卡")])
    lines = data + b'9,"x"y\r\n' + b"8,short\r\n"
    sender.csv_zip(D, {"A01": (lines, 6)})
    sender.csv_zip(NEXT, {"A01": (csv_bytes("A01", rows[:2]), 2)})


def patients(sender: Sender) -> None:
    rows = [row_of("B01", YLJGDM="4", KH=f"K{n}", KLX="04", XM=f"某{n}") for n in (1, 2)]
    whole = pipe_bytes("B01", rows)
    surplus = whole.split(b"\r\n")[1] + b"|one more"
    cut = pipe_bytes("B01", [row_of("B01", YLJGDM="4", KH="K3", KLX="04", JTDZ="a\r\nb")])
    lines = whole + surplus + b"\r\n" + cut.split(b"\r\n", 1)[1]
    sender.put(D, "B01", f"TB_YL_PATIENT_INFORMATION_{D}.txt", lines, 4)


def settlements(sender: Sender) -> None:
    rows = [
        row_of("F02", SETL_ID="S1", MEDFEE_SUMAMT="1,234.50", PSN_PAY="无"),
        row_of("F02", SETL_ID="S2", MEDFEE_SUMAMT="NULL", PSN_PAY="（2.00）"),
        row_of("F02", SETL_ID="null", MEDFEE_SUMAMT="3.00"),
    ]
    sender.put(D, "F02", f"YB_SETL_D_{D}.zip",
               zip_bytes({f"SETL_D_{D}.txt": tab_bytes("F02", rows)}), 3)  # fmt: skip


def archives(sender: Sender) -> None:
    rows = [
        row_of("D01", phrId="P1", phoneNumber="某厂", personName="某"),
        row_of("D01", empiId="E"),
    ]
    data = sheet_bytes("D01", rows)
    sender.put(D, "D01", f"EHR_HealthRecord_{D}_第1页.xlsx", data, 2)
    bare = sheet_bytes("D01", [row_of("D01", phrId="P2", phoneNumber="-", personName="-")],
                       title=False, header=False)  # fmt: skip
    sender.put(D, "D01", f"EHR_HealthRecord_{D}_第2页.xlsx", bare, 1)


def townships(sender: Sender) -> None:
    for day, stamp in ((D, "2024-12-01 08:00:00"), (NEXT, "2024-12-02 08:00:00")):
        rows = [
            row_of("C05", jgid="1001", mzxh=1, zjje="2.50", gxsj="2024-12-01 08:00:00"),
            row_of("C05", jgid="1001", mzxh=2, zjje="-", gxsj=stamp),
            row_of("C05", jgid=" ", mzxh=3, zjje="9.00", gxsj="2024-12-01 08:00:00"),
        ]
        sender.database(day, {"C05": rows})


def changes() -> dict[str, tuple[Contract, Contract, Send]]:
    """A contract before and after it was put right, and what was sent meanwhile."""
    a01, b01, c05 = contract_of("A01"), contract_of("B01"), contract_of("C05")
    d01, e01, f02 = contract_of("D01"), contract_of("E01"), contract_of("F02")

    def shorter_key(contract: Contract) -> Contract:
        return contract.model_copy(update={"key": contract.key[-1:]})

    def renamed(contract: Contract, name: str) -> Contract:
        """A contract that knows a column by another name only."""
        column = contract.column(name).model_copy(update={"name": f"{name}X"})
        columns = tuple(column if c.name == name else c for c in contract.columns)
        return contract.model_copy(update={"columns": columns})

    null = (*a01.nulls, "某1")
    return {
        "a column of a CSV": (without(a01, "BRXM"), a01, cards),
        "a column of JSON lines": (without(e01, "leaderName"), e01, teams),
        "a column of a workbook": (without(d01, "personName"), d01, archives),
        "a column of amounts": (without(f02, "MEDFEE_SUMAMT"), f02, settlements),
        "a column of a database": (without(c05, "zjje"), c05, townships),
        "an alias in a CSV": (
            renamed(a01, "LXDZ"), with_alias(renamed(a01, "LXDZ"), "LXDZX", "LXDZ"), cards,
        ),
        "an alias in JSON lines": (
            renamed(e01, "leaderName"),
            with_alias(renamed(e01, "leaderName"), "leaderNameX", "leaderName"),
            teams,
        ),
        "an alias in a workbook": (
            renamed(d01, "phoneNumber"),
            with_alias(renamed(d01, "phoneNumber"), "phoneNumberX", "phoneNumber"),
            archives,
        ),
        "a word for null": (a01, a01.model_copy(update={"nulls": null}), cards),
        "a word for null in TABs": (
            f02, f02.model_copy(update={"nulls": (*f02.nulls, "NULL")}), settlements,
        ),
        "a word for null in a database": (
            c05, c05.model_copy(update={"nulls": (*c05.nulls, "-")}), townships,
        ),
        "the encoding": (a01.model_copy(update={"encoding": "utf-8"}), a01, cards),
        "where surplus fields belong": (
            with_text(b01, overflow_column=None, continues=True),
            with_text(b01, overflow_column="XM", continues=True), patients,
        ),
        "a shorter key": (c05, shorter_key(c05), townships),
    }  # fmt: skip


@pytest.mark.parametrize("with_files", [True, False], ids=["files", "kept"])
@pytest.mark.parametrize("change", changes())
def test_it_ends_as_if_the_contract_had_been_right_all_along(
    sender: Sender,
    landing: Landing,
    fresh_database: Callable[[], Engine],
    use: Use,
    change: str,
    with_files: bool,
) -> None:
    before, after, send = changes()[change]
    send(sender)
    use(before)
    landing.land()
    as_landed = everything(landing, before)
    use(after)
    summary = take_again(landing, with_files)
    use(after)
    fresh = Landing(fresh_database(), sender.root)
    fresh.land()
    assert everything(landing, after) == everything(fresh, after)
    assert summary.changed > 0
    assert everything(landing, before) != as_landed
    assert balanced(landing.engine) == []
    again = everything(landing, after), landing.ledger(), landing.ask(REPLAYS)
    assert take_again(landing, with_files).changed == 0
    assert (everything(landing, after), landing.ledger(), landing.ask(REPLAYS)) == again
    assert str(landing.land()).endswith("nothing new")


REPLAYS = "select * from audit.replay order by replay_id"


def test_a_replay_is_written_down(sender: Sender, landing: Landing, use: Use) -> None:
    b01 = contract_of("B01")
    patients(sender)
    use(with_text(b01, overflow_column=None, continues=True))
    landing.land()
    use(with_text(b01, overflow_column="XM", continues=True))
    take_again(landing, with_files=False)
    noted = landing.ask(
        "select source, reason_code, lines_before, lines_after, who <> '' as by_somebody"
        " from audit.replay order by reason_code"
    )
    assert [tuple(row) for row in noted] == [
        ("kept bytes", "", 3, 4, True),
        ("kept bytes", "too_many_fields", 1, 0, True),
    ]


def test_a_row_made_good_that_is_known_by_now_is_a_repeat(
    sender: Sender, landing: Landing, use: Use
) -> None:
    a01 = contract_of("A01")
    data = csv_bytes(
        "A01", [row_of("A01", BRID=1, BRXM="李明", XGSJ="2025-01-01 00:00:00")]
    )
    sender.csv_zip(D, {"A01": (data, 1)})
    use(a01.model_copy(update={"encoding": "utf-8"}))
    landing.land()
    use(a01)
    more = csv_bytes("A01", [row_of("A01", BRID=2)])
    sender.csv_zip(NEXT, {"A01": (data + more.split(b"\r\n", 1)[1], 2)})
    landing.land()
    assert landing.counts("A01") == [(1, 0, 1, 0, 0), (2, 2, 0, 0, 0)]
    take_again(landing, with_files=False)
    assert landing.counts("A01") == [(1, 0, 0, 1, 0), (2, 2, 0, 0, 0)]


def test_a_replay_that_would_lose_lines_leaves_the_file(
    sender: Sender, landing: Landing, use: Use
) -> None:
    b01 = contract_of("B01")
    cut = pipe_bytes("B01", [row_of("B01", YLJGDM="4", KH="K3", KLX="04", JTDZ="a\r\nb")])
    # Announced as the two lines that they are: as one row they are not what was announced.
    sender.put(D, "B01", f"TB_YL_PATIENT_INFORMATION_{D}.txt", cut, 2)
    use(with_text(b01, continues=False))
    landing.land()
    before = everything(landing, b01)
    use(with_text(b01, continues=True))
    for with_files in (True, False):
        assert take_again(landing, with_files).changed == 0
    assert everything(landing, b01) == before
    assert len(before["rejects"]) == 2


def test_refused_files_are_looked_at_again(
    sender: Sender, landing: Landing, use: Use
) -> None:
    names = [name for name in row_of("A01") if name != "BRID"] + ["CARD"]
    rows = [row_of("A01") | {"CARD": 1}]
    sender.csv_zip(D, {"A01": (csv_bytes("A01", rows, names), 1)})
    landing.land()
    assert landing.ledger("A01")[0].state == "refused"
    # Months later its folder is at rest, and would not be looked through.
    sender.settlements("20250601", [row_of("F02", SETL_ID="S1")])
    landing.land()
    assert len(landing.ask("select from audit.folder_seen")) == 1
    assert take_again(landing, with_files=False).to_look_at == 1
    assert landing.ask("select from audit.folder_seen") == []
    use(with_alias(contract_of("A01"), "BRID", "CARD"))
    landing.land()
    assert landing.rows("A01", "BRID") == [("1",)]


CELL = st.text(st.sampled_from('a|\n甲"\x00-'), max_size=4)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(lines=st.lists(st.lists(CELL, min_size=1, max_size=5), min_size=1, max_size=8))
def test_whatever_was_rejected(
    make_database: Callable[[], Engine],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    lines: list[list[str]],
) -> None:
    """Lines of any shape: what is kept of them gives what the file would give."""
    names = contract_of("B01").column_names[:4]
    b01 = without(contract_of("B01"), *contract_of("B01").column_names[4:])
    b01 = b01.model_copy(update={"person": None, "version_by": ()})
    strict = with_text(b01, overflow_column=None, continues=False)
    lenient = with_text(b01, overflow_column=names[-1], continues=False)
    body = "".join("|".join(["4", "K", "0", *cells]) + "\n" for cells in lines)
    data = ("|".join(names) + "\n" + body).encode()
    rows = _rows_of(data, strict)
    root = tmp_path_factory.mktemp("replayed")
    sender, landing = Sender(root), Landing(_engine(make_database), root)
    sender.put(D, "B01", f"TB_YL_PATIENT_INFORMATION_{D}.txt", data, rows)
    found = []
    for first in (strict, lenient):
        _empty(landing.engine)
        _use_only(monkeypatch, first)
        landing.land()
        _use_only(monkeypatch, lenient)
        take_again(landing, with_files=False)
        found.append(everything(landing, lenient))
    assert found[0] == found[1]


ENGINES: list[Engine] = []


def _engine(make_database: Callable[[], Engine]) -> Engine:
    """One warehouse for all examples."""
    if not ENGINES:
        ENGINES.append(make_database())
    return ENGINES[0]


def _use_only(monkeypatch: pytest.MonkeyPatch, contract: Contract) -> None:
    for module in (examine, ledger, replay, schema, seen):
        monkeypatch.setattr(module, "load_contracts", lambda: (contract,))


def _empty(engine: Engine) -> None:
    with engine.begin() as connection:
        for schema_name in ("landing", "audit"):
            connection.exec_driver_sql(f"drop schema if exists {schema_name} cascade")
            connection.exec_driver_sql(f"create schema {schema_name}")


def _rows_of(data: bytes, contract: Contract) -> int:
    reading = READERS[contract.format](io.BytesIO(data), contract, None)
    return sum(
        len(item.lines) if isinstance(item, PlainRun) else 1 for item in reading.records
    )
