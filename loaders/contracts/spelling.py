"""Columns that came under another name than the contract's."""

from __future__ import annotations

from loaders.contracts.model import Contract


def by_contract(contract: Contract, columns: list[str]) -> tuple[list[str], list[str]]:
    """The columns with other spellings put right, and what was put right (old=new)."""
    came = set(columns)
    spellings = {
        alias: column.name
        for column in contract.columns
        for alias in column.aliases
        if column.name not in came
    }
    named: list[str] = []
    for name in columns:
        wanted = spellings.get(name, name)
        # Two spellings of one column: the first is the column, the other is kept beside it.
        named.append(name if wanted in named else wanted)
    return named, [f"{o}={n}" for o, n in zip(columns, named, strict=True) if o != n]
