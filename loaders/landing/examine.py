"""Is a delivered file whole, and which tables does it hold?

Goes in: a file with what its manifest says. Comes out: one finding per table. A file that
the manifest does not describe exactly is refused with all its tables.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

from loaders.contracts.model import Contract, load_contracts
from loaders.landing.delivered import DeliveredFile, DeliveredTable, Finding, State
from loaders.landing.digests import MD5_DIFFERS, digests_of
from loaders.landing.manifest import NO_DIGEST, ManifestLine
from loaders.landing.naming import Naming, read_name
from loaders.landing.readers.archive import BROKEN_ZIP, safe_members
from loaders.landing.readers.database import open_database, table_names
from loaders.landing.readers.opening import open_bytes
from loaders.landing.refusal import FileRefusedError

# Bytes from which on a file is compared with its manifest while it is loaded.
LARGE = 1 << 25
NO_CONTRACT = "no contract describes it"
CUT_MEMBER = "the member of the zip cannot be read to its end"


def examine(file: DeliveredFile) -> list[Finding]:
    """The findings on one file; findings without a state can be loaded.

    Raises: OSError when the file cannot be read now.
    """
    contracts = _contracts_of(file)
    whole = file.manifest.whole
    if not contracts:
        table = DeliveredTable(file, rows_manifest=whole.rows if whole else None)
        return [Finding(table, "no_contract", NO_CONTRACT)]
    if not os.path.lexists(file.path):
        return _all(file, contracts, "missing", "named by the manifest, but not there")
    if file.path.is_symlink() or not file.path.is_file():
        # A link could show any file of this machine; a pipe would never end.
        return _all(file, contracts, "refused", "not a regular file")
    is_md5_due = _is_one_large_table(file, contracts[0])
    with file.path.open("rb") as stream:
        md5, sha256, size = digests_of(stream, with_md5=not is_md5_due)
    known = {"sha256": sha256, "byte_count": size}
    try:
        _compare(file, md5)
        if contracts[0].member_pattern is not None:
            return list(_members(file, contracts))
        if contracts[0].format == "database":
            return list(_tables(file, contracts, sha256, size))
    except FileRefusedError as refusal:
        return _all(file, contracts, "refused", refusal.reason, **known)
    rows = whole.rows if whole else None
    table = DeliveredTable(
        file, "", contracts[0], None, sha256, size, rows, is_md5_due=is_md5_due
    )
    return [_named(table)]


def unreadable(file: DeliveredFile, error: OSError) -> list[Finding]:
    """The findings on a file that cannot be read now, and may be another time."""
    return _all(file, _contracts_of(file), "refused", cannot_be_read(error))


def cannot_be_read(error: OSError) -> str:
    """The reason for a table that the machine does not give out."""
    return f"the file cannot be read: {error.strerror or type(error).__name__}"


def _contracts_of(file: DeliveredFile) -> list[Contract]:
    return [
        contract
        for contract in load_contracts()
        if contract.system == file.system.system
        and contract.file_pattern.fullmatch(file.name)
    ]


def _is_one_large_table(file: DeliveredFile, contract: Contract) -> bool:
    """Whether it saves time to leave the comparison of md5 to those who load the table."""
    if contract.member_pattern is not None or contract.format == "database":
        return False
    return file.path.stat().st_size >= LARGE


def _compare(file: DeliveredFile, md5: str | None) -> None:
    whole, tables = file.manifest.whole, file.manifest.tables
    if whole is None:
        raise FileRefusedError("the manifest has no line for it")
    if md5 is not None and whole.md5 != md5:
        raise FileRefusedError(MD5_DIFFERS)
    if tables is not None and len(tables) != whole.rows:
        raise FileRefusedError(
            f"the manifest announces {whole.rows} tables and lists {len(tables)}"
        )


def _all(
    file: DeliveredFile,
    contracts: list[Contract],
    state: State,
    reason: str,
    **known: object,
) -> list[Finding]:
    """One finding per table that the manifest or, failing that, the contracts expect."""
    lines = file.manifest.tables
    if lines is None:
        only = contracts[0] if len(contracts) == 1 else None
        whole = file.manifest.whole
        table = DeliveredTable(
            file, "", only, None, rows_manifest=whole.rows if whole else None
        )
        return [_judged(replace(table, **known), state, reason)]  # type: ignore[arg-type]
    findings = []
    for line in lines.values():
        contract = _contract_of(file, contracts, line.name)
        table = DeliveredTable(file, line.name, contract, None, rows_manifest=line.rows)
        table = replace(table, **known)  # type: ignore[arg-type]
        findings.append(_judged(table, state, reason))
    return findings


def _members(file: DeliveredFile, contracts: list[Contract]) -> Iterator[Finding]:
    sizes = safe_members(file.path)
    lines = file.manifest.tables
    matched = [name for name in sizes if _contract_of(file, contracts, name)]
    if lines is None and len(matched) != 1:
        raise FileRefusedError(
            f"{len(matched)} members are tables of a contract where one is announced"
        )
    for name, size in sizes.items():
        line = lines.get(name) if lines is not None else None
        rows = line.rows if line else None
        contract = _contract_of(file, contracts, name)
        table = DeliveredTable(file, name, contract, None, None, size, rows)
        if contract is None:
            yield Finding(table, "no_contract", NO_CONTRACT)
        elif lines is None and file.manifest.whole is not None:
            yield _digested(replace(table, rows_manifest=file.manifest.whole.rows), None)
        elif line is None:
            yield _judged(table, "refused", "the manifest has no line for it")
        else:
            yield _digested(table, line)
    for line in (lines or {}).values():
        if line.name not in sizes:
            contract = _contract_of(file, contracts, line.name)
            table = DeliveredTable(file, line.name, contract, rows_manifest=line.rows)
            yield _judged(table, "missing", "named by the manifest, but not in the zip")


def _digested(table: DeliveredTable, line: ManifestLine | None) -> Finding:
    """A member with its digests; reading it to its end also proves its CRC."""
    try:
        with open_bytes(table.file.path, table.member_name) as stream:
            md5, sha256, size = digests_of(stream)
    except BROKEN_ZIP:
        return _judged(table, "refused", CUT_MEMBER)
    except OSError as error:
        # Nonsense that should be bzip2 is no error of the disk.
        if error.errno is not None:
            raise
        return _judged(table, "refused", CUT_MEMBER)
    table = replace(table, sha256=sha256, byte_count=size)
    if line is not None and line.md5 not in (NO_DIGEST, md5):
        return _judged(table, "refused", "md5 of the member differs from the manifest")
    return _named(table)


def _tables(
    file: DeliveredFile, contracts: list[Contract], sha256: str, size: int
) -> Iterator[Finding]:
    lines = file.manifest.tables or {}
    with open_database(file.path) as database:
        present = table_names(database)
    for name in sorted({*lines, *(c.table for c in contracts if c.table in present)}):
        line = lines.get(name)
        contract = _contract_of(file, contracts, name)
        rows = line.rows if line else None
        table = DeliveredTable(file, name, contract, None, sha256, size, rows)
        if name not in present:
            yield _judged(
                table, "missing", "named by the manifest, but not in the database"
            )
        elif contract is None:
            yield Finding(table, "no_contract", NO_CONTRACT)
        elif line is None:
            yield _judged(table, "refused", "the manifest has no line for it")
        else:
            yield _named(table)


def _contract_of(
    file: DeliveredFile, contracts: list[Contract], name: str
) -> Contract | None:
    for contract in contracts:
        pattern = contract.member_pattern
        if pattern.fullmatch(name) if pattern else contract.table == name:
            return contract
    return None


def _named(table: DeliveredTable) -> Finding:
    """A table that can be loaded, unless its name carries no real day."""
    try:
        return Finding(replace(table, naming=_naming(table)))
    except FileRefusedError as refusal:
        return Finding(table, "refused", refusal.reason)


def _judged(table: DeliveredTable, state: State, reason: str) -> Finding:
    if table.contract is None and table.member_name:
        return Finding(table, "no_contract", f"{NO_CONTRACT}; {reason}")
    if table.contract is None:
        # A file of several tables about which nothing can be said one by one.
        return Finding(table, state, reason)
    found = _named(table)
    return Finding(found.table, state, reason)


def _naming(table: DeliveredTable) -> Naming | None:
    contract, file = table.contract, table.file
    if contract is None:
        return None
    name = read_name(contract, file.name, table.member_name, file.delivered_on)
    if name is None or contract.delivery != "watermark":
        return name
    # Each copy of a database is a state of its own and adds to what is known.
    return replace(name, slot=table.sha256 or "")
