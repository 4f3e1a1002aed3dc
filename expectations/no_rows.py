"""An expectation that a query finds nothing, which runs the query once.

Great Expectations' own fetches the rows and then counts them with the query again; whether
there are any is all that a gate asks. To import it takes seconds, for it imports theirs.
"""

from __future__ import annotations

from typing import Any

from great_expectations.expectations import UnexpectedRowsExpectation

COUNT = "unexpected_rows_query.row_count"


class NoRowsExpectation(UnexpectedRowsExpectation):  # type: ignore[misc]
    """`unexpected_rows_query` finds no row."""

    metric_dependencies = (COUNT,)

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: object = None,
    ) -> dict[str, Any]:
        return {"success": metrics[COUNT] == 0}
