"""Writing to the warehouse, or laying out tables, while the program goes on computing.

A first load writes as much as it computes, and the server has a processor of its own; so
has the workbench while names are read. What is handed over is done in the order of handing
over, by one thread. Until `wait` has returned nobody else may use a connection that was
handed over: there is one transaction, and it is in there.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import ParamSpec

P = ParamSpec("P")


class Behind:
    """Does what it is given at once or, `is_behind`, while its giver goes on.

    Used in a `with`: at its end nothing is under way, also when something was raised.
    """

    def __init__(self, *, is_behind: bool) -> None:
        self._thread = ThreadPoolExecutor(1) if is_behind else None
        self._handed_over: list[Future[None]] = []

    def __enter__(self) -> Behind:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._thread:
            self._thread.shutdown(cancel_futures=True)

    def do(self, work: Callable[P, None], *args: P.args, **options: P.kwargs) -> None:
        """Hand over; what `work` raises is raised here or by `wait`."""
        if self._thread:
            self._handed_over.append(self._thread.submit(work, *args, **options))
        else:
            work(*args, **options)

    def wait(self) -> None:
        """Return when all is done. Raises: what the first failing work has raised."""
        done, self._handed_over = self._handed_over, []
        for work in done:
            work.result()
