"""The dbt model that puts the case lists of all indicators below each other."""

from __future__ import annotations

from loaders.generate.definition import Indicator

# Every case list has these columns. They are written out for each, so that a list with its
# columns in another order is still read right and one without a column fails the build.
CASE_COLUMNS = (
    "indicator_code",
    "period",
    "month",
    "case_kind",
    "case_id",
    "person_id",
    "institution_code",
    "township_code",
    "group_code",
    "numerator",
    "denominator",
    "event_id",
    "_file_id",
    "_line_number",
)

_HEAD = """\
-- One row per indicator and case: the case lists of all indicators.
-- Written by `onecard generate` from the pairs beside it; do not edit.
with

"""
_IMPORT = """\
{model} as (

    select * from {{{{ ref('{model}') }}}}

),

"""


def case_union(definitions: tuple[Indicator, ...]) -> str:
    """The model's text, one part per indicator, by code."""
    imports = [_IMPORT.format(model=indicator.model) for indicator in definitions]
    columns = ",\n".join(f"        {column}" for column in CASE_COLUMNS)
    parts = [
        f"    select\n{columns}\n    from {indicator.model}\n" for indicator in definitions
    ]
    union = "\n    union all\n\n".join(parts)
    return (
        _HEAD
        + "".join(imports)
        + f"indicator_case as (\n\n{union}\n)\n\nselect * from indicator_case\n"
    )
