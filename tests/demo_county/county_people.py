"""Whom the rows of a county are about, by its truth, and when somebody was seen where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from loaders.demo_county.cells import day_of
from tests.demo_county.county_reading import Row, Table, read_truth, tables

CODES = ("TYSHXYDM", "JGDM22", "JGID", "YBDM")


class County:
    """The newest row of every key, as all deliveries together have it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._owners = {
            (x["source_table"], x["native_id"]): x["true_person"]
            for x in read_truth(folder, "persons.csv")
        }

    def tables(self, feed: str) -> list[Table]:
        return list(tables(self._folder / "deliveries", feed))

    def rows(self, feed: str) -> list[Row]:
        """One row for each key: that of the newest file."""
        found: dict[tuple[object, ...], Row] = {}
        parts = sorted(self.tables(feed), key=lambda t: (t.logical_date, t.delivered_on))
        for table in parts:
            names = [name for name in table.contract.key if name[0] != "_"]
            for row in table.rows:
                found[tuple(row[name] for name in names)] = row
        return list(found.values())

    def person(self, table: str, native_id: object) -> str:
        return self._owners[table, str(native_id)]

    def people(self, feed: str) -> Iterator[tuple[str, Row]]:
        """The rows of a feed that names people, with the person each is about."""
        for table in self.tables(feed)[:1]:
            contract = table.contract
            assert contract.person is not None
            for row in self.rows(feed):
                key = (contract.table, str(row[contract.person.native_id]))
                # What has been deleted since is nobody's any more.
                if key in self._owners:
                    yield self._owners[key], row

    def struck(self, kind: str, table: str) -> set[str]:
        """The native ids of the rows of a table that a kind of mess struck."""
        notes = read_truth(self._folder, "mess.csv")
        return {n["native_id"] for n in notes if (n["kind"], n["table"]) == (kind, table)}

    def institutions(self) -> dict[str, Row]:
        """The institutions by every code and name that they have."""
        found: dict[str, Row] = {}
        for row in self.rows("H01"):
            names = ("JGMC", "CYM") + (() if row["JGLB"] == "P000" else ("JGJC",))
            found |= {row[name]: row for name in (*CODES, *names) if row[name]}
        return found

    def seen(self) -> dict[tuple[str, str], set[date]]:
        """When a person was at an institution (by credit code), whatever for."""
        credit = {code: row["TYSHXYDM"] for code, row in self.institutions().items()}
        hospital = {s: code for s, code in zip("AB", self._hospitals(), strict=True)}
        found: dict[tuple[str, str], set[date]] = defaultdict(set)
        for row in self.rows("A02"):
            person = self.person("MS_BRDA", row["BRBH"])
            found[person, hospital["A"]].add(_day(row["KSSJ"]))
        for row in self.rows("A08"):
            person = self.person("MS_BRDA", row["BRID"])
            found[person, hospital["A"]].add(_day(row["RYRQ"]))
        for row in self.rows("B02"):
            person = self.person("TB_YL_PATIENT_INFORMATION", row["KH"])
            if "0631" not in row["JZKSRQ"]:
                found[person, hospital["B"]].add(_tight(row["JZKSRQ"]))
        for row in self.rows("B06"):
            person = self.person("TB_YL_PATIENT_INFORMATION", row["KH"])
            found[person, hospital["B"]].add(_tight(row["RYSJ"]))
        owners = {
            (x["org_code"], x["native_id"]): x["true_person"]
            for x in read_truth(self._folder, "persons.csv")
            if x["source_table"] == "ms_brda"
        }
        for feed, centre, at in (("C02", "zjgid", "kssj"), ("C07", "jgid", "ryrq")):
            for row in self.rows(feed):
                person = owners[row[centre], str(row["brid"])]
                found[person, credit[row["jgid"]]].add(_day(row[at]))
        for person, row in self.people("F02"):
            place = credit[row["FIXMEDINS_CODE"]]
            found[person, place].add(date.fromisoformat(row["BEGNDATE"]))
        return found

    def _hospitals(self) -> list[str]:
        rows = [r for r in self.rows("H01") if r["JGLB"] in ("A100", "A210") and r["SSJT"]]
        return [row["TYSHXYDM"] for row in rows]


def within(days: set[date], begin: date, length: int) -> bool:
    """Whether one of the days is at most so long after the beginning."""
    return any(begin <= day <= begin + timedelta(days=length) for day in days)


def day(cell: object) -> date:
    """A date cell in whatever spelling."""
    assert isinstance(cell, str)
    return day_of(cell)


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


def _tight(text: str) -> date:
    return date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:8]}")
