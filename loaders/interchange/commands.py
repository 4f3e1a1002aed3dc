"""The command `onecard fhir`."""

from __future__ import annotations

from pathlib import Path

import click

from loaders.console.options import say
from loaders.console.person import find_person, note_access
from loaders.failure import ExpectedFailure
from loaders.interchange.bulk import compact, need_empty, write_bulk, write_private
from loaders.interchange.bundle import bundle_of
from loaders.interchange.cohort import note_export, read_cohort
from loaders.interchange.pseudonym import load_pseudonyms
from loaders.interchange.read import Scope
from loaders.settings import load_settings
from loaders.warehouse.connect import open_warehouse

NOTE = "identified export as FHIR"


class WhomError(ExpectedFailure):
    """The command was not told whom to export, or told twice."""


@click.command()
@click.argument("key", required=False)
@click.option("--system", help="The letter of the system whose patient number KEY is.")
@click.option("--org", help="The institution whose patient number KEY is, in its own code.")
@click.option("--all", "everybody", is_flag=True, help="The whole county.")
@click.option(
    "--cohort",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of person ids, one a line.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="File of the bundle, or new folder of a county or cohort.",
)
@click.option(
    "--identified", is_flag=True, help="With names and numbers; this is recorded."
)
def fhir(
    key: str | None,
    system: str | None,
    org: str | None,
    everybody: bool,
    cohort: Path | None,
    out: Path | None,
    identified: bool,
) -> None:
    """Write one person, a cohort or the county as HL7 FHIR R4.

    KEY (as of `onecard person`) makes one bundle; --all and --cohort make one file of lines
    for each type of resource. Without --identified there are no names and no numbers.
    """
    if sum((key is not None, everybody, cohort is not None)) != 1:
        raise WhomError("Say whom to export: a KEY, or --all, or --cohort FILE.")
    if key is not None:
        _one_person(key, system, org, out, identified)
        return
    if out is None:
        raise WhomError("A county or a cohort needs a folder to be written to: --out DIR.")
    _many(cohort, out, identified)


def _one_person(
    key: str, system: str | None, org: str | None, out: Path | None, identified: bool
) -> None:
    engine = open_warehouse()
    with engine.begin() as connection:
        person_id = find_person(connection, key, system, org)
        if identified:
            note_access(connection, person_id, NOTE)
    bundle = bundle_of(engine, load_pseudonyms(load_settings()), person_id, identified)
    if out is None:
        click.echo(compact(bundle))
        return
    write_private(out, bundle)
    click.echo(f"{len(bundle['entry'])} resources: {out}")


def _many(cohort: Path | None, out: Path, identified: bool) -> None:
    engine = open_warehouse()
    need_empty(out)
    people = read_cohort(engine, cohort) if cohort else None
    if identified:
        with engine.begin() as connection:
            note_export(connection, people, NOTE)
    pseudonyms = load_pseudonyms(load_settings())
    counts = write_bulk(engine, pseudonyms, out, Scope(cohort=people), identified, say)
    click.echo(f"{counts.total()} resources: {out}")
