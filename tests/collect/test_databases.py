"""Tables of live databases become deliveries: on SQLite, PostgreSQL and MariaDB."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from jinja2 import Environment
from sqlalchemy import Engine, text

from loaders.collect.address import read_address
from loaders.collect.collect import CollectSummary
from loaders.collect.failure import CollectError
from loaders.collect.source import connected, source_engine
from loaders.contracts.model import contract_of
from loaders.settings import PROJECT
from tests.collect.conftest import Collecting, LiveDatabase, visit_contract
from tests.landing.looking import Landing

TIME = {"sqlite": "text", "postgresql": "timestamp", "mariadb": "datetime(6)"}
Register = Callable[..., None]


class Clinic:
    """A clinic's database, collected day by day and landed."""

    def __init__(
        self, live: LiveDatabase, collecting: Collecting, landing: Landing
    ) -> None:
        self.live = live
        self.collecting = collecting
        self.landing = landing
        collecting.sources["Q"] = live.url
        live.do(
            "create table visit (id integer primary key, note varchar(50),"
            f" changed {TIME[live.kind]})"
        )

    def put(self, number: int, note: str, changed: str | None) -> None:
        moment = f"'{changed}'" if changed else "null"
        self.live.do(
            f"delete from visit where id = {number}",
            f"insert into visit values ({number}, '{note}', {moment})",
        )

    def collect(self, day: int) -> CollectSummary:
        return self.collecting.collect(day=date(2025, 1, day))

    def read(self, day: int, mark: str = "") -> list[str]:
        """The notes of the rows that were read on a day."""
        name = f"2025010{day}/Q_CLINIC/visit_2025010{day}{mark}.jsonl"
        data = self.collecting.files()[name]
        return [json.loads(line)["note"] for line in data.decode().splitlines()]


@pytest.fixture
def clinic(
    register: Register, live: LiveDatabase, collecting: Collecting, landing: Landing
) -> Clinic:
    register(visit_contract())
    return Clinic(live, collecting, landing)


def test_by_watermark_only_what_has_changed_is_read(clinic: Clinic) -> None:
    clinic.put(1, "one", "2025-01-01 08:00:00")
    clinic.put(2, "two", "2025-01-01 09:00:00.123456")
    clinic.collect(1)
    clinic.put(1, "one again", "2025-01-02 07:00:00")
    clinic.put(3, "three", "2025-01-02 08:00:00")
    clinic.collect(2)
    assert clinic.read(1) == ["one", "two"]
    # The row of the watermark itself comes again: another may have its very time.
    assert clinic.read(2) == ["one again", "two", "three"]


def test_rows_without_a_watermark_come_every_day_and_are_told(clinic: Clinic) -> None:
    clinic.put(1, "never changed", None)
    clinic.put(2, "two", "2025-01-01 09:00:00")
    clinic.collect(1)
    clinic.put(3, "nor this", None)
    clinic.collect(2)
    assert clinic.read(2) == ["never changed", "two", "nor this"]
    assert "Q01 visit: 2 rows without a value in changed" in clinic.collecting.said


def test_a_date_in_the_future_does_not_stop_the_reading(clinic: Clinic) -> None:
    clinic.put(1, "typing error", "2099-01-01 00:00:00")
    clinic.put(2, "two", "2025-01-01 09:00:00")
    clinic.collect(1)
    clinic.put(3, "three", "2025-01-02 08:00:00")
    clinic.collect(2)
    assert clinic.read(2) == ["typing error", "two", "three"]


def test_what_was_read_lands_and_repeats_are_known(clinic: Clinic) -> None:
    clinic.put(1, "张三😀", "2025-01-01 08:00:00")
    clinic.put(2, "two", "2025-01-01 09:00:00")
    clinic.collect(1)
    clinic.put(3, "", None)
    clinic.collect(2)
    clinic.landing.land()
    assert clinic.landing.states("Q01") == [
        ("visit_20250101.jsonl", "landed"),
        ("visit_20250102.jsonl", "landed"),
    ]
    # Read, accepted, rejected, duplicate, superseded.
    assert clinic.landing.counts("Q01") == [(2, 2, 0, 0, 0), (2, 1, 0, 1, 0)]
    assert [note for (note,) in clinic.landing.rows("Q01", "note")] == [
        "张三😀", "two", "two", "",
    ]  # fmt: skip


def test_a_second_reading_of_a_day_corrects_the_first(clinic: Clinic) -> None:
    clinic.put(1, "one", "2025-01-01 08:00:00")
    clinic.collect(1)
    clinic.put(2, "two", "2025-01-02 09:00:00")
    clinic.collect(2)
    clinic.put(3, "three", "2025-01-02 10:00:00")
    assert clinic.collect(2).new == 1
    assert clinic.read(2) == ["one", "two"]
    assert clinic.read(2, "_R1") == ["one", "two", "three"]
    clinic.landing.land()
    assert clinic.landing.states("Q01") == [
        ("visit_20250101.jsonl", "landed"),
        ("visit_20250102.jsonl", "replaced"),
        ("visit_20250102_R1.jsonl", "landed"),
    ]


def test_a_second_reading_that_finds_nothing_new_leaves_nothing(clinic: Clinic) -> None:
    clinic.put(1, "one", "2025-01-01 08:00:00")
    clinic.collect(1)
    files = clinic.collecting.files()
    assert clinic.collect(1).new == 0
    assert clinic.collecting.files() == files


def test_an_empty_answer_is_no_file(clinic: Clinic) -> None:
    assert clinic.collect(1).new == 0
    assert clinic.collecting.files() == {}
    clinic.put(1, "one", "2025-01-01 08:00:00")
    clinic.collect(2)
    assert clinic.read(2) == ["one"]


def test_yesterday_is_not_delivered_today(clinic: Clinic) -> None:
    clinic.put(1, "one", "2025-01-01 08:00:00")
    clinic.collect(2)
    with pytest.raises(CollectError, match="extracted on 20250102 already"):
        clinic.collect(1)


def test_another_database_is_read_from_its_beginning(
    clinic: Clinic, make_live: Callable[[str], LiveDatabase], tmp_path: Any
) -> None:
    clinic.put(1, "one", "2025-01-01 08:00:00")
    clinic.collect(1)
    other = make_live("mariadb" if clinic.live.kind == "postgresql" else "postgresql")
    moved = Clinic(other, clinic.collecting, clinic.landing)
    moved.put(1, "one, moved", "2024-01-01 08:00:00")
    moved.collect(2)
    assert moved.read(2) == ["one, moved"]


def test_a_rolling_window(
    register: Register, live: LiveDatabase, collecting: Collecting, landing: Landing
) -> None:
    window = {"table": "visit", "mode": "rolling", "column": "changed", "days": 3}
    register(visit_contract(extract=window, delivery="rolling"))
    clinic = Clinic(live, collecting, landing)
    clinic.put(1, "too old", "2025-01-01 23:59:59")
    clinic.put(2, "just inside", "2025-01-02 00:00:00")
    clinic.put(3, "without a day", None)
    clinic.put(4, "new", "2025-01-05 08:00:00")
    clinic.collect(5)
    assert clinic.read(5) == ["just inside", "without a day", "new"]


@pytest.fixture
def whole(
    register: Register, live: LiveDatabase, collecting: Collecting, landing: Landing
) -> Clinic:
    register(
        visit_contract(
            extract={"table": "visit", "mode": "full"}, delivery="snapshot", version_by=[]
        )
    )
    return Clinic(live, collecting, landing)


def test_a_row_that_was_deleted_is_gone_by_the_rule_of_snapshots(whole: Clinic) -> None:
    for number, note in ((1, "stays"), (2, "goes")):
        whole.put(number, note, None)
    whole.collect(1)
    whole.landing.land()
    assert current(whole.landing.engine) == ["goes", "stays"]
    whole.live.do("delete from visit where id = 2")
    whole.collect(2)
    whole.landing.land()
    assert current(whole.landing.engine) == ["stays"]


def current(engine: Engine) -> list[str]:
    """The current rows, by the macro that staging models use."""
    source = (PROJECT / "dbt_project" / "macros" / "current_rows.sql").read_text("utf-8")
    macro = source[: source.index("{% macro feed_contract")]
    environment = Environment(extensions=["jinja2.ext.do"])
    # What dbt's own `return` does, for a feed that comes as full lists.
    environment.globals["return"] = lambda value: value
    template = environment.from_string(macro + "{{ current_rows('q01_visit') }}")
    query = template.render(
        feed_contract=lambda _: contract_of("Q01"),
        source=lambda *names: ".".join(names),
        # Not a few keys of a table that is there: all of them. Nobody is named in it.
        reading_again=lambda: "",
        tells_who=lambda _: False,
    )
    with engine.connect() as connection:
        return sorted(row.note for row in connection.execute(text(query)))


def test_a_table_that_was_emptied_deletes_nothing(whole: Clinic) -> None:
    whole.put(1, "one", None)
    whole.collect(1)
    whole.live.do("delete from visit")
    with pytest.raises(CollectError, match="table is empty and had 1 rows"):
        whole.collect(2)
    assert len(whole.collecting.files()) == 2


def test_a_table_that_is_not_there_is_told_without_what_the_database_says(
    register: Register, clinic: Clinic
) -> None:
    clinic.live.do("drop table visit")
    with pytest.raises(
        CollectError, match="Q01 visit: .* says no, reading visit"
    ) as failure:
        clinic.collect(1)
    password = str(read_address(clinic.live.url, "").url.password or "no password")
    assert password not in f"{failure.value} {clinic.collecting.said}"


def test_a_column_that_is_not_there(
    register: Register, clinic: Clinic, collecting: Collecting
) -> None:
    clinic.live.do("drop table visit", "create table visit (id integer, note varchar(50))")
    with pytest.raises(CollectError, match="Q01 visit"):
        clinic.collect(1)
    assert collecting.files() == {}


def test_a_column_that_nobody_knows_is_kept(clinic: Clinic) -> None:
    clinic.live.do("alter table visit add column colour varchar(9)")
    clinic.live.do("insert into visit values (1, 'one', null, 'red')")
    clinic.collect(1)
    clinic.landing.land()
    assert clinic.landing.rows("Q01", "note", "_extra") == [("one", {"colour": "red"})]


def test_a_source_is_read_only(clinic: Clinic) -> None:
    engine = source_engine(read_address(clinic.live.url, "x"))
    with (
        pytest.raises(CollectError, match="says no"),
        connected(engine, "x", "writing") as connection,
    ):
        connection.execute(text("insert into visit values (9, 'x', null)"))


def test_a_wrong_password_is_not_tried_again(clinic: Clinic) -> None:
    if clinic.live.kind == "sqlite":
        clinic.collecting.sources["Q"] = clinic.live.url + ".not_there"
    else:
        url = read_address(clinic.live.url, "").url.set(password="not-the-password")
        clinic.collecting.sources["Q"] = url.render_as_string(hide_password=False)
    with pytest.raises(CollectError) as failure:
        clinic.collect(1)
    said = f"{failure.value} {clinic.collecting.said}"
    assert "not-the-password" not in said
    assert "Trying again" not in said


def test_a_database_that_does_not_answer_is_tried_again(clinic: Clinic) -> None:
    clinic.collecting.sources["Q"] = "mysql://u:p@127.0.0.1:1/his"
    with pytest.raises(CollectError, match="nobody answers"):
        clinic.collect(1)
    assert sum("Trying again" in line for line in clinic.collecting.said) == 2


def test_a_manifest_per_file_cannot_announce_tables(
    register: Register, collecting: Collecting, landing: Landing
) -> None:
    register(visit_contract(), manifest="{file}.ok")
    collecting.sources["Q"] = "sqlite:////nowhere.db"
    with pytest.raises(CollectError, match="a manifest per day"):
        collecting.collect()


def test_without_a_contract_that_says_so_nothing_is_read(
    register: Register, collecting: Collecting, landing: Landing
) -> None:
    register(visit_contract(extract=None))
    collecting.sources["Q"] = "sqlite:////nowhere.db"
    with pytest.raises(CollectError, match="no contract of it says which table"):
        collecting.collect()
