"""Names and numbers leave the house when that is asked for, and then it is noted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from loaders.cli import onecard
from loaders.failure import ExpectedFailure
from loaders.interchange.pseudonym import ExchangeKeyError, load_pseudonyms
from loaders.settings import Settings
from tests.interchange.conftest import MERGED, Built, read_folder

PERSONAL = """
    select person_name as value from identity.source_person where length(person_name) > 1
    union select id_number from identity.source_person
    union select phone from identity.source_person where length(phone) > 4
    union select archive_id from identity.source_person
    union select insurance_number from identity.source_person
    union select person_name from identity.golden_person where length(person_name) > 1
    union select id_number from identity.golden_person
    union select other_document from identity.golden_person
    union select phone from identity.golden_person
    union select person_id from identity.person_ledger
    union select event_id from record.event_source where person_id is not null
"""
EXACT = """
    select current_address as value from identity.golden_person
    union select address from identity.source_person
    union select patient_id from record.patient_number where length(patient_id) > 4
    union select encounter_number from record.encounter_number
    where length(encounter_number) > 4
    union select native_id from record.event_source
    where person_id is not null and length(native_id) > 4
    union select settlement_id from record.settlement
"""


@pytest.fixture
def command(built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `onecard fhir`; what it prints comes back."""
    dsn = built.engine.url.set(drivername="postgresql")
    monkeypatch.setenv("ONECARD_DSN", dsn.render_as_string(hide_password=False))
    monkeypatch.setenv("ONECARD_HOME", str(tmp_path / "home"))

    def run(*words: object) -> str:
        done = CliRunner().invoke(
            onecard, ["fhir", *map(str, words)], standalone_mode=False
        )
        if done.exception:
            raise done.exception
        return done.output

    return run


def test_no_personal_value_is_in_the_export(built: Built) -> None:
    told = {value for made in built.resources() for value in _strings(made)}
    programmes = {row.name_zh for row in built.ask("select * from staging.programme")}
    # The names of programmes speak of patients, and one record calls a person just that.
    everything = "\n".join(told - programmes)
    personal = [row.value for row in built.ask(PERSONAL) if row.value]
    assert len(personal) > 500
    assert [value for value in personal if value in everything] == []
    exact = {row.value for row in built.ask(EXACT)}
    # Institutions are named, and some after the town that is somebody's address.
    of_people = {
        value
        for made in built.resources()
        if made["resourceType"] != "Organization"
        for value in _strings(made)
    }
    assert len(exact) > 100
    assert exact & of_people == set()


def test_an_id_is_not_a_plain_digest(built: Built) -> None:
    other = load_pseudonyms(Settings(home=built.folder.parent / "other", external_dsn=None))
    mine, theirs = (
        pseudonyms.id_of("Patient", built.survivor)
        for pseudonyms in (built.pseudonyms, other)
    )
    assert mine != theirs


def test_ids_are_the_same_at_every_export(command: Any, built: Built) -> None:
    first, second = (json.loads(command(built.survivor)) for _ in range(2))
    assert first["entry"] == second["entry"]


def test_a_damaged_secret_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "exchange_key").write_bytes(b"short")
    with pytest.raises(ExchangeKeyError):
        load_pseudonyms(Settings(home=tmp_path, external_dsn=None))
    assert (tmp_path / "exchange_key").read_bytes() == b"short"


def test_an_identified_bundle_names_the_person(command: Any, built: Built) -> None:
    known = built.ask(
        "select * from identity.golden_person where person_id = :id", id=built.survivor
    )[0]
    before = _noted(built)
    bundle = json.loads(command(built.survivor, "--identified"))
    patients = [
        entry["resource"]
        for entry in bundle["entry"]
        if entry["resource"]["resourceType"] == "Patient" and entry["resource"]["active"]
    ]
    assert [patient["name"][0]["text"] for patient in patients] == [known.person_name]
    numbers = {
        identifier["system"]: identifier["value"]
        for identifier in patients[0]["identifier"]
    }
    assert numbers["urn:oid:2.16.156.10011.1.3"] == known.id_number
    assert numbers["https://onecard.invalid/fhir/sid/person"] == built.survivor
    assert _noted(built)[len(before) :] == [built.survivor]


def test_who_is_in_a_cohort_is_written_down(
    command: Any, built: Built, tmp_path: Path
) -> None:
    # An id that was merged, twice over, and a blank line.
    (tmp_path / "people").write_text(f"{MERGED[1]}\n\n{built.survivor}\n", "utf-8")
    before = _noted(built)
    out = tmp_path / "out"
    command("--cohort", tmp_path / "people", "--out", out, "--identified")
    assert _noted(built)[len(before) :] == [built.survivor]
    alive = [
        made
        for made in read_folder(out)
        if made["resourceType"] == "Patient" and made["active"]
    ]
    assert len(alive) == 1
    assert all(file.stat().st_mode & 0o077 == 0 for file in out.iterdir())


def test_everybody_is_written_down(command: Any, built: Built, tmp_path: Path) -> None:
    before = _noted(built)
    command("--all", "--out", tmp_path / "out", "--identified")
    people = {row.person_id for row in built.ask("select * from record.person")}
    assert set(_noted(built)[len(before) :]) == people


def test_own_words_of_doctors_leave_with_names_only(
    command: Any, built: Built, tmp_path: Path
) -> None:
    places = {"DiagnosticReport": "conclusion", "Encounter": "reasonCode"}
    (wanted,) = built.ask(
        "select (select count(conclusion) from record.imaging_report"
        " where person_id is not null) as reports,"
        " (select count(main_diagnosis_name) from record.encounter"
        " where person_id is not null) as encounters"
    )
    assert all(count > 0 for count in wanted)

    def told(resources: list[Any]) -> list[int]:
        return [
            sum(made["resourceType"] == kind and place in made for made in resources)
            for kind, place in places.items()
        ]

    assert told(built.resources()) == [0, 0]
    command("--all", "--out", tmp_path / "out", "--identified")
    assert told(read_folder(tmp_path / "out")) == list(wanted)


def test_nothing_is_noted_of_an_export_without_names(
    command: Any, built: Built, tmp_path: Path
) -> None:
    before = _noted(built)
    command("--all", "--out", tmp_path / "out")
    command(built.survivor)
    assert _noted(built) == before


def test_what_cannot_be_done_is_said(command: Any, built: Built, tmp_path: Path) -> None:
    (tmp_path / "people").write_text(f"{built.survivor}\nnobody\n", "utf-8")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    for words, message in (
        ((), "Say whom"),
        ((built.survivor, "--all"), "Say whom"),
        (("--all",), "--out"),
        (("--all", "--out", tmp_path / "full"), "holds something"),
        (("--cohort", tmp_path / "people", "--out", tmp_path / "new"), "lines 2"),
        ((built.survivor, "--out", tmp_path / "people"), "there already"),
        (("nobody",), "Nobody is known"),
    ):
        with pytest.raises(ExpectedFailure, match=message):
            command(*words)


def _noted(built: Built) -> list[str]:
    with built.engine.begin() as connection:
        if not connection.scalar(text("select to_regclass('audit.access_log')")):
            return []
        query = text("select person_id from audit.access_log order by access_id")
        return list(connection.scalars(query))


def _strings(content: Any) -> Iterator[str]:
    if isinstance(content, dict):
        for value in content.values():
            yield from _strings(value)
    elif isinstance(content, list):
        for value in content:
            yield from _strings(value)
    elif isinstance(content, str):
        yield content
