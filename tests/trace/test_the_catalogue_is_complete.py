"""Every table and column has words in two languages and a class, and the page says them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.catalogue.classes import SEVERITY
from loaders.catalogue.content import read_catalogue
from loaders.catalogue.entries import Catalogue, faults, in_both
from loaders.catalogue.page import as_csv, as_json, as_page, initials, write_catalogue
from loaders.contracts.model import load_contracts
from loaders.lineage.warehouse import LAYERS
from tests.browser.chromium import DESKTOP, PHONE, OpenPage, browser, open_page, overflow
from tests.trace.conftest import Built

__all__ = ["browser", "open_page"]

COMMENTS = """
    select namespace.nspname || '.' || class.relname as name,
           attribute.attname as column_name,
           col_description(class.oid, attribute.attnum) as words,
           obj_description(class.oid, 'pg_class') as table_words
    from pg_attribute as attribute
    inner join pg_class as class on attribute.attrelid = class.oid
    inner join pg_namespace as namespace on class.relnamespace = namespace.oid
    where namespace.nspname = any(:layers) and class.relkind in ('r', 'v')
      and attribute.attnum > 0 and not attribute.attisdropped
"""


@pytest.fixture(scope="module")
def catalogue(built: Built) -> Catalogue:
    return read_catalogue(built.engine, built.settings)


def test_nothing_lacks_words_or_a_class(catalogue: Catalogue) -> None:
    assert faults(catalogue) == []


def test_it_says_what_the_database_says(built: Built, catalogue: Catalogue) -> None:
    stored = built.ask(COMMENTS, layers=list(LAYERS))
    said = {(t.name, c.name): (c.zh, c.en) for t in catalogue.tables for c in t.columns}
    assert said == {(r.name, r.column_name): in_both(r.words) for r in stored}
    words = {table.name: (table.zh, table.en) for table in catalogue.tables}
    assert words == {r.name: in_both(r.table_words) for r in stored}
    for table in catalogue.tables:
        (count,) = built.ask(f"select count(*) from {table.name}")
        assert table.rows == count[0], table.name


def test_what_a_contract_calls_personal_is_so_in_landing(catalogue: Catalogue) -> None:
    classes = {(t.name, c.name): c.pii for t in catalogue.tables for c in t.columns}
    for contract in load_contracts():
        for column in contract.columns:
            assert classes[f"landing.{contract.name}", column.name] == column.pii


def test_what_the_models_declare_is_what_the_queries_say(catalogue: Catalogue) -> None:
    """Where a model of staging has a personal value, the catalogue shows it as one."""
    for table in catalogue.tables:
        classes = {column.name: column.pii for column in table.columns}
        if table.layer == "staging" and "person_name" in classes:
            assert classes["person_name"] == "name", table.name
        if table.layer == "staging" and "id_number" in classes:
            assert classes["id_number"] == "id_number", table.name


def test_no_value_that_names_somebody_is_in_the_record_or_beyond(
    catalogue: Catalogue,
) -> None:
    forbidden = {"id_number", "name", "phone", "address"}
    found = [
        f"{table.name}.{column.name}"
        for table in catalogue.tables
        if table.layer in ("record", "indicators", "published")
        for column in table.columns
        if column.pii in forbidden
    ]
    assert found == []
    assert all(
        column.pii in SEVERITY and 1 <= (column.level or 0) <= 5
        for table in catalogue.tables
        for column in table.columns
    )


def test_a_column_has_the_feeds_and_elements_of_its_sources(catalogue: Catalogue) -> None:
    tables = {table.name: table for table in catalogue.tables}
    encounter = {column.name: column for column in tables["record.encounter"].columns}
    # Invoices and lines of visits, lines of stays.
    assert encounter["net_fee_fen"].feeds == ("A06", "A09", "B05", "B08", "C05", "C08")
    contract = next(c for c in load_contracts() if c.feed == "A01")
    sent = contract.column("SFZH").we
    card = {column.name: column for column in tables["staging.stg_a__ms_brda"].columns}
    assert sent
    assert card["id_number"].elements == (sent,)
    assert card["id_number"].level == 4
    assert {c.level for c in tables["staging.stg_d__idr_report"].columns} >= {5}


def test_special_diseases_stay_special_in_the_record(catalogue: Catalogue) -> None:
    for table in catalogue.tables:
        if table.layer == "landing" and table.feeds == ("D19",):
            levels = {c.level for c in table.columns if not c.name.startswith("_")}
            assert levels == {5}


def test_the_files_for_machines_hold_the_same(catalogue: Catalogue) -> None:
    document = json.loads(as_json(catalogue))
    rows = list(csv.DictReader(io.StringIO(as_csv(catalogue).lstrip("\ufeff"))))
    columns = sum(len(table.columns) for table in catalogue.tables)
    assert len(rows) == columns
    assert len(document["dcat:dataset"]) == len(catalogue.tables)
    assert (
        sum(len(d["csvw:tableSchema"]["csvw:columns"]) for d in document["dcat:dataset"])
        == columns
    )


def test_initials_are_those_of_the_pinyin() -> None:
    assert initials("出院日期 (CYRQ)") == "cyrq"
    assert initials("A01 病人/档案") == "br da"


@pytest.fixture(scope="module")
def page_file(
    catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    yield write_catalogue(catalogue, tmp_path_factory.mktemp("catalogue"))


def test_the_page_loads_nothing_from_outside(catalogue: Catalogue) -> None:
    page = as_page(catalogue)
    assert "default-src 'none'" in page.replace("&#x27;", "'")
    for word in ("src=", "@import", "url(", 'href="http'):
        assert word not in page


@pytest.mark.parametrize(
    ("query", "hit"),
    [
        ("出院日期", "landing.a08_zy_brry.CYRQ"),
        ("cyrq", "staging.stg_a__zy_brry.discharged_at"),
        ("date of discharge", "landing.a11_basy.CYSJ"),
        ("net_fee_fen", "record.encounter.net_fee_fen"),
    ],
)
def test_it_is_searched_by_chinese_pinyin_and_english(
    page_file: Path, open_page: OpenPage, query: str, hit: str
) -> None:
    page = open_page(DESKTOP)
    page.goto(page_file.as_uri())
    page.keyboard.press("/")
    page.keyboard.type(query)
    found = page.locator(".found code").all_inner_texts()
    assert hit in found
    page.locator(".found a", has_text=hit).first.click()
    assert page.locator("h2 code").inner_text() == ".".join(hit.split(".")[:2])
    assert page.locator("tr.asked code").first.inner_text() == hit.split(".")[2]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_it_fits_its_window(
    page_file: Path, open_page: OpenPage, size: tuple[int, int]
) -> None:
    page = open_page(size)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for place in ("", "#record", "#record.encounter", "#staging.stg_b__hqms"):
        page.goto(page_file.as_uri() + place)
        assert overflow(page) == 0, place
    assert complaints == []
