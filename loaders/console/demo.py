"""`make demo`: a fictional county, from its deliveries to published numbers, by Airflow."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from loaders.catalogue.content import read_catalogue
from loaders.catalogue.page import write_catalogue
from loaders.console.summary import show_summary
from loaders.demo_county.make import make_demo_county
from loaders.report.page import write_quality_page
from loaders.services.airflow import start_airflow
from loaders.services.pages import start_pages
from loaders.services.run_dags import run_deliveries_in_airflow
from loaders.settings import Settings
from loaders.transform import build_docs
from loaders.warehouse.connect import open_warehouse, warehouse_dsn

SEED = 20250101


def run_demo(settings: Settings, residents: int, report: Callable[[str], None]) -> None:
    """Make the county, process it, print what came of it; services stay up."""
    began = monotonic()
    dsn = warehouse_dsn(settings)
    report("the warehouse is up")
    county = settings.home / "demo_county"
    made = make_demo_county(county, residents, SEED, report=report)
    report(str(made))
    deliveries = county / "deliveries"
    airflow = start_airflow(settings, dsn, deliveries, report)
    report(f"Airflow is up: {airflow.url}")
    run_deliveries_in_airflow(airflow, deliveries, None, report)
    engine = open_warehouse(settings)
    quality = write_quality_page(engine, settings.report_folder / "quality")
    docs = build_docs(settings)
    catalogue = write_catalogue(
        read_catalogue(engine, settings), settings.report_folder / "catalogue"
    )
    pages = start_pages(settings)
    print()
    show_summary(engine)
    print()
    for what, where in (
        ("Airflow", airflow.url),
        (
            "数据文档 dbt documentation",
            f"{pages}/{docs.relative_to(settings.report_folder)}",
        ),
        (
            "数据目录 data catalogue",
            f"{pages}/{catalogue.relative_to(settings.report_folder)}",
        ),
        (
            "质量报告 quality report",
            f"{pages}/{quality.relative_to(settings.report_folder)}",
        ),
    ):
        print(f"{what}: {where}")
    print(f"done in {monotonic() - began:.0f} s; everything stays up until `make down`")
