"""`onecard record`: the record as a whole; is it right, and what was it once?"""

from __future__ import annotations

import sys

import click

from loaders.console.table import print_table
from loaders.settings import load_settings
from loaders.warehouse.connect import open_warehouse, writer_lease


@click.group()
def record() -> None:
    """The one-card record as a whole."""


@record.command()
def check() -> None:
    """Build staging, candidates and record from nothing beside the standing ones; compare.

    Exit code 1 when a table differs; `onecard run --rebuild` makes all of it anew.
    """
    from loaders.changes.shadow import check_record

    engine = open_warehouse()
    with writer_lease(engine):
        comparison = check_record(engine, load_settings())
    for difference in comparison.differences:
        click.echo(str(difference))
    click.echo(
        f"{comparison.tables} tables compared, {comparison.rows} rows;"
        f" {len(comparison.differences)} tables differ"
    )
    if comparison.differences:
        click.echo(
            "Bring it in order with `onecard run --rebuild`, and tell the maintainers."
        )
        sys.exit(1)


@record.command("as-of")
@click.argument("release", type=click.IntRange(min=1))
@click.option("--into", help="Schema to build into; record_r0003 for release 3.")
@click.option("--with-identity", is_flag=True, help="Keep who was who, with names, too.")
@click.option("--compare", is_flag=True, help="Count what came, went and changed since.")
def as_of(release: int, into: str | None, with_identity: bool, compare: bool) -> None:
    """Build the record as it was known at RELEASE into a schema beside today's.

    From the files, links and stewards' decisions that the release knew; by the rules, seeds
    and contracts of today.
    """
    from loaders.past.compare import compare_with_today
    from loaders.past.rebuild import rebuild_record

    engine = open_warehouse()
    with writer_lease(engine):
        built = rebuild_record(engine, load_settings(), release, into, with_identity)
        changes = compare_with_today(engine, built.schema) if compare else []
    past = built.past
    click.echo(
        f"release {past.release_id}, published {past.published_at:%Y-%m-%d %H:%M},"
        f" deliveries up to {past.through_delivery:%Y-%m-%d}:"
        f" {built.files} files, {built.links} links"
    )
    for remark in built.remarks:
        click.echo(f"  note: {remark}")
    click.echo(f"schema {built.schema}: {built.tables} tables, {built.rows} rows")
    if built.identity_schema:
        click.echo(f"schema {built.identity_schema}: who was who, with names and numbers")
    if compare:
        print_table(
            "与今日档案相比 compared with today's record",
            ["table", "rows then", "rows now", "came", "went", "changed"],
            [tuple(change) for change in changes],
        )
