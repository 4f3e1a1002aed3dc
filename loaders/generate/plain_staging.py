"""Staging models that follow from contracts alone: every column read by its type.

Goes in: the contracts that say `staging: plain`. Comes out: for each a dbt model and its
description. Such a model parses and names and does nothing else; a feed whose rows need
judgement (codes to map, records to join, test rows) has a model that somebody writes.
"""

from __future__ import annotations

from pathlib import Path

from loaders.contracts.model import Column, Contract
from loaders.generate.sources import as_yaml

FOLDER = Path("dbt_project/models/1_staging/plain")
PARSED_BY = {
    # What means nothing the contract has said, and landing has made null.
    "text": "trim_code",
    "code": "trim_code",
    "integer": "parse_integer",
    "decimal": "parse_number",
    "money": "parse_fen",
    "date": "parse_date",
    "datetime": "parse_timestamp",
    "boolean": "parse_yes_no",
}
UNREADABLE = {
    "date": "impossible_date",
    "datetime": "impossible_date",
    "integer": "unreadable_figure",
    "decimal": "unreadable_figure",
    "money": "unreadable_figure",
}
MODEL = """\
-- Written by `onecard generate` from the contract of {feed}; do not edit.
-- One row per current record, every column by the type that the contract gives it.
-- noqa: disable=LT05
with

landed as (

    {{{{ current_rows('{name}') }}}}

),

parsed as (

    select
        -- keys
        {{{{ source_keys(
            '{name}',
            native_id='{native_id}',
{arguments}        ) }}}},
        -- what it says
{columns}
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed

),

marked as (

    select
        *,
{set_aside}
    from parsed

)

select * from marked
"""


def plain_models(contracts: tuple[Contract, ...]) -> dict[str, str]:
    """The text of every file of every plain model, by its path in the project."""
    files = {}
    for contract in contracts:
        if contract.staging == "plain":
            path = FOLDER / f"stg_{contract.system.lower()}__{contract.name[4:]}"
            files[f"{path}.sql"] = _model(contract)
            files[f"{path}.yml"] = _description(contract, path.name)
    return files


def _model(contract: Contract) -> str:
    native, part, org = _address(contract)
    arguments = [f"native_part='{part}'"] if part else []
    arguments += [f"org_code='{_landed(org)}'"] if org else []
    arguments += ["org_in_key=false"] if org not in contract.key else []
    columns = [
        f"        {{{{ {PARSED_BY[c.type]}('{_landed(c.name)}') }}}} as {c.staged_as},"
        for c in contract.columns
    ]
    return MODEL.format(
        feed=contract.feed,
        name=contract.name,
        native_id=native,
        arguments="".join(f"            {argument},\n" for argument in arguments),
        columns="\n".join(columns),
        set_aside=_set_aside(contract),
    )


def _address(contract: Contract) -> tuple[str, str, str | None]:
    """What a row is called: its number, the rest of its key, and who booked it."""
    person = contract.person
    org = person.org_column if person else None
    own = [name for name in contract.filled_key if name != org]
    native = person.native_id if person and person.native_id in own else own[0]
    rest = [_of_key(contract, n) for n in contract.key if n not in (native, org)]
    # Inside a text of the template a quote has a stroke before it.
    return _landed(native), r" || \'|\' || ".join(rest), org


def _of_key(contract: Contract, name: str) -> str:
    if name == "_period":
        return "landed._period"
    if name in contract.empty_in_key:
        return rf"coalesce({_landed(name)}, \'\')"
    return _landed(name)


def _landed(name: str) -> str:
    return f'landed."{name}"'


def _set_aside(contract: Contract) -> str:
    """Why a row cannot be used: something it must have was sent and could not be read."""
    needed = {*contract.filled_key, *(c.name for c in contract.columns if c.required)}
    arms = [
        f"            when {column.staged_as} is null then '{UNREADABLE[column.type]}'"
        for column in contract.columns
        if column.name in needed and column.type in UNREADABLE
    ]
    if not arms:
        return "        null::text as set_aside_because"
    return "\n".join(["        case", *arms, "        end as set_aside_because"])


def _description(contract: Contract, model: str) -> str:
    key = {
        "name": "record_key",
        "description": "记录键 / Record key",
        "data_tests": ["not_null", "unique"],
    }
    document: dict[str, object] = {
        "version": 2,
        "models": [
            {
                "name": model,
                "description": f"{contract.title.zh} / {contract.title.en}",
                "columns": [key, *map(_column, contract.columns)],
            }
        ],
    }
    head = "# Written by `onecard generate` from a contract; do not edit.\n"
    return head + as_yaml(document)


def _column(column: Column) -> dict[str, str]:
    return {"name": column.staged_as, "description": f"{column.zh} / {column.en}"}
