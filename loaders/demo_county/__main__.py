"""`python -m loaders.demo_county --out DIR`: make a demo county from the shell."""

from __future__ import annotations

from pathlib import Path

import click

from loaders.demo_county.make import DemoCountyError, make_demo_county


@click.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("--residents", default=2000, show_default=True)
@click.option("--days", default=2, show_default=True, help="Delivery days after the first.")
@click.option("--seed", default=20250101, show_default=True)
@click.option("--without", multiple=True, help="A kind of mess that shall not happen.")
def main(out: Path, residents: int, days: int, seed: int, without: tuple[str, ...]) -> None:
    """Write the deliveries of a fictional county, and the truth about it."""
    from loaders.demo_county.mess import all_kinds

    try:
        kinds = all_kinds() - frozenset(without)
        made = make_demo_county(out, residents, seed, days, mess=kinds, report=click.echo)
    except DemoCountyError as error:
        raise click.ClickException(str(error)) from error
    click.echo(str(made))


if __name__ == "__main__":
    main()
