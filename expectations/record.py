"""What the record says: every person known, every event placed, nothing lost on the way."""

from __future__ import annotations

from collections.abc import Iterator

from expectations.check import Check, no_rows
from expectations.identity_guards import identity_guards
from expectations.layout import Layout
from expectations.record_encounter import encounter_checks
from expectations.record_identity import identity_checks
from expectations.thresholds import Thresholds
from expectations.written import LEDGER, written

# The key of each table that the figures are counted from.
KEYS = {
    "record.person": "person_id",
    "record.encounter": "encounter_id",
    "record.settlement": "event_id",
    "record.contract": "event_id",
    "record.hypertension_follow_up": "event_id",
    "record.hypertension_record": "event_id",
    "record.archive": "event_id",
    "record.institution": "institution_code",
}
# By which column a row is noted that was written (written.py).
ROW_KEYS = KEYS
PERSONS = "record.person"
SETTLEMENTS = "staging.stg_f__setl_d"


def suite(layout: Layout, thresholds: Thresholds) -> list[Check]:
    """The checks of the record gate, those of identity among them."""
    limits = thresholds.record
    return [
        *identity_checks(limits),
        *identity_guards(layout, limits),
        *(check for table in KEYS for check in _key_checks(layout, table)),
        *_person_references(layout),
        *_provenance(layout),
        *encounter_checks(layout, limits),
        *_settlements(layout),
        *_population(),
    ]


def line_key(layout: Layout, table: str, of: str) -> str:
    """How a failing row is shown: by file and line, or else by the key that we gave out."""
    if layout.has(table, "_file_id", "_line_number"):
        return f"concat('file ', {of}._file_id, ' line ', {of}._line_number)"
    return f"cast({of}.{KEYS.get(table, 'person_id')} as text)"


def _key_checks(layout: Layout, table: str) -> Iterator[Check]:
    key, zh, en = KEYS[table], "每件事、每个人只有一行", "One row per event and person"
    shown = line_key(layout, table, "stored")
    yield Check(
        table=table,
        name="key_unique",
        expectation="ExpectColumnValuesToBeUnique",
        severity="critical",
        zh=zh,
        en=en,
        look_at=table,
        arguments={"column": key},
        failing=f"select {shown} as key from {table} as stored where stored.{key} in"
        f" (select {key} from {table} group by {key} having count(*) > 1)",
        told_by=(table,),
        doubt=f"select from {table} where {key} in {written('row_key', table)}"
        f" group by {key} having count(*) > 1",
    )
    yield Check(
        table=table,
        name="key_filled",
        expectation="ExpectColumnValuesToNotBeNull",
        severity="critical",
        zh=zh,
        en=en,
        look_at=table,
        arguments={"column": key},
        failing=f"select {shown} as key from {table} as stored where stored.{key} is null",
        told_by=(table,),
        doubt=f"select from {table} where {key} is null",
    )


def _person_references(layout: Layout) -> Iterator[Check]:
    for table in layout.in_schema("record"):
        if table != PERSONS and layout.has(table, "person_id"):
            yield no_rows(
                table,
                "person_is_known",
                # One person is named once, however many events it has.
                "select distinct event.person_id as key from {batch} as event"
                " left join record.person on event.person_id = person.person_id"
                " where event.person_id is not null and person.person_id is null",
                severity="critical",
                zh="每件事所属的人都在人员表里",
                en="The person of every event is in the table of persons",
                look_at=table,
                told_by=(table, PERSONS),
                doubt=f"""
                select from {written("distinct person_id", table, PERSONS)} as named
                inner join {table} as event on named.person_id = event.person_id
                where not exists (
                    select from {PERSONS} where person.person_id = named.person_id
                )
                """,
            )


def _provenance(layout: Layout) -> Iterator[Check]:
    for table in layout.in_schema("record"):
        if layout.has(table, "_file_id", "_line_number"):
            yield no_rows(
                table,
                "source_is_known",
                """
                select concat('file ', event._file_id, ' line ', event._line_number) as key
                from {batch} as event
                left join audit.file_ledger on event._file_id = file_ledger.file_id
                where file_ledger.file_id is null or event._line_number is null
                """,
                severity="critical",
                zh="每件事都能回到来源文件的一行",
                en="Every event leads back to a line of a file",
                look_at=table,
                # Of the ledger it is known that no file has gone.
                told_by=(table, LEDGER),
                doubt=f"""
                select from {written("file_id, line_number", table)} as event
                left join {LEDGER} on event.file_id = file_ledger.file_id
                where file_ledger.file_id is null or event.line_number is null
                """,
            )


def _settlements(layout: Layout) -> Iterator[Check]:
    if not layout.has(SETTLEMENTS):
        return
    yield no_rows(
        "record.settlement",
        "none_lost",
        f"""
        select concat('file ', coalesce(parsed._file_id, event._file_id), ' line ',
                      coalesce(parsed._line_number, event._line_number)) as key
        from {SETTLEMENTS} as parsed
        full join {{batch}} as event on parsed.record_key = event.event_id
        where parsed.record_key is null or event.event_id is null
        """,
        severity="critical",
        zh="贴源层的每笔结算在档案中恰有一行",
        en="Every parsed settlement is in the record, and no other",
        look_at="record.settlement",
        told_by=("record.settlement", SETTLEMENTS),
        doubt=f"""
        select from {written("distinct row_key", "record.settlement", SETTLEMENTS)} as named
        where
            named.row_key is null
            or exists (select from {SETTLEMENTS} where record_key = named.row_key)
            <> exists (select from record.settlement where event_id = named.row_key)
        """,
    )
    money = [
        column
        for column in layout.columns("record.settlement")
        if column.endswith("_fen") and layout.has(SETTLEMENTS, column)
    ]
    if money:
        sums = ", ".join(f"sum({column}) as {column}" for column in money)
        pairs = ", ".join(
            f"('{column}', parsed.{column}, recorded.{column})" for column in money
        )
        yield no_rows(
            "record.settlement",
            "sums_equal",
            f"""
            select 'column ' || sums.name as key
            from (select {sums} from {SETTLEMENTS}) as parsed
            cross join (select {sums} from {{batch}} as event) as recorded
            cross join lateral (values {pairs}) as sums (name, parsed, recorded)
            where sums.parsed is distinct from sums.recorded
            """,
            severity="critical",
            zh="结算各项金额的合计与贴源层一分不差",
            en="The sums of all amounts equal those of staging, to the fen",
            look_at="record.settlement",
        )


def _population() -> Iterator[Check]:
    yield Check(
        table="record.population",
        name="residents_there",
        expectation="ExpectColumnSumToBeBetween",
        # A county whose yearly report has never come publishes what needs no residents;
        # the rest is told of as a figure without a denominator.
        severity="warning",
        zh="有常住人口数，可作分母",
        en="There are residents to divide by",
        look_at="record.population",
        arguments={"column": "resident_count", "min_value": 1},
    )
    yield no_rows(
        "record.population",
        "every_finished_year",
        """
        select reporting_year.period as key
        from record.reporting_year
        where reporting_year.is_complete
          and not exists (
              select from {batch} as population where population.year = reporting_year.year
          )
        """,
        severity="warning",
        zh="每个已结束的年度都有常住人口年报",
        en="Every finished year has its report of residents",
        look_at="record.population",
    )
