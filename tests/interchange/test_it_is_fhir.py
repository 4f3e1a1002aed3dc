"""What leaves the house is FHIR by the judgement of somebody else's validator."""

from __future__ import annotations

import copy
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from loaders.interchange.bulk import write_bulk
from loaders.interchange.bundle import bundle_of, name_of, references_in
from loaders.interchange.read import Scope
from tests.interchange.conftest import Built, read_folder
from tests.interchange.validator import validate


def test_every_resource_of_the_county_is_valid(built: Built) -> None:
    for resource in built.resources():
        validate(resource)


def test_an_identified_export_is_valid_too(built: Built, tmp_path: Path) -> None:
    people = tuple(row.person_id for row in built.ask("select * from record.person"))[:20]
    folder = tmp_path / "cohort"
    scope = Scope(cohort=people)
    write_bulk(built.engine, built.pseudonyms, folder, scope, True, lambda _: None)
    for resource in read_folder(folder):
        validate(resource)


def test_a_bundle_is_valid_and_leads_nowhere_outside(built: Built) -> None:
    bundle = bundle_of(built.engine, built.pseudonyms, built.survivor, identified=True)
    validate(bundle)
    assert bundle["type"] == "collection"
    entries = [entry["resource"] for entry in bundle["entry"]]
    names = [name_of(resource) for resource in entries]
    assert len(set(names)) == len(names)
    assert set(references_in(entries)) <= set(names)
    for entry in bundle["entry"]:
        assert entry["fullUrl"].endswith("/" + name_of(entry["resource"]))


def test_a_bundle_is_what_the_county_says_of_the_person(built: Built) -> None:
    bundle = bundle_of(built.engine, built.pseudonyms, built.survivor, identified=False)
    county = {name_of(resource): resource for resource in built.resources()}
    entries = [entry["resource"] for entry in bundle["entry"]]
    assert all(county[name_of(resource)] == resource for resource in entries)
    patient = f"Patient/{built.pseudonyms.id_of('Patient', built.survivor)}"
    of_person = {
        name
        for name, resource in county.items()
        if patient in references_in(resource) or name == patient
    }
    assert of_person <= {name_of(resource) for resource in entries}


def test_references_of_the_county_lead_to_resources(built: Built) -> None:
    resources = built.resources()
    names = Counter(name_of(resource) for resource in resources)
    assert max(names.values()) == 1
    assert set(references_in(resources)) <= set(names)


def test_no_name_is_left_empty(built: Built) -> None:
    def empties(content: Any) -> bool:
        if isinstance(content, dict):
            return not content or any(empties(value) for value in content.values())
        if isinstance(content, list):
            return not content or any(empties(value) for value in content)
        return content is None or content == ""

    assert not any(empties(resource) for resource in built.resources())


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("Encounter", "status", "done"),
        ("Patient", "gender", "1"),
        ("Patient", "birthDate", "2024-13-01"),
        ("Observation", "effectiveDateTime", "2024-01-02T03:04:05"),
        ("Condition", "subject", None),
        ("Coverage", "payor", None),
        ("ExplanationOfBenefit", "use", "bill"),
        ("DiagnosticReport", "id", "A|B|7"),
    ],
)
def test_the_validator_would_notice(built: Built, kind: str, name: str, value: str) -> None:
    good = next(made for made in built.resources() if made["resourceType"] == kind)
    bad = copy.deepcopy(good) | {name: value}
    with pytest.raises(ValueError, match=name):
        validate({key: part for key, part in bad.items() if part is not None})
