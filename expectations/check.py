"""One expectation about one table, as data: what is asked, its weight, its meaning.

Suites are lists of `Check`; nothing here needs Great Expectations, which takes seconds to
import. `validate.py` turns checks into expectations and their answers into `Answer`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["critical", "warning"]
# The table and the name of a check.
Name = tuple[str, str]
# In `no_rows.py`; the others are Great Expectations' own.
NO_ROWS = "NoRowsExpectation"
# Great Expectations puts a subquery with a name of its own in place of `{batch}`.
NAMED_BATCH = re.compile(r"\{batch\} as\b")


@dataclass(frozen=True)
class Check:
    """One expectation.

    `expectation` is a class of Great Expectations, or of ours that no query finds a row;
    `arguments` are what it is made with.
    `failing` is SQL for the elements that fail, one row each with a text column `key`: the
    key of a record or file and line, never a value. Without it no keys are collected.
    `how_many` is SQL for how many fail where the check is met although some do.

    Of the tables `told_by` it is enough to know which rows were written (written.py): where
    nothing was wrong, nothing is as long as `doubt`, a query of these rows, finds nothing.
    """

    table: str
    name: str
    expectation: str
    severity: Severity
    zh: str
    en: str
    look_at: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    failing: str | None = None
    how_many: str | None = None
    told_by: tuple[str, ...] = ()
    doubt: str | None = None

    @property
    def schema_name(self) -> str:
        return self.table.split(".")[0]

    @property
    def table_name(self) -> str:
        return self.table.split(".")[1]

    @property
    def tolerates_some(self) -> bool:
        """Whether it can succeed although elements fail it."""
        return float(str(self.arguments.get("mostly", 1))) < 1


class NoAnswerError(Exception):
    """A check could not be evaluated; the message names it, without detail."""


@dataclass(frozen=True)
class Answer:
    """What came of one check: counts and keys, never a value.

    `of_state` is what it depends on, `answered_by_run` the run whose answer this was, where
    it still holds.
    """

    check: Check
    success: bool
    element_count: int
    unexpected_count: int
    failing_keys: tuple[str, ...] = ()
    of_state: str | None = None
    answered_by_run: int | None = None

    @property
    def stops(self) -> bool:
        return not self.success and self.check.severity == "critical"


def no_rows(
    table: str,
    name: str,
    failing: str,
    *,
    severity: Severity,
    zh: str,
    en: str,
    look_at: str,
    keys: str | None = None,
    how_many: str | None = None,
    told_by: tuple[str, ...] = (),
    doubt: str | None = None,
) -> Check:
    """A check that a query finds nothing; it reads `{batch}` and selects only `key`.

    `keys` is SQL for what fails, where the query itself only looks into counts.
    """
    return Check(
        table=table,
        name=name,
        expectation=NO_ROWS,
        severity=severity,
        zh=zh,
        en=en,
        look_at=look_at,
        arguments={
            "unexpected_rows_query": NAMED_BATCH.sub(r"(select * from {batch}) as", failing)
        },
        failing=keys or failing.replace("{batch}", table),
        how_many=how_many,
        told_by=told_by,
        doubt=doubt,
    )


def quoted(name: str) -> str:
    """A column or table name as SQL spells it, whatever the vendor called it."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """A text as an SQL literal; for names from contracts and thresholds, never for data."""
    return "'" + value.replace("'", "''") + "'"
