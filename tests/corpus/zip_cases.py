"""Zips that are wrong, and zips that want to do harm."""

from __future__ import annotations

import hashlib
import io
import stat
import struct
import warnings
import zipfile
from collections.abc import Iterator, Mapping

from tests.corpus.case import Case, lines
from tests.landing.test_landing_zips import CENTRAL, LOCAL, put

MEMBER = "T_1.csv"
OTHER = "T_2.csv"
Members = Mapping[str, bytes]


def cases() -> Iterator[Case]:
    """All of them."""
    yield from _broken()
    yield from _harmful()
    yield from _members()
    yield from _manifests()


def _table(tag: str, *numbers: int) -> bytes:
    return lines(tag, "H", *numbers).encode("gb18030")


def _zip(members: Members, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as made:
        for name, data in members.items():
            made.writestr(zipfile.ZipInfo(name), data, method)
    return stream.getvalue()


def _line(data: bytes, rows: int = 2) -> tuple[int, str]:
    return rows, hashlib.md5(data).hexdigest()


def _case(kind: str, data: bytes, announced: int = 1, **more: object) -> Case:
    table = _table(kind, 1, 2)
    settings = {"members": {MEMBER: _line(table)}, "rows_have_bytes": False} | more
    return Case("zip", kind, data, announced, **settings)  # type: ignore[arg-type]


def _bad(kind: str, data: bytes, reason: str, **more: object) -> Case:
    return _case(kind, data, state="refused", reason=reason, **more)


def _broken() -> Iterator[Case]:
    unreadable = "the file is not a readable zip"
    member = "the member of the zip cannot be read to its end"

    def whole(kind: str) -> bytes:
        return _zip({MEMBER: _table(kind, 1, 2)})

    kind = "cut inside the first header"
    yield _bad(kind, whole(kind)[:20], unreadable, mess="M29")
    kind = "cut inside the member"
    yield _bad(kind, whole(kind)[:60], unreadable, mess="M29")
    kind = "cut before the directory"
    data = whole(kind)
    yield _bad(kind, data[: data.index(CENTRAL)], unreadable, mess="M29")
    kind = "cut inside the directory"
    yield _bad(kind, data[: data.index(CENTRAL) + 30], unreadable, mess="M29")
    kind = "the last byte is missing"
    yield _bad(kind, whole(kind)[:-1], unreadable, mess="M29")
    yield _bad("an empty file", b"", unreadable, has_rows=False, mess="M29")
    yield _bad("one byte", b"P", unreadable, has_rows=False, mess="M29")
    kind = "a table under the name of a zip"
    yield _bad(kind, _table(kind, 1, 2), unreadable)
    kind = "the checksum of the member is wrong"
    yield _bad(kind, put(whole(kind), CENTRAL, 16, b"\x00\x01\x02\x03"), member, mess="M29")
    kind = "one byte of the member is wrong"
    data = _zip({MEMBER: _table(kind, 1, 2)}, zipfile.ZIP_STORED)
    at = data.index(b"1.50")
    yield _bad(kind, data[:at] + b"9" + data[at + 1 :], member, mess="M29")
    kind = "the packed bytes are nonsense"
    data = whole(kind)
    at = data.index(MEMBER.encode()) + len(MEMBER)
    yield _bad(kind, data[:at] + b"\xff" * 20 + data[at + 20 :], member, mess="M29")
    kind = "the directory points outside"
    yield _bad(kind, put(whole(kind), CENTRAL, 42, struct.pack("<I", 1 << 30)),
               f"({member}|{unreadable})")  # fmt: skip
    kind = "names in directory and header differ"
    data = whole(kind)
    at = data.index(MEMBER.encode())
    yield _bad(kind, data[:at] + b"X_1.csv" + data[at + 7 :], member)
    kind = "text before and after the zip"
    yield _case(kind, b"#!/bin/sh\n" + whole(kind), state="landed", stored=(1, 2))


def _harmful() -> Iterator[Case]:
    for kind, name in (
        ("a path that leaves the folder", "../T_1.csv"),
        ("a path that leaves the folder further in", "a/../../T_1.csv"),
        ("a path of Windows that leaves the folder", "..\\..\\T_1.csv"),
        ("an absolute path", "/etc/T_1.csv"),
        ("an absolute path of Windows", "C:\\T_1.csv"),
        ("a stream of NTFS", "T_1.csv:x"),
    ):
        table = _table(kind, 1, 2)
        yield _bad(
            kind, _zip({MEMBER: table, name: b"x"}),
            "the zip holds a member whose name leaves its folder", announced=1,
        )  # fmt: skip
    for kind, name in (
        ("a line break in a name", "T_1\n.csv"),
        ("an escape sequence in a name", "T_\x1b[2J.csv"),
        ("a name that is turned around", "T_\u202evsc.exe"),
    ):
        yield _bad(kind, _zip({MEMBER: _table(kind, 1, 2), name: b"x"}),
                   "the zip holds a member whose name has control characters")  # fmt: skip
    kind = "two members of one name"
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w") as made:
        warnings.simplefilter("ignore")
        made.writestr(MEMBER, _table(kind, 1, 2))
        made.writestr(MEMBER, _table(kind, 3))
    yield _bad(kind, stream.getvalue(), "the zip holds two members of one name")
    kind = "an encrypted member"
    yield _bad(kind, put(_zip({MEMBER: _table(kind, 1, 2)}), CENTRAL, 8, b"\x01"),
               "the zip holds an encrypted member")  # fmt: skip
    kind = "a link instead of a member"
    link = zipfile.ZipInfo(OTHER)
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr(MEMBER, _table(kind, 1, 2))
        made.writestr(link, "/etc/passwd")
    yield _bad(kind, stream.getvalue(), "the zip holds a link instead of a file")
    kind = "an unknown method of packing"
    yield _bad(kind, put(_zip({MEMBER: _table(kind, 1, 2)}), CENTRAL, 10, b"\x63\x00"),
               "the zip holds a member packed by the unknown method 99")  # fmt: skip
    kind = "a bomb by its ratio"
    bomb = _zip({MEMBER: _table(kind, 1, 2), OTHER: b"0" * (70 << 20)})
    yield _bad(kind, bomb, r"the zip holds a member that unpacks to \d+ times its size")
    kind = "a bomb by its sum"
    large = {f"x{n}": b"x" for n in range(17)}
    data = _zip({MEMBER: _table(kind, 1, 2)} | large, zipfile.ZIP_STORED)
    for name in large:
        at = data.rindex(CENTRAL, 0, data.rindex(name.encode()))
        sizes = struct.pack("<II", (1 << 32) - 2, (1 << 32) - 2)
        data = data[: at + 20] + sizes + data[at + 28 :]
    yield _bad(kind, data, r"the zip would unpack to \d+ bytes: more than \d+")
    kind = "a member that declares less than it holds"
    data = put(_zip({MEMBER: _table(kind, 1, 2)}), CENTRAL, 24, struct.pack("<I", 10))
    yield _bad(kind, put(data, LOCAL, 22, struct.pack("<I", 10)),
               "the member of the zip cannot be read to its end")  # fmt: skip
    kind = "a member that declares more than it holds"
    data = put(_zip({MEMBER: _table(kind, 1, 2)}), CENTRAL, 24, struct.pack("<I", 10_000))
    # No more comes than is there; digest and checksum are those of the whole.
    yield _case(kind, data, stored=(1, 2))
    kind = "members that lie over one another"
    data = _zip({MEMBER: _table(kind, 1, 2), OTHER: _table(kind, 3)}, zipfile.ZIP_STORED)
    last = data.rindex(CENTRAL)
    data = data[: last + 42] + struct.pack("<I", 0) + data[last + 46 :]
    yield _case(
        kind, data, 2, members={MEMBER: _line(_table(kind, 1, 2)), OTHER: _line(b"", 1)},
        state="landed+refused", stored=(1, 2),
        reason="the member of the zip cannot be read to its end",
    )  # fmt: skip
    kind = "too many members"
    data = _zip({MEMBER: _table(kind, 1, 2)} | {f"x{n}": b"" for n in range(10_000)},
                zipfile.ZIP_STORED)  # fmt: skip
    yield _bad(kind, data, "the zip holds 10001 members")


def _members() -> Iterator[Case]:
    kind = "an empty zip"
    yield _case(
        kind, _zip({}), state="missing", has_rows=False,
        reason="named by the manifest, but not in the zip", mess="M29",
    )  # fmt: skip
    kind = "only a folder"
    yield _case(
        kind, _zip({"T_1.csv/": b""}), state="missing", has_rows=False,
        reason="named by the manifest, but not in the zip",
    )  # fmt: skip
    kind = "the wrong member"
    yield _case(
        kind, _zip({"readme.txt": _table(kind, 1, 2)}), state="missing",
        reason="named by the manifest, but not in the zip",
    )  # fmt: skip
    kind = "a zip in the zip"
    inner = _zip({MEMBER: _table(kind, 1, 2)})
    yield _case(
        kind, _zip({"inner.zip": inner}), state="missing",
        reason="named by the manifest, but not in the zip",
    )  # fmt: skip
    kind = "the zip itself as its member"
    table = _table(kind, 1, 2)
    yield _case(
        kind, _zip({MEMBER: _zip({MEMBER: table})}),
        members={MEMBER: _line(_zip({MEMBER: table}))}, state="refused",
        reason=".*(header|missing).*",
    )  # fmt: skip
    kind = "a good member beside an empty one"
    table = _table(kind, 1, 2)
    yield _case(
        kind, _zip({MEMBER: table, OTHER: b""}), 2,
        members={MEMBER: _line(table), OTHER: _line(b"", 0)}, state="landed+refused",
        stored=(1, 2), reason="the file has no header line",
    )  # fmt: skip
    kind = "rejects inside a member"
    table = lines(kind, "H", 1, "2,@", 3).encode("gb18030")
    yield _case(
        kind, _zip({MEMBER: table}), members={MEMBER: _line(table, 3)}, stored=(1, 3),
        rejects=[(3, "too_few_fields")],
    )  # fmt: skip
    kind = "a member below a folder"
    table = _table(kind, 1, 2)
    yield _case(
        kind, _zip({f"a/{MEMBER}": table}), state="missing",
        reason="named by the manifest, but not in the zip",
    )  # fmt: skip
    for method, name in ((zipfile.ZIP_BZIP2, "bzip2"), (zipfile.ZIP_LZMA, "lzma")):
        kind = f"packed by {name}"
        yield _case(kind, _zip({MEMBER: _table(kind, 1, 2)}, method), stored=(1, 2))
        kind = f"packed by {name} and cut in the middle of its bytes"
        data = _zip({MEMBER: _table(kind, 1, 2)}, method)
        at = data.index(MEMBER.encode()) + len(MEMBER) + 20
        yield _bad(
            kind,
            data[:at] + b"\xff" * 8 + data[at + 8 :],
            "the member of the zip cannot be read to its end",
            mess="M29",
        )


def _manifests() -> Iterator[Case]:
    kind = "a member that the manifest does not name"
    table = _table(kind, 1, 2)
    yield _case(
        kind, _zip({MEMBER: table, OTHER: _table(kind, 3)}), state="landed+refused",
        stored=(1, 2), reason="the manifest has no line for it",
    )  # fmt: skip
    kind = "the manifest lists less than it says"
    yield _bad(kind, _zip({MEMBER: _table(kind, 1, 2)}),
               "the manifest announces 2 tables and lists 1", announced=2)  # fmt: skip
    kind = "another digest of the member"
    yield _bad(kind, _zip({MEMBER: _table(kind, 1, 2)}),
               "md5 of the member differs from the manifest",
               members={MEMBER: _line(b"other")}, mess="M29")  # fmt: skip
    kind = "another digest of the zip"
    table = _table(kind, 1, 2)
    yield _bad(kind, _zip({MEMBER: table}),
               "md5 differs from the manifest: the file is not complete",
               members={"": (1, "0" * 32), MEMBER: _line(table)}, mess="M29")  # fmt: skip
    kind = "more rows than announced"
    yield _bad(kind, _zip({MEMBER: _table(kind, 1, 2)}),
               "row count differs from manifest: 2 read, 1 announced",
               members={MEMBER: _line(_table(kind, 1, 2), 1)}, mess="M59")  # fmt: skip
    kind = "three rows in a hundred"
    yield _bad(kind, _zip({MEMBER: _table(kind, 1, 2)}),
               "row count differs from manifest: 2 read, 100 announced",
               members={MEMBER: _line(_table(kind, 1, 2), 100)}, mess="M59")  # fmt: skip
