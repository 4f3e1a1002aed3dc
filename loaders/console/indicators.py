"""Published indicators on a terminal: values against targets, and the cases behind them."""

from __future__ import annotations

from sqlalchemy import Engine, text

from loaders.console.table import print_table
from loaders.failure import ExpectedFailure

ASKED = """
    where (cast(:code as text) is null or value.indicator_code = :code)
      and (cast(:period as text) is null or value.period = :period)
      and (:grain = 'all' or value.grain = :grain)
"""
VALUES = f"""
    select value.indicator_code, indicator.name_zh, value.period, value.grain,
           value.org_code, value.numerator, value.denominator,
           round(value.value, 4) as value, value.status, value.target_value as target,
           value.target_met
    from published.indicator_value as value
    inner join published.indicator on value.indicator_code = indicator.indicator_code
    {ASKED}
    order by value.indicator_code, value.grain, value.org_code, value.period
"""
CASES = f"""
    select value.indicator_code, value.period, value.org_code, value.case_kind,
           value.case_id, value.numerator, value.denominator, value.delivery_date,
           value.file_name, value.member_name, value.line_number
    from published.indicator_case as value
    {ASKED}
    order by value.indicator_code, value.period, value.org_code, value.case_id
    limit :limit
"""
COUNT = f"select count(*) from published.indicator_case as value {ASKED}"


class NothingPublishedError(ExpectedFailure):
    """No release has been published, or none that holds what was asked for."""


def show_values(
    engine: Engine, code: str | None, period: str | None, grain: str, limit: int
) -> None:
    """Print published values, all of them. Raises: NothingPublishedError."""
    asked = {"code": code, "period": period, "grain": grain}
    with engine.connect() as connection:
        _need_release(connection.scalar(text(_EXISTS)))
        result = connection.execute(text(VALUES), asked)
        rows = [tuple(row) for row in result]
        _need_rows(rows)
        print_table("指标 indicators", list(result.keys()), rows)


def show_cases(
    engine: Engine, code: str | None, period: str | None, grain: str, limit: int
) -> None:
    """Print the cases behind published values, each with its source file and line.

    Raises: NothingPublishedError.
    """
    asked = {"code": code, "period": period, "grain": grain, "limit": limit}
    with engine.connect() as connection:
        _need_release(connection.scalar(text(_EXISTS)))
        result = connection.execute(text(CASES), asked)
        rows = [tuple(row) for row in result]
        _need_rows(rows)
        print_table("名单 cases", list(result.keys()), rows)
        count = connection.scalar(text(COUNT), asked)
    print(f"{len(rows)} of {count} cases; --limit shows more")


_EXISTS = "select to_regclass('published.indicator_value')"


def _need_release(table: object) -> None:
    if table is None:
        raise NothingPublishedError(
            "Nothing has been published yet; `onecard run` does it."
        )


def _need_rows(rows: list[tuple[object, ...]]) -> None:
    if not rows:
        raise NothingPublishedError(
            "The published release has nothing by that code, period and grain;"
            " `onecard indicators` lists what it has."
        )
