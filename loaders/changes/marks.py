"""What models of the record say of themselves, and which staged tables their SQL names.

A model is marked in its description (`meta`), a step in between in its own `config`. Marks
decide what of a person, or of an event, is built again (apart.py, of_events.py).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

from loaders.changes.leads import RECORD_MODELS
from loaders.read_yaml import read_yaml

# Wherever a model speaks of a staged table: some go through lists of their names.
NAMES_STAGED = re.compile(r"\bstg_\w+")
MARKS_OF_STEP = re.compile(r"meta=\{'(\w+)': true\}")


@cache
def meta_of_models() -> dict[str, dict[str, object]]:
    """What each model that is a table says of itself."""
    found: dict[str, dict[str, object]] = {}
    for path in RECORD_MODELS.rglob("*.yml"):
        for model in read_yaml(path).get("models", []):
            found[model["name"]] = model.get("config", {}).get("meta", {})
    return found


@cache
def sql_of_models() -> dict[str, str]:
    """The SQL of each model of the record, as its author wrote it."""
    return {
        path.stem: path.read_text("utf-8") for path in sorted(RECORD_MODELS.rglob("*.sql"))
    }


@cache
def marked(mark: str) -> frozenset[str]:
    """The models, and steps in between, that bear a mark."""
    return frozenset(
        name
        for name, sql in sql_of_models().items()
        if meta_of_models().get(name, {}).get(mark) or mark in MARKS_OF_STEP.findall(sql)
    )


def staged_read_by(models: Collection[str]) -> frozenset[str]:
    """The staged tables that some models name."""
    return frozenset(
        staged for name in models for staged in NAMES_STAGED.findall(sql_of_models()[name])
    )
