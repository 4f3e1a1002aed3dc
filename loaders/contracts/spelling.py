"""Columns that came under another name than the contract's."""

from __future__ import annotations

import unicodedata

from loaders.contracts.model import Contract


def folded(name: str) -> str:
    """Equal for names that differ in case, width or blanks only: （元） and (元)."""
    narrow = unicodedata.normalize("NFKC", name).casefold()
    return "".join([mark for mark in narrow if mark.isprintable() and mark != " "])


def by_contract(contract: Contract, columns: list[str]) -> tuple[list[str], list[str]]:
    """The columns with other spellings put right, and what was put right (old=new)."""
    came = set(columns)
    if came <= set(contract.column_names):
        return list(columns), []
    spellings = {
        folded(spelling): column.name
        for column in contract.columns
        for spelling in (column.name, *column.aliases)
        if column.name not in came
    }
    own = set(contract.column_names)
    named: list[str] = []
    for name in columns:
        wanted = name if name in own else spellings.get(folded(name), name)
        # Two spellings of one column: the first is the column, the other is kept beside it.
        named.append(name if wanted in named else wanted)
    return named, [f"{o}={n}" for o, n in zip(columns, named, strict=True) if o != n]
