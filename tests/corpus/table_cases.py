"""dBase tables and SQLite databases that are wrong."""

from __future__ import annotations

import hashlib
import sqlite3
import struct
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.corpus.case import Case, refused
from tests.corpus.feeds import CANARY, NAMES, good
from tests.landing.test_landing_dbf import Fields, dbf, record

FIELDS: Fields = [("k", "C", 8), ("name", "C", 20), ("note", "C", 200), ("amount", "N", 9)]
LENGTH = 1 + 8 + 20 + 200 + 9


def cases() -> Iterator[Case]:
    """All of them."""
    yield from _dbf()
    yield from _sqlite()


def _record(number: int, tag: str, **given: str) -> bytes:
    return record(*(good(number, tag) | given).values(), fields=FIELDS)


def _dbf() -> Iterator[Case]:
    def table(kind: str, records: list[bytes], announced: int, **more: object) -> Case:
        return Case("dbf", kind, dbf(records, FIELDS), announced, **more)  # type: ignore[arg-type]

    def bad(kind: str, data: bytes, reason: str, **more: object) -> Case:
        return refused("dbf", kind, data, 2, reason, **more)

    two = [_record(1, "dbf"), _record(2, "dbf")]
    whole = dbf(two, FIELDS)
    start = 33 + 32 * len(FIELDS)
    yield bad("an empty file", b"", "the file is too short to be a dBase table",
              has_rows=False)  # fmt: skip
    yield bad("one byte", b"\x03", "the file is too short to be a dBase table",
              has_rows=False)  # fmt: skip
    yield bad("a header that is cut", whole[:70],
              "truncated: the dBase header is not complete", has_rows=False,
              mess="M29")  # fmt: skip
    yield bad(
        "a record that is cut",
        whole[: start + LENGTH + 60],
        "truncated: the header announces 2 records, 1 are there",
        mess="M29",
    )
    yield bad(
        "a record count too large",
        dbf(two, FIELDS, count=9),
        "truncated: the header announces 9 records, 2 are there",
        mess="M29",
    )
    yield bad(
        "a record count beyond all sense",
        dbf(two, FIELDS, count=2**32 - 1),
        "truncated: the header announces 4294967295 records, 2 are there",
    )
    yield bad("a record count too small", dbf(two, FIELDS, count=1),
              "more bytes than the header announces records for")  # fmt: skip
    yield bad("one byte lost in a record", whole[: start + 50] + whole[start + 51 :],
              ".*(bytes are lost|truncated).*", mess="M29")  # fmt: skip
    yield bad("a memo field", dbf([b" " * 11], [("k", "M", 10)]),
              "dBase field 1 keeps its text in a memo file", has_rows=False)  # fmt: skip
    yield bad("a table with a memo file", dbf(two, FIELDS, version=0x83),
              "the dBase table keeps texts in a memo file")  # fmt: skip
    yield bad("another version", dbf(two, FIELDS, version=0x43),
              r"not a dBase III table \(its first byte is 0x43\)")  # fmt: skip
    yield bad("a text under the name of a table", f"k,name\r\n1,{CANARY}\r\n".encode() * 9,
              "not a dBase III table .*")  # fmt: skip
    yield bad(
        "fields longer than the record",
        struct.pack("<BBBBIHH", 3, 1, 1, 1, 2, start, 5) + whole[12:],
        "the dBase header contradicts itself: .*",
    )
    yield bad("a list of fields without end", whole[:8] + b"\x21\x00" + whole[10:],
              "the list of fields in the dBase header has no end")  # fmt: skip
    yield bad(
        "a required column missing",
        dbf(
            [record("1", CANARY, fields=FIELDS[:1] + FIELDS[2:3])], FIELDS[:1] + FIELDS[2:3]
        ),
        "columns missing: name",
        mess="M60",
    )
    yield bad("a column twice", dbf(two, [*FIELDS[:3], ("note", "N", 9)]),
              "the header names columns twice: 3, 4")  # fmt: skip
    live = _record(3, "all deleted")
    yield table("all records deleted", [b"*" + live[1:]] * 2, 0)
    yield table("no record", [], 0, has_rows=False)
    yield table(
        "half a character fills a field",
        [_record(1, "h"), _cut_character(), _record(3, "h")],
        3,
        stored=(1, 3),
        rejects=[(2, "undecodable")],
        mess="M32",
    )
    yield table(
        "bytes of another encoding",
        [_record(1, "e"), _record(2, "e").replace(CANARY.encode("gb18030"), b"\xff" * 8)],
        2, stored=(1,), rejects=[(2, "undecodable")], mess="M32",
    )  # fmt: skip
    yield table(
        "NUL bytes instead of blanks", [_record(1, "n"), _record(2, "n", note="a\0\0b")], 2,
        stored=(1,), rejects=[(2, "nul_byte")],
    )  # fmt: skip
    yield table(
        "records without a key", [_record(1, "k"), _record(2, "k", k="")], 2, stored=(1,),
        rejects=[(2, "key_missing")],
    )  # fmt: skip
    yield table(
        "numbers that are none", [_record(1, "x", amount="1,2 abc"), _record(2, "x")], 2,
        stored=(1, 2),
    )  # fmt: skip
    yield table(
        "delimiters breaks and marks of COPY", [_record(1, "d", note='a,"b|\t\\N\r\nc')], 1,
        stored=(1,), notes={"1": 'a,"b|\t\\N\r\nc'}, mess="M28",
    )  # fmt: skip


def _cut_character() -> bytes:
    note = ("长" * 100).encode("gb18030")[:199] + b" "
    return b" " + b"2".ljust(8) + CANARY.encode("gb18030").ljust(20) + note + b" " * 9


Fill = Callable[[sqlite3.Connection], object]
STAMPED = (*NAMES, "stamp")
TABLE = f"create table T ({', '.join(STAMPED)})"
INSERT = "insert into T values (?, ?, ?, ?, ?)"
NUMBERED = f"insert into T ({', '.join(STAMPED)}, rowid) values (?, ?, ?, ?, ?, ?)"
MISSING = "named by the manifest, but not in the database"


def _values(number: int, tag: str) -> tuple[object, ...]:
    return (*good(number, tag).values(), f"2024-12-0{number} 08:00:00")


def _database(fill: Fill) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.db"
        database = sqlite3.connect(path)
        database.text_factory = bytes
        fill(database)
        database.commit()
        database.close()
        return path.read_bytes()


def _rows(*rows: tuple[object, ...], table: str = TABLE) -> Fill:
    def fill(database: sqlite3.Connection) -> None:
        database.execute(table)
        database.executemany(INSERT, rows)

    return fill


def _sqlite() -> Iterator[Case]:
    def base(kind: str, data: bytes, announced: int, **more: object) -> Case:
        more = {"members": {"T": (announced, "-")}, "rows_have_bytes": False} | more
        return Case("sqlite", kind, data, announced, **more)  # type: ignore[arg-type]

    def bad(
        kind: str, data: bytes, reason: str, announced: int = 2, **more: object
    ) -> Case:
        return base(kind, data, announced, state="refused", reason=reason, **more)

    two = [_values(1, "sqlite"), _values(2, "sqlite")]
    whole = _database(_rows(*two))
    unreadable = "the file is not a readable SQLite database"
    yield base("a good database", whole, 2, stored=(1, 2))
    yield bad("cut to half", whole[: len(whole) // 2], unreadable, mess="M29")
    yield bad(
        "cut inside the first page", whole[:300], unreadable, has_rows=False, mess="M29"
    )
    yield bad("not a database", f"k,name\n1,{CANARY}\n".encode() * 99, unreadable)
    yield base("one byte", b"S", 2, state="missing", reason=MISSING, has_rows=False)
    yield bad("zeros after the first page", whole[:4096] + bytes(len(whole) - 4096),
              unreadable, has_rows=False)  # fmt: skip
    yield base("an empty file", b"", 2, state="missing", reason=MISSING, has_rows=False)

    def other(database: sqlite3.Connection) -> None:
        database.execute(f"create table X ({', '.join(STAMPED)})")
        database.executemany(INSERT.replace("T", "X"), two)

    yield base("the table is missing", _database(other), 2, state="missing", reason=MISSING)
    short = "create table T (k, note, amount, stamp)"
    yield bad(
        "a required column missing",
        _database(lambda d: (d.execute(short), d.execute(
            "insert into T values (1, ?, 2, 3)", (CANARY,)))),
        "columns missing: name", 1, mess="M60",
    )  # fmt: skip
    bare = "create table T (k, name)"
    yield bad(
        "the watermark missing",
        _database(lambda d: (d.execute(bare), d.execute(
            "insert into T values (1, ?)", (CANARY,)))),
        "columns missing: stamp", 1, mess="M60",
    )  # fmt: skip

    def view(database: sqlite3.Connection) -> None:
        other(database)
        database.execute("create view T as select * from X")

    yield base("a view instead of the table", _database(view), 2, stored=(1, 2))
    keyed = f"create table T (k primary key, {', '.join(STAMPED[1:])}) without rowid"
    yield base("a table without row numbers", _database(_rows(*two, table=keyed)), 2,
               stored=(1, 2))  # fmt: skip

    def numbers(database: sqlite3.Connection) -> None:
        database.execute(TABLE)
        for number, row in zip((-5_000_000_000, 7), two, strict=True):
            database.execute(NUMBERED, (*row, number))

    yield base("row numbers below all others", _database(numbers), 2, stored=(1, 2))

    def large(database: sqlite3.Connection) -> None:
        database.execute(TABLE)
        for number, row in zip((3, 2**62), two, strict=True):
            database.execute(NUMBERED, (*row, number))

    yield base("row numbers above all others", _database(large), 2, stored=(1, 2))
    chaos = [
        (1, CANARY, 1.5, "x", "2024-12-01"),
        (2.0, CANARY, None, -1, 20241201),
        ("3", CANARY, float("inf"), b"1.5", None),
        (b"4", CANARY, 2**62, "1", 1.5),
        (True, CANARY, 1e300, "", b"\x32"),
    ]
    yield base(
        "values of all types in all columns", _database(_rows(*chaos)), 5,
        stored=("1", "2", "3", "4", "1"), notes={"3": "Infinity"},
    )  # fmt: skip

    def bytes_in_text(database: sqlite3.Connection) -> None:
        _rows(*two)(database)
        database.execute(
            "insert into T values (3, cast(? as text), cast(x'c3ff' as text), 1, 2)",
            (CANARY,),
        )

    yield base(
        "text that is not UTF-8", _database(bytes_in_text), 3, stored=(1, 2),
        rejects=[(3, "undecodable")], mess="M32",
    )  # fmt: skip
    yield base(
        "a blob that is no text", _database(_rows(*two, (3, CANARY, b"\xff\xfe", 1, 2))), 3,
        stored=(1, 2), rejects=[(3, "undecodable")], mess="M32",
    )  # fmt: skip
    yield base(
        "NUL in a text", _database(_rows(*two, (3, f"{CANARY}\0x", "", 1, 2))), 3,
        stored=(1, 2), rejects=[(3, "nul_byte")],
    )  # fmt: skip
    yield base(
        "rows without a key", _database(_rows(*two, (None, CANARY, "", 1, 2))), 3,
        stored=(1, 2), rejects=[(3, "key_missing")],
    )  # fmt: skip
    odd = 'create table T (k, name, note, amount, stamp, "a""b:c; drop table T; --")'
    yield base(
        "a column named like an injection",
        _database(lambda d: (d.execute(odd), d.execute(
            "insert into T values (1, ?, 2, 3, 4, 5)", (CANARY,)))),
        1, stored=(1,),
    )  # fmt: skip
    yield bad(
        "a column whose name is not UTF-8", _named_in_bytes(),
        "the name of column 4 is not in UTF-8", 1,
    )  # fmt: skip
    yield bad(
        "rows that the manifest does not announce",
        whole,
        "row count differs from manifest: 2 read, 5 announced",
        5,
        mess="M59",
    )
    yield base("no rows", _database(_rows()), 0, has_rows=False)
    yield bad(
        "the manifest has no line for the table",
        _database(_rows(_values(1, "line"))),
        "the manifest has no line for it",
        0,
        members={},
    )
    yield bad("another digest", _database(_rows(_values(1, "md5"))),
              "md5 differs from the manifest: the file is not complete",
              members={"": (1, hashlib.md5(b"other").hexdigest()), "T": (1, "-")},
              announced=1)  # fmt: skip


def _named_in_bytes() -> bytes:
    table = "create table T (k, name, stamp, zzzz)"
    data = _database(lambda d: (d.execute(table), d.execute(
        "insert into T values (1, ?, 2, 3)", (CANARY,))))  # fmt: skip
    return data.replace(b"zzzz", b"zz\xff\xfe")
