"""What all resources are made with: ids, references, codes, dates, money.

An `Exchange` is one export: its vocabulary, its ids, the institutions and the words of
codes that the warehouse knows, and whether names and numbers may leave the house.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from loaders.interchange.pseudonym import Pseudonyms
from loaders.interchange.vocabulary import Json, Vocabulary, load_vocabulary

Row = Mapping[str, Any]
INSTITUTIONS = "select institution_code from record.institution"
WORDS = """
    select distinct code_list, standard_code, name_zh
    from staging.code_mapping
    where code_list = any(:lists) and standard_code is not null
"""


@dataclass(frozen=True)
class Exchange:
    """One export."""

    vocabulary: Vocabulary
    pseudonyms: Pseudonyms
    institutions: frozenset[str]
    words: Mapping[tuple[str, str], str]
    identified: bool

    def resource(self, kind: str, key: str, **content: Any) -> Json:
        """A resource; what is empty is left out of it, as FHIR wants."""
        made = {"resourceType": kind, "id": self.pseudonyms.id_of(kind, key)}
        return made | filled(content)

    def reference(self, kind: str, key: str | None) -> Json | None:
        """A reference to the resource that a key of the record becomes."""
        if key is None:
            return None
        return {"reference": f"{kind}/{self.pseudonyms.id_of(kind, key)}"}

    def patient(self, person_id: str) -> Json:
        return {"reference": f"Patient/{self.pseudonyms.id_of('Patient', person_id)}"}

    def organization(self, institution_code: str | None) -> Json | None:
        """An institution; one that the county does not list is named by its code alone."""
        if institution_code is None or institution_code in self.institutions:
            return self.reference("Organization", institution_code)
        return {"identifier": self.identifier("institution", institution_code)}

    def identifier(
        self, name: str, value: str | None, part: str | None = None, **more: Any
    ) -> Json:
        """A number with the system that it is of; `part` tells local systems apart."""
        system = self.vocabulary.identifier_system(name)
        return filled(
            {"system": f"{system}/{part}" if part else system, "value": value} | more
        )

    def paper(self, name: str, value: str | None) -> list[Json] | None:
        """The number of a paper, which leaves the house with names and numbers only."""
        return [self.identifier(name, value)] if self.identified and value else None

    def free_text(self, words: str | None) -> str | None:
        """What somebody wrote in own words, which may name people: it leaves with names."""
        return words if self.identified else None

    def coding(
        self, system: str, code: str | None, display: str | None = None, **more: Any
    ) -> Json | None:
        """A code with its system, and its words when they are known."""
        if code is None:
            return None
        known = self.words.get((self.vocabulary.lists.get(system, ""), code))
        address = self.vocabulary.code_system(system)
        return filled({"system": address, "code": code, "display": display or known} | more)

    def concept(
        self, system: str, code: str | None, words: str | None = None, **more: Any
    ) -> Json | None:
        """A concept: its code, after that of LOINC where one is declared, and its words."""
        local = self.coding(system, code, words, **more)
        loinc = self.vocabulary.loinc.get(system, {}).get(code or "")
        codings = [coding for coding in (self.coding("loinc", loinc), local) if coding]
        display = words or (local or {}).get("display")
        return filled({"coding": codings, "text": display}) or None

    def quantity(self, value: Decimal | int | None, unit: str | None) -> Json | None:
        """A value with its unit, and the code of UCUM for it."""
        if value is None:
            return None
        code = self.vocabulary.ucum.get(unit or "")
        system = self.vocabulary.code_system("ucum") if code else None
        return filled(
            {"value": number(value), "unit": unit, "system": system, "code": code}
        )

    def money(self, fen: int | None) -> Json | None:
        """An amount of fen in yuan."""
        if fen is None:
            return None
        return {"value": number(Decimal(fen) / 100), "currency": self.vocabulary.currency}

    def moment(self, *candidates: date | None) -> str | None:
        """The first that is known; a time is one of the county's clocks."""
        for at in candidates:
            if isinstance(at, datetime):
                zone = "" if at.tzinfo else self.vocabulary.time_zone
                return at.isoformat(timespec="seconds") + zone
            if at is not None:
                return at.isoformat()
        return None

    def period(self, begins: date | None, ends: date | None) -> Json | None:
        """A period; one that ends before it begins is known by its beginning only."""
        if begins and ends and _day(ends) < _day(begins):
            ends = None
        return filled({"start": self.moment(begins), "end": self.moment(ends)}) or None


def open_exchange(
    connection: Connection, pseudonyms: Pseudonyms, identified: bool
) -> Exchange:
    """An export of what the warehouse holds now."""
    vocabulary = load_vocabulary()
    lists = sorted(set(vocabulary.lists.values()))
    words = connection.execute(text(WORDS), {"lists": lists})
    return Exchange(
        vocabulary,
        pseudonyms,
        frozenset(connection.scalars(text(INSTITUTIONS))),
        {(row.code_list, row.standard_code): row.name_zh for row in words},
        identified,
    )


def filled(content: Mapping[str, Any]) -> Json:
    """Without what is empty."""
    return {
        name: value
        for name, value in content.items()
        if value is not None and value != [] and value != {}
    }


def number(value: Decimal | int) -> int | float:
    """A number as JSON writes it: whole ones without a point."""
    return int(value) if value == int(value) else float(value)


def _day(at: date) -> date:
    return at.date() if isinstance(at, datetime) else at
