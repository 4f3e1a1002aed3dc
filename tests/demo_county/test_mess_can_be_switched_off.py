"""A kind of mess that is switched off leaves all the others where they were.

The rule: a row that is delivered with and without the kind has the same other mess. Only
rows that exist because of the kind, or instead of what it does, may take theirs along.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from loaders.contracts.model import load_contracts
from loaders.demo_county.make import make_demo_county
from loaders.demo_county.mess import Note, all_kinds, kinds_of_mess
from tests.demo_county.county_reading import read_truth, tables

Make = Callable[[int, int, frozenset[str]], Path]
FEW, MANY = (60, 2), (400, 6)


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    @cache
    def made(residents: int, days: int, off: frozenset[str]) -> Path:
        folder = tmp_path_factory.mktemp("county")
        kinds = all_kinds() - off
        make_demo_county(folder, residents=residents, later_days=days, mess=kinds)
        return folder

    return made


def _notes(county: Path) -> set[Note]:
    found = read_truth(county, "mess.csv")
    return {(n["kind"], n["system"], n["table"], n["native_id"]) for n in found}


@cache
def _ids(county: Path, system: str, table: str) -> set[str]:
    """All names by which a note may call a row of a table: key columns, one or several."""
    feed = next(c for c in load_contracts() if (c.system, c.table) == (system, table))
    names = [name for name in feed.key if name[0] != "_"]
    names += [feed.person.native_id] if feed.person else []
    found = set()
    for delivered in tables(county / "deliveries", feed.feed):
        for row in delivered.rows:
            values = [str(row[name]) for name in names]
            for begin in range(len(values)):
                for end in range(begin + 1, len(values) + 1):
                    found.add("+".join(values[begin:end]))
    return found


def _strays(whole: Path, without: Path, off: frozenset[str]) -> list[Note]:
    """Notes of other kinds that differ although their row is there in both counties."""
    there, here = _notes(whole), _notes(without)
    assert not {note for note in here if note[0] in off}
    differing = {note for note in there ^ here if note[0] not in off}
    return [
        (kind, system, table, native)
        for kind, system, table, native in sorted(differing)
        if native in _ids(whole, system, table) and native in _ids(without, system, table)
    ]


def _plain() -> list[str]:
    """The kinds that do not change who people are."""
    return sorted(k for k, facts in kinds_of_mess().items() if not facts.get("people"))


@pytest.mark.parametrize("kind", _plain())
def test_alone(make: Make, kind: str) -> None:
    off = frozenset({kind})
    whole = make(*FEW, frozenset())
    if kind not in {note[0] for note in _notes(whole)}:
        pytest.skip("too rare for a small county; see the test of rare kinds")
    assert _strays(whole, make(*FEW, off), off) == []


def test_rare_kinds(make: Make) -> None:
    common = {note[0] for note in _notes(make(*FEW, frozenset()))}
    rare = [kind for kind in _plain() if kind not in common]
    whole = make(*MANY, frozenset())
    there = {note[0] for note in _notes(whole)}
    assert len(there & set(rare)) > len(rare) * 0.8
    # Kinds that exclude one another stand side by side in the list: apart, they are alone.
    for nth in range(4):
        off = frozenset(rare[nth::4])
        assert _strays(whole, make(*MANY, off), off) == []


def test_kinds_that_change_people_change_few(make: Make) -> None:
    off = frozenset(all_kinds() - set(_plain()))
    assert off == {"twin", "stranger", "second_archive"}
    whole = make(*MANY, frozenset())
    for kind in sorted(off):
        without = make(*MANY, frozenset({kind}))
        there, here = _notes(whole), _notes(without)
        assert not [note for note in here if note[0] == kind]
        others = {note for note in there if note[0] != kind}
        assert len(others - here) < 0.1 * len(others)
