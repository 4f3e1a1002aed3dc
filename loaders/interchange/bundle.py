"""One person as a Bundle: all resources of the person, and the institutions they name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine

from loaders.interchange.families import FAMILIES
from loaders.interchange.pseudonym import Pseudonyms
from loaders.interchange.read import Reading, Scope, open_reading
from loaders.interchange.vocabulary import Json


def bundle_of(
    engine: Engine, pseudonyms: Pseudonyms, person_id: str, identified: bool
) -> Json:
    """A Bundle of type collection in which every reference leads to an entry.

    Raises: NoRecordError.
    """
    with open_reading(engine, pseudonyms, identified) as reading:
        resources = list(reading.of_person(person_id))
        resources += _organizations(reading, resources)
        base = reading.exchange.vocabulary.base
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
        "entry": [
            {"fullUrl": f"{base}/{name_of(resource)}", "resource": resource}
            for resource in resources
        ],
    }


def name_of(resource: Json) -> str:
    """Type and id, as references write them."""
    return f"{resource['resourceType']}/{resource['id']}"


def references_in(content: Any) -> Iterator[str]:
    """Every reference to a resource, wherever in a resource it stands."""
    if isinstance(content, dict):
        for name, value in content.items():
            if name == "reference":
                yield value
            else:
                yield from references_in(value)
    elif isinstance(content, list):
        for value in content:
            yield from references_in(value)


def _organizations(reading: Reading, resources: list[Json]) -> list[Json]:
    """Institutions that are named, those that these belong to, and where they come from."""
    family = next(family for family in FAMILIES if family.name == "organization")
    known: dict[str, list[Json]] = {}
    for resource in reading.resources(family, Scope()):
        if resource["resourceType"] == "Organization":
            known[name_of(resource)] = [resource]
        else:
            known[resource["target"][0]["reference"]].append(resource)
    chosen: dict[str, list[Json]] = {}
    wanted = set(references_in(resources)) & known.keys()
    while wanted:
        chosen |= {name: known[name] for name in wanted}
        wanted = (set(references_in(list(chosen.values()))) & known.keys()) - chosen.keys()
    return [resource for name in sorted(chosen) for resource in chosen[name]]
