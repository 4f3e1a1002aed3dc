"""What we were sent: checks of the ledger, and of every landing table by its contract.

Damaged numbers, odd dates and the rest of the mess that the handbook announces never fail
here. What fails is a broken promise: lines that went missing, columns that are not there,
keys that are empty.
"""

from __future__ import annotations

from collections.abc import Iterator

from expectations.check import Check, literal, no_rows, quoted
from expectations.landing_ledger import ledger_checks
from expectations.layout import Layout
from expectations.thresholds import LandingThresholds, Thresholds
from loaders.contracts.model import Column, Contract, load_contracts

PROVENANCE = ("_file_id", "_line_number", "_row_hash")
LINE_KEY = "concat('file ', _file_id, ' line ', _line_number)"


def suite(layout: Layout, thresholds: Thresholds) -> list[Check]:
    """The checks of the landing gate, derived from the contracts."""
    checks = list(ledger_checks(thresholds.landing))
    for contract in load_contracts():
        # A feed of which no file has ever arrived has no table yet; the ledger's checks
        # tell when one that should have come did not.
        if layout.has(f"landing.{contract.name}"):
            checks.extend(_contract_checks(contract, thresholds.landing))
    return checks


def _contract_checks(contract: Contract, limits: LandingThresholds) -> Iterator[Check]:
    table = f"landing.{contract.name}"
    yield Check(
        table=table,
        name="columns_as_promised",
        expectation="ExpectTableColumnsToMatchSet",
        severity="critical",
        zh=f"{contract.title.zh}：契约中的每一列都在，且可追溯到文件与行号",
        en=f"{contract.title.en}: every column of the contract, and where rows came from",
        look_at="the contract of the feed",
        arguments={
            "column_set": [*contract.column_names, *PROVENANCE],
            "exact_match": False,
        },
    )
    for name in PROVENANCE:
        yield Check(
            table=table,
            name=f"provenance_filled:{name}",
            expectation="ExpectColumnValuesToNotBeNull",
            severity="critical",
            zh="每一行都知道自己来自哪个文件、哪一行",
            en="Every row knows the file and line it came from",
            look_at="audit.file_ledger",
            arguments={"column": name},
            failing=f"select {LINE_KEY} as key from {table} where {name} is null",
        )
    yield _rows_as_in_ledger(table, contract)
    for name in contract.filled_key:
        yield _filled(table, contract.column(name), limits.key_filled.of(contract.feed))
    for column in contract.columns:
        if column.pii == "name" and column.standard == "person_name":
            share = limits.person_name_filled.of(contract.feed)
            yield _filled(table, column, share, what="name")
        if column.pii == "id_number" and column.standard == "id_number":
            yield _shaped(table, column, limits.id_number_shaped.of(contract.feed))


def _filled(table: str, column: Column, share: float, what: str = "key") -> Check:
    of_what = {"key": ("主键列", "Key"), "name": ("姓名列", "Name")}[what]
    return Check(
        table=table,
        name=f"{what}_filled:{column.name}",
        expectation="ExpectColumnValuesToNotBeNull",
        severity="critical",
        zh=f"{of_what[0]}「{column.zh}」至少 {share:.0%} 有值",
        en=f"{of_what[1]} column “{column.en}” is filled in at least {share:.0%} of rows",
        look_at=table,
        arguments={"column": column.name, "mostly": share},
        failing=f"select {LINE_KEY} as key from {table}"
        f" where {quoted(column.name)} is null",
    )


def _shaped(table: str, column: Column, share: float) -> Check:
    # No keys: damaged numbers are ordinary, a list of them would be long and say nothing.
    return Check(
        table=table,
        name=f"id_number_shaped:{column.name}",
        expectation="ExpectColumnValuesToMatchRegex",
        severity="warning",
        zh=f"已填的证件号码至少 {share:.0%} 含六位连续数字，即未被屏蔽或加密",
        en=f"At least {share:.0%} of the filled identity numbers hold six digits in a row: "
        "they are neither masked nor encrypted",
        look_at=table,
        arguments={
            "column": column.name,
            "regex": "[0-9][0-9][0-9][0-9][0-9][0-9]",
            "mostly": share,
        },
    )


def _rows_as_in_ledger(table: str, contract: Contract) -> Check:
    # Of a database that comes whole every day, the rows below the watermark are counted as
    # repeats and not stored once more.
    known = "0" if contract.delivery == "watermark" else "rows_duplicate"
    return no_rows(
        table,
        "rows_as_in_ledger",
        f"""
        with landed as (
            select file_id, rows_accepted + rows_superseded + {known} as least,
                   rows_accepted + rows_superseded + rows_duplicate as most
            from audit.file_ledger
            where feed = {literal(contract.feed)} and state in ('landed', 'replaced')
        ),
        stored as (
            select _file_id as file_id, count(*) as row_count
            from {{batch}} group by _file_id
        )
        select 'file ' || coalesce(landed.file_id, stored.file_id) as key
        from landed full join stored on landed.file_id = stored.file_id
        where coalesce(stored.row_count, 0)
            not between coalesce(landed.least, 0) and coalesce(landed.most, 0)
        """,
        severity="critical",
        zh=f"{contract.title.zh}：每个文件入库的行数等于台账所记",
        en=f"{contract.title.en}: as many rows of every file are stored as the ledger says",
        look_at="audit.file_ledger",
    )
