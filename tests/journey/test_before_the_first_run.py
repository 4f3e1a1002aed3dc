"""A command that has nothing to tell of yet says which one makes it; none breaks off."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from loaders.cli import onecard
from loaders.failure import ExpectedFailure


@pytest.mark.parametrize(
    "command",
    (
        ("indicators",),
        ("audit",),
        ("catalogue", "--out", "catalogue"),
        ("digest",),
        ("fhir", "--all", "--out", "fhir"),
        ("history", "--feed", "A02", "--key", "5", "--as-of", "20250103"),
        ("identity", "check"),
        ("identity", "history", "5"),
        ("identity", "train", "--out", "weights.yml", "--trained-on", "nobody"),
        ("person", "5"),
        ("record", "as-of", "1"),
        ("record", "check"),
        ("rejects",),
        ("replay",),
        ("review", "list"),
        ("trace", "record.encounter", "5"),
    ),
    ids=" ".join,
)
def test_a_command_before_the_first_run_says_so(
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    command: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    url = engine.url.set(drivername="postgresql")
    monkeypatch.setenv("ONECARD_DSN", url.render_as_string(hide_password=False))
    result = CliRunner().invoke(onecard, command)
    assert result.exception is None or isinstance(
        result.exception, ExpectedFailure | SystemExit
    ), repr(result.exception)
