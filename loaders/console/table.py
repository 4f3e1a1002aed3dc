"""Rows of the warehouse as a table on a terminal, and as TAB-separated text in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table


def print_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> int:
    """Print rows under their column names and return how many there were.

    Columns whose every value is a number are set to the right. A pipe gets TABs, so that
    `cut` and a spreadsheet read it.
    """
    found = [[_words(value) for value in row] for row in rows]
    if not sys.stdout.isatty():
        print("\t".join(columns))
        for row in found:
            print("\t".join(row))
        return len(found)
    table = Table(title=title, title_justify="left", header_style="bold")
    for position, name in enumerate(columns):
        numbers = all(_is_number(row[position]) for row in found)
        table.add_column(name, justify="right" if numbers else "left")
    for row in found:
        table.add_row(*row)
    Console().print(table)
    return len(found)


def _words(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace("\t", " ").replace("\n", " ")


def _is_number(word: str) -> bool:
    return not word or word.lstrip("-").replace(".", "", 1).rstrip("%").isdigit()
