"""The `onecard` command: every verb there is, each a few lines over a module that works."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from loaders.catalogue.commands import catalogue
from loaders.console.audit.commands import audit, history, rejects, replay
from loaders.console.identity import identity
from loaders.console.identity_quality import quality
from loaders.console.options import DAY, FOLDER, NEW_FOLDER, say
from loaders.console.record import record
from loaders.console.trace.commands import trace
from loaders.failure import ExpectedFailure
from loaders.interchange.commands import fhir
from loaders.settings import load_settings
from loaders.stewards.commands import review, stewards
from loaders.warehouse.connect import open_warehouse, warehouse_dsn


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def onecard() -> None:
    """一卡通 OneCard: a county's health data warehouse."""


@onecard.command()
def dsn() -> None:
    """Print the warehouse's address (starts the embedded server if need be)."""
    click.echo(warehouse_dsn())


@onecard.command()
def up() -> None:
    """Start the embedded warehouse."""
    warehouse_dsn()
    click.echo("The warehouse is up; `onecard dsn` prints its address.")


@onecard.command()
def down() -> None:
    """Stop everything this installation has running."""
    from loaders.services.stop import stop_everything

    for line in stop_everything(load_settings()):
        click.echo(line)


@onecard.command()
@click.option("--deliveries", type=NEW_FOLDER, required=True, help="Folder of YYYYMMDD.")
@click.option("--system", "systems", multiple=True, help="Only this letter; repeatable.")
@click.option("--day", type=DAY, help="Only this delivery.")
def collect(deliveries: Path, systems: tuple[str, ...], day: date | None) -> None:
    """Bring deliveries from where systems leave them (ONECARD_SOURCE_<letter>)."""
    from loaders.collect.collect import collect as collect_deliveries

    done = collect_deliveries(deliveries, day=day, systems=systems or None, report=say)
    click.echo(str(done))


@onecard.command()
@click.option("--deliveries", type=FOLDER, required=True, help="Folder of YYYYMMDD.")
@click.option("--through", type=DAY, help="Last delivery day to take in (YYYYMMDD).")
@click.option("--each", is_flag=True, help="Make a release of every delivery, in order.")
@click.option("--rebuild", is_flag=True, help="Build everything anew.")
@click.option("--look-again", is_flag=True, help="Read also what has been dealt with.")
def run(
    deliveries: Path, through: date | None, each: bool, rebuild: bool, look_again: bool
) -> None:
    """Process deliveries, in order, to a published release."""
    from loaders.run import look_at_everything_again, run_deliveries

    if look_again:
        look_at_everything_again()
    run_deliveries(deliveries, through, each, rebuild, say)
    _write_pages()
    click.echo(
        f"quality report: {load_settings().report_folder / 'quality' / 'index.html'}"
    )


@onecard.command()
@click.argument("key")
@click.option("--system", help="The letter of the system whose patient number KEY is.")
@click.option("--org", help="The institution whose patient number KEY is, in its own code.")
@click.option("--reveal", is_flag=True, help="Show names and numbers; this is recorded.")
@click.option("--page", is_flag=True, help="Open the stewards' page at this person.")
@click.option(
    "--port", default=0, help="With --page: port on loopback; 0 takes a free one."
)
def person(
    key: str, system: str | None, org: str | None, reveal: bool, page: bool, port: int
) -> None:
    """Print the life of the person whom KEY denotes, with the source of each event.

    KEY is an id number, a health-record number, an insurance number, a system's own patient
    number, or a person id.
    """
    from loaders.console.person import find_person, show_person

    engine = open_warehouse()
    if not page:
        show_person(engine, key, system, org, reveal)
        return
    from loaders.stewards.page.serve import serve

    if reveal:
        raise click.UsageError("--page shows names and numbers when asked there")
    with engine.connect() as connection:
        person_id = find_person(connection, key, system, org)
    serve(engine, load_settings(), port, click.echo, f"/person/{person_id}")


@onecard.command()
@click.option("--code", help="Only this indicator.")
@click.option("--period", help="Only this period: 2024, 202403 or 20241231.")
@click.option("--grain", default="county", show_default=True, help="county, group, institution, township or all.")  # fmt: skip # noqa: E501
@click.option("--cases", is_flag=True, help="List the cases behind the value.")
@click.option("--limit", default=50, show_default=True, help="Cases to list.")
def indicators(
    code: str | None, period: str | None, grain: str, cases: bool, limit: int
) -> None:
    """Print the published indicators, or with --cases what each value counts."""
    from loaders.console.indicators import show_cases, show_values

    show = show_cases if cases else show_values
    show(open_warehouse(), code, period, grain, limit)


identity.add_command(quality)
for command in (
    audit, trace, catalogue, fhir, rejects, replay, history, identity, record, review,
    stewards,
):  # fmt: skip
    onecard.add_command(command)


@onecard.command()
def digest() -> None:
    """Print digests of links, record and published values, to compare two warehouses."""
    from loaders.release.digest import digest as digest_of

    for name, value in digest_of(open_warehouse()).items():
        click.echo(f"{name}\t{value}")


@onecard.command("demo-county")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("--residents", default=2000, show_default=True)
@click.option("--years", default=1, show_default=True, help="Years of history, to 2024.")
@click.option("--days", default=2, show_default=True, help="Delivery days after the first.")
@click.option("--seed", default=20250101, show_default=True)
@click.option("--mess", metavar="KIND,KIND", help="Only these kinds of mess; '' for none.")
@click.option("--without", metavar="KIND,KIND", help="All kinds of mess but these.")
def demo_county(
    out: Path,
    residents: int,
    years: int,
    days: int,
    seed: int,
    mess: str | None,
    without: str | None,
) -> None:
    """Write the deliveries of a fictional county, and the truth about it."""
    from loaders.demo_county.make import make_demo_county
    from loaders.demo_county.mess import chosen_kinds

    kinds = chosen_kinds(mess, without)
    made = make_demo_county(out, residents, seed, days, years=years, mess=kinds, report=say)
    click.echo(str(made))


@onecard.command()
@click.option("--residents", default=2000, show_default=True)
def demo(residents: int) -> None:
    """Make a county, run its deliveries through Airflow, show what came of it."""
    from loaders.console.demo import run_demo

    run_demo(load_settings(), residents, say)


@onecard.command()
@click.option("--check", is_flag=True, help="Change nothing; exit 1 when a file is stale.")
def generate(check: bool) -> None:
    """Write the files that derive from contracts and indicator definitions."""
    from loaders.generate import generate as write_derived

    stale = write_derived(check=check)
    for name in stale:
        click.echo(f"{'stale' if check else 'written'}: {name}")
    if check and stale:
        click.echo("Run `onecard generate` and commit what it writes.")
        sys.exit(1)


def _write_pages() -> None:
    from loaders.report.page import write_quality_page

    write_quality_page(open_warehouse(), load_settings().report_folder / "quality")


def main() -> None:
    """Run the command; an expected failure is one clear line and exit code 1."""
    try:
        onecard(standalone_mode=True)
    except ExpectedFailure as failure:
        click.echo(f"onecard: {failure}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
