"""The gates between the layers: what we were sent, parsed, recorded and counted.

Goes in: a stage and a run. Comes out: an outcome, or GateRefusedError. A critical
expectation that is not met, an exception while asking, and a missing answer all mean no.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from traceback import extract_tb

from sqlalchemy import Engine

from expectations.check import Answer, Check, NoAnswerError
from expectations.layout import Layout, read_layout
from expectations.results import STAGES, begin_gate, finish_gate
from expectations.thresholds import Thresholds, load_thresholds
from expectations.unchanged import answers_that_hold, states_of, with_states
from expectations.written import Look, look_at_written, not_in_doubt
from loaders.failure import ExpectedFailure
from loaders.settings import PROJECT

Report = Callable[[str], None]
Suite = Callable[[Layout, Thresholds], list[Check]]


class GateRefusedError(ExpectedFailure):
    """A gate said no, or gave no answer: nothing is published, the last release stays."""


@dataclass(frozen=True)
class GateOutcome:
    """A yes, with what was reported on the way; `held` are answers that still held."""

    stage: str
    asked: int
    warnings: int
    held: int

    def __str__(self) -> str:
        said = f"{self.asked - self.warnings} expectations met, {self.warnings} noted"
        return (
            f"{said}; {self.held} stand, nothing having turned them" if self.held else said
        )


def run_gate(
    engine: Engine, stage: str, run_id: int, report: Report = print
) -> GateOutcome:
    """Ask the gate of one stage, record every answer, and raise unless it says yes.

    Raises: GateRefusedError; KeyError for a stage that does not exist.
    """
    if stage not in STAGES:
        raise KeyError(stage)
    begin_gate(engine, run_id, stage)
    try:
        answers, look = _ask(engine, stage, run_id)
    except Exception as error:
        # What kind of exception and where, never its text: that may quote what is in the
        # database. For the same reason it is not chained into what gets logged.
        message = f"the gate could not answer ({_what_and_where(error)})"
        finish_gate(engine, run_id, stage, "crashed", message)
        raise GateRefusedError(f"{stage}: {message}; that counts as a no.") from None
    return _judge(engine, stage, run_id, answers, look, report)


def _ask(engine: Engine, stage: str, run_id: int) -> tuple[list[Answer], Look | None]:
    from expectations.validate import validate

    module = import_module(f"expectations.{stage}")
    suite: Suite = module.suite
    with engine.connect() as connection:
        layout = read_layout(connection)
        checks = suite(layout, load_thresholds())
        # Looked at before anything is asked: what is written meanwhile is asked next time.
        look = None
        if hasattr(module, "ROW_KEYS"):
            look = look_at_written(connection, layout, run_id, checks, module.ROW_KEYS)
        states = look.states if look else states_of(connection, layout, checks)
        held = answers_that_hold(connection, stage, run_id, checks, states)
        if look:
            held = not_in_doubt(connection, look, held)
        answered = {(one.check.table, one.check.name) for one in held}
        asked = [one for one in checks if (one.table, one.name) not in answered]
        rows: dict[str, int] = {}
        if hasattr(module, "prepare"):
            tables = {check.table for check in asked}
            rows = module.prepare(connection, layout, load_thresholds(), tables)
            connection.commit()
        answers = held + list(validate(engine, connection, layout, asked, rows))
    if not answers:
        raise RuntimeError("a gate without expectations")
    return with_states(answers, states), look


def _judge(
    engine: Engine,
    stage: str,
    run_id: int,
    answers: Sequence[Answer],
    look: Look | None,
    report: Report,
) -> GateOutcome:
    stopping = [answer for answer in answers if answer.stops]
    warned = [a for a in answers if not a.success and not a.stops]
    for answer in stopping + warned:
        report(_sentence(answer))
    if stopping:
        names = ", ".join(f"{a.check.table} {a.check.name}" for a in stopping[:3])
        message = f"{len(stopping)} critical expectations not met: {names}"
        finish_gate(engine, run_id, stage, "refused", message, answers, look)
        raise GateRefusedError(
            f"{stage}: {message}. Nothing is published; the last release stays up."
            " `audit.gate_result` and the quality report have the details."
        )
    held = sum(answer.answered_by_run is not None for answer in answers)
    outcome = GateOutcome(stage, len(answers), len(warned), held)
    finish_gate(engine, run_id, stage, "passed", str(outcome), answers, look)
    return outcome


def _what_and_where(error: Exception) -> str:
    if isinstance(error, NoAnswerError):
        return str(error)
    kind = type(getattr(error, "orig", None) or error).__name__
    ours = [
        f"{Path(frame.filename).name}:{frame.lineno}"
        for frame in extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(PROJECT / "expectations")
    ]
    return f"{kind} at {ours[-1]}" if ours else kind


def _sentence(answer: Answer) -> str:
    check = answer.check
    # A key of a record can be a personal number; what was delivered tells of nobody.
    told = [key for key in answer.failing_keys if key.startswith(("feed ", "file "))]
    shown = [*told[:3], "…"] if len(told) > 3 else told
    which = f" ({', '.join(shown)})" if shown else ""
    return (
        f"  {check.severity}: {check.table} {check.name}: {answer.unexpected_count}"
        f" not as expected{which}. {check.zh} / {check.en} (see {check.look_at})"
    )
