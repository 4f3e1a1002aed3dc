"""Whatever is wrong with a file costs its row or itself, and says so without a value."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from loaders.landing.rows import RULES
from tests.corpus import (
    encoding_cases,
    mess_cases,
    table_cases,
    text_cases,
    tree_cases,
    workbook_cases,
    zip_cases,
)
from tests.corpus.case import Case
from tests.corpus.feeds import CANARY
from tests.corpus.landed import Landed, land_corpus

CASES = [
    *text_cases.cases(),
    *encoding_cases.cases(),
    *tree_cases.cases(),
    *workbook_cases.cases(),
    *table_cases.cases(),
    *zip_cases.cases(),
    *mess_cases.cases(),
]
CODECS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
# Never to be seen in any message, in whatever form.
SECRET = re.compile(
    CANARY.rstrip("9") + "|" + json.dumps(CANARY).strip('"')[:18].replace("\\", r"\\")
)


@pytest.fixture(scope="module")
def landed(
    make_database: Callable[[], Engine], tmp_path_factory: pytest.TempPathFactory
) -> Landed:
    return land_corpus(make_database(), tmp_path_factory.mktemp("corpus"), CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_bad_input(case: Case, landed: Landed) -> None:
    outcome = landed.outcomes[case.id]
    tables = [table for table in outcome.tables if table.feed is not None]
    reasons = [table.state_reason for table in tables if table.state_reason]
    states = "+".join(sorted({table.state for table in tables}))
    assert (states, [r for r in reasons if not re.fullmatch(case.reason, r)]) == (
        case.state, [],
    )  # fmt: skip
    assert [key for key, _ in outcome.stored] == [str(key) for key in case.stored]
    assert [(r.line_number, r.reason_code) for r in outcome.rejects] == [*case.rejects]
    assert {k: n for k, n in outcome.stored if k in case.notes} == dict(case.notes)
    for reject in outcome.rejects:
        where, _, rule = reject.reason.rpartition(": ")
        assert rule == RULES[reject.reason_code]
        assert where.startswith(outcome.name)
        assert f", line {reject.line_number}" in where
        if reject.reason_code in {"key_missing", "formula_without_value"}:
            assert where.endswith((", column k", ", column note"))
        if case.rows_have_bytes:
            _stands_where_it_says(case, reject)


def _stands_where_it_says(case: Case, reject: object) -> None:
    raw, offset = bytes(reject.raw), reject.byte_offset  # type: ignore[attr-defined]
    assert raw and case.data[offset : offset + len(raw)] == raw
    if case.format == "dbf":
        return
    before = case.data[:offset]
    if case.format == "csv16":
        before = before.decode("utf-16", "surrogatepass").encode("utf-8", "surrogatepass")
    assert before.count(b"\n") + 1 == reject.line_number  # type: ignore[attr-defined]


def test_the_corpus_is_what_it_says() -> None:
    assert len(CASES) > 200
    assert len({case.id for case in CASES}) == len(CASES)
    # What holds rows in bytes that can be looked at holds the canary.
    for case in CASES:
        if case.has_rows and case.rows_have_bytes:
            assert any(CANARY.encode(codec) in case.data for codec in CODECS), case.id


def test_what_became_of_the_corpus(landed: Landed) -> None:
    """The matrix of formats; seen with -s."""
    counts: dict[str, Counter[str]] = {}
    for case in CASES:
        outcome = landed.outcomes[case.id]
        mine = counts.setdefault(case.format, Counter())
        mine["files"] += 1
        mine.update({table.state for table in outcome.tables})
        mine["rows"] += len(outcome.stored)
        mine["rejects"] += len(outcome.rejects)
    kinds = ("files", "landed", "refused", "missing", "duplicate", "rows", "rejects")
    print()
    print(f"{'':10}" + "".join(f"{kind:>12}" for kind in kinds))
    for format_, mine in counts.items():
        print(f"{format_:10}" + "".join(f"{mine[kind]:12}" for kind in kinds))
    total = sum(counts.values(), Counter())
    print(f"{'all':10}" + "".join(f"{total[kind]:12}" for kind in kinds))
    mess = {number for case in CASES for number in case.mess.split()}
    print(f"{len(mess)} kinds of the catalogue of mess: {' '.join(sorted(mess))}")
    assert total["files"] == len(CASES)
    assert len(mess) == 60


def test_every_line_is_accounted_for(landed: Landed) -> None:
    assert landed.unbalanced == []


def test_no_message_carries_a_value(landed: Landed, server_home: Path) -> None:
    assert len(landed.said) > 10_000
    assert SECRET.findall(landed.said) == []
    log = (server_home / "postgres" / "data" / "server.log").read_bytes()
    assert SECRET.findall(log.decode("utf-8", "replace")) == []
