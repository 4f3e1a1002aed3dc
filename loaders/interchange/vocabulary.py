"""Addresses and codes of the exchange, read from `systems.yml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from loaders.failure import ExpectedFailure

FILE = Path(__file__).with_name("systems.yml")
ANY = "*"
Json = dict[str, Any]


class UnmappedCodeError(ExpectedFailure):
    """`systems.yml` does not know a code or a system; the message says which."""


class Vocabulary(BaseModel):
    """What `systems.yml` declares."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base: str
    time_zone: str
    currency: str
    identifiers: dict[str, str]
    code_systems: dict[str, str]
    maps: dict[str, dict[str, str]]
    ucum: dict[str, str]
    laboratory_measurements: frozenset[str]
    loinc: dict[str, dict[str, str]]
    lists: dict[str, str]

    def identifier_system(self, name: str) -> str:
        """The address of a kind of number."""
        return self._address("sid", self.identifiers[name])

    def code_system(self, name: str) -> str:
        """The address of a code system. Raises: UnmappedCodeError."""
        if name not in self.code_systems:
            raise UnmappedCodeError(f"systems.yml: no address for the code system '{name}'")
        return self._address("CodeSystem", self.code_systems[name])

    def word(self, map_name: str, code: str | None) -> str:
        """A code of the warehouse in a word of FHIR. Raises: UnmappedCodeError."""
        arms = self.maps[map_name]
        word = arms.get(code or "", arms.get(ANY))
        if word is None:
            raise UnmappedCodeError(
                f"systems.yml: the map '{map_name}' has no arm for '{code or ''}'"
            )
        return word

    def _address(self, folder: str, name: str) -> str:
        return name if ":" in name else f"{self.base}/{folder}/{name}"


@cache
def load_vocabulary() -> Vocabulary:
    """The vocabulary. Raises: pydantic.ValidationError when the file is not as declared."""
    return Vocabulary.model_validate(yaml.safe_load(FILE.read_text("utf-8")))
