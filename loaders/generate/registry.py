"""The seeds that hold what the indicators' definitions say."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from loaders.generate.definition import Indicator

REGISTRY_COLUMNS = (
    "indicator_code",
    "name_zh",
    "name_en",
    "unit",
    "factor",
    "direction",
    "grains",
    "is_monthly",
    "needs",
    "definition_zh",
    "definition_en",
    "source",
    "owner",
)
TARGET_COLUMNS = (
    "indicator_code",
    "operator",
    "target_value",
    "valid_from",
    "valid_to",
    "set_by",
    "source",
)


def registry_rows(definitions: tuple[Indicator, ...]) -> str:
    """One line per indicator, as CSV."""
    return _csv(
        REGISTRY_COLUMNS,
        (
            (
                indicator.code,
                indicator.name_zh,
                indicator.name_en,
                indicator.unit,
                str(indicator.factor),
                indicator.direction,
                ";".join(indicator.grains),
                str(indicator.monthly).lower(),
                ";".join(indicator.needs),
                _one_line(indicator.definition_zh),
                _one_line(indicator.definition_en),
                _one_line(indicator.source),
                indicator.owner,
            )
            for indicator in definitions
        ),
    )


def target_rows(definitions: tuple[Indicator, ...]) -> str:
    """One line per target, as CSV."""
    return _csv(
        TARGET_COLUMNS,
        (
            (
                indicator.code,
                target.operator,
                str(target.value),
                target.valid_from.isoformat(),
                target.valid_to.isoformat() if target.valid_to else "",
                target.set_by,
                _one_line(target.source),
            )
            for indicator in definitions
            for target in indicator.targets
        ),
    )


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
