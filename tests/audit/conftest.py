"""Warehouses with a staging layer, copied from one that dbt has built from nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from loaders.identity.ledger import prepare as prepare_links
from loaders.identity.link import link_people
from loaders.settings import Settings
from loaders.transform import run_dbt
from loaders.warehouse import embedded
from loaders.warehouse.connect import open_warehouse
from tests.empty_layers import EmptyLayers
from tests.landing.looking import Landing
from tests.landing.sending import Sender, csv_bytes, pipe_bytes, row_of


@dataclass(frozen=True)
class Staged:
    """The name of a database with an empty staging layer, and what its models ask."""

    database: str
    queries: dict[str, str]


@pytest.fixture(scope="session")
def staged(make_database: Callable[[], Engine], layers: EmptyLayers) -> Staged:
    """Staging, and the functions for earlier days, on landing tables without a row."""
    engine = make_database()
    layers.fill(engine)
    # A database that somebody is connected to cannot be copied.
    engine.dispose()
    return Staged(str(engine.url.database), layers.queries)


@pytest.fixture
def make_landing(
    server_home: Path, staged: Staged, sender: Sender
) -> Iterator[Callable[[], Landing]]:
    """Makes warehouses with an empty staging layer for one test; dropped after it."""
    server = make_url(embedded.address(server_home / "postgres"))
    server = server.set(drivername="postgresql+psycopg")
    admin = create_engine(server.set(database="postgres"), isolation_level="AUTOCOMMIT")
    numbers = count(1)
    engines: list[Engine] = []

    def make() -> Landing:
        name = f"{staged.database}_copy_{next(numbers)}"
        with admin.connect() as connection:
            connection.execute(
                text(
                    f"create database {name} template {staged.database} strategy file_copy"
                )
            )
        dsn = server.set(database=name).render_as_string(hide_password=False)
        engines.append(open_warehouse(Settings(home=server_home, external_dsn=dsn)))
        return Landing(engines[-1], sender.root)

    yield make
    for engine in engines:
        engine.dispose()
        with admin.connect() as connection:
            connection.execute(text(f"drop database {engine.url.database} with (force)"))
    admin.dispose()


@pytest.fixture
def sender(tmp_path: Path) -> Sender:
    (tmp_path / "deliveries").mkdir()
    return Sender(tmp_path / "deliveries")


@pytest.fixture
def landing(make_landing: Callable[[], Landing]) -> Landing:
    return make_landing()


SECRET, NAME = "991525195001011234", "样某某"


def send_care(sender: Sender) -> None:
    """Three days of visits, invoices, settlements and stays, with what goes wrong."""
    for day, fee in (("20250101", "1,234.50"), ("20250102", "（2.00）"), ("20250103", "9")):
        cards = [
            row_of("A01", BRID=1, BRXM=NAME, SFZH=SECRET, XGSJ=f"{day[:4]}-01-01 08:00:00"),
            row_of("A01", BRXM=NAME, SFZH=SECRET),
        ]
        invoices = [
            row_of("A06", MZXH=n, JZXH=n, BRID=1, SFRQ=f"2024-03-0{n} 09:00:00",
                   ZJJE=fee, ZFPB="0", XGSJ=f"2025-01-0{n} 08:00:00")
            for n in (1, 2)
        ]  # fmt: skip
        odd = row_of("A06", MZXH=3, JZXH=3, SFRQ="2099-01-01", ZJJE="面议", ZFPB="0",
                     XGSJ="2024-01-01 00:00:00")  # fmt: skip
        invoices.append(odd)
        visits = [
            row_of("A02", JZXH=n, BRBH=1, KSSJ=f"2024-03-0{n} 09:00:00", JZZT="9",
                   XGSJ=f"{day[:4]}-{day[4:6]}-{day[6:]} 00:00:00")
            for n in (1, 2)
        ]  # fmt: skip
        sender.csv_zip(day, {"A01": (csv_bytes("A01", cards), 2),
                             "A02": (csv_bytes("A02", visits), 2),
                             "A06": (csv_bytes("A06", invoices), 3)})  # fmt: skip
    rows = [
        row_of("F02", SETL_ID=f"S{n}", MDTRT_ID=f"M{n}", PSN_NO="P1",
               PSN_NAME=NAME, CERTNO=SECRET,
               FIXMEDINS_CODE=f"H{n % 2}", SETL_TIME="2024-03-01 10:00:00",
               MEDFEE_SUMAMT="1.50", FUND_PAY_SUMAMT="0.50", REFD_SETL_FLAG="0",
               VALI_FLAG="1" if n < 4 else "0")
        for n in (1, 2, 3, 4)
    ]  # fmt: skip
    sender.settlements("20250101", rows)
    sender.settlements("20250103", rows, file_day="20250101", mark=" (1)")
    clinic = [row_of("C05", jgid="1001", mzxh=1, jzxh=1, zjje="2.50", zfpb="0",
                     gxsj="2024-12-01 08:00:00"),
              row_of("C05", jgid="1001", mzxh=" ", zjje="7.00", jzxh=SECRET,
                     gxsj="2024-12-01 08:00:00")]  # fmt: skip
    for day in ("20250101", "20250102"):
        sender.database(day, {"C05": clinic})
    tcm = pipe_bytes("B01", [row_of("B01", YLJGDM="4", KH="K1", KLX="04", XM=NAME)],
                     [*row_of("B01"), "NEWCOL"])  # fmt: skip
    short = f"4|K2|04|{NAME}|{SECRET}\r\n".encode()
    sender.put("20250101", "B01", "TB_YL_PATIENT_INFORMATION_20250101.txt",
               tcm + short, 2)  # fmt: skip


@pytest.fixture(scope="session")
def built(
    make_database: Callable[[], Engine],
    install: Callable[[Engine], Settings],
    tmp_path_factory: pytest.TempPathFactory,
) -> Landing:
    """A warehouse with that care landed and every layer up to the audit built."""
    root = tmp_path_factory.mktemp("care")
    send_care(Sender(root))
    landing = Landing(make_database(), root)
    landing.land()
    home = install(landing.engine)
    run_dbt(home, "1_staging")
    prepare_links(landing.engine)
    run_dbt(home, "2_identity")
    link_people(landing.engine, 1, lambda _: None)
    for layer in ("2_identity/golden", "3_record", "4_indicators", "5_audit"):
        run_dbt(home, layer)
    return landing
