"""Names, links, pipes and manifests that are wrong; the file beside them lands."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import Engine, text

from loaders.landing.land import land
from loaders.landing.ledger import balanced
from tests.corpus.case import lines
from tests.corpus.feeds import CANARY, FEEDS
from tests.corpus.landed import listening, messages
from tests.landing.reading import more_contracts

FOLDER = "B_ZYY_HIS"
Put = Callable[[Path, str], None]
GOOD = "csv8_good.csv"


def _data(tag: str) -> bytes:
    return lines(tag, "H", 1, 2).encode()


def _line(name: str, data: bytes, rows: object = 2, end: str = "\n") -> bytes:
    return f"{name}\t{rows}\t{hashlib.md5(data).hexdigest()}{end}".encode()


class Folder(NamedTuple):
    """What lies in a folder of one day beside a good file, and what must be known of it."""

    kind: str
    put: Put
    # File name, state and reason of every ledger row but that of the good file.
    known: list[tuple[str, str, str | None]]
    good_lands: bool = True


def _file(folder: Path, tag: str, name: str | bytes, *manifest: bytes) -> None:
    path = os.fsencode(folder) + b"/" + os.fsencode(name)
    with open(path, "wb") as target:
        target.write(_data(tag))
    _say(folder, *manifest)


def _say(folder: Path, *manifest: bytes) -> None:
    with (folder / f"{FOLDER}_{folder.parent.name}.ok").open("ab") as ok:
        ok.writelines(manifest)


def _named(name: str | bytes, said: str | None = None) -> Put:
    def put(folder: Path, tag: str) -> None:
        _file(folder, tag, name, _line(said or str(name), _data(tag)))

    return put


def _said(*manifest: Callable[[str], bytes], name: str = "csv8_x.csv") -> Put:
    """A file and exactly these lines about it."""

    def put(folder: Path, tag: str) -> None:
        _file(folder, tag, name, *(line(tag) for line in manifest))

    return put


def _only_said(*manifest: bytes) -> Put:
    return lambda folder, _: _say(folder, *manifest)


def _made(make: Callable[[Path], object], name: str = "csv8_x.csv") -> Put:
    def put(folder: Path, tag: str) -> None:
        make(folder / name)
        _say(folder, _line(name, _data(tag)))

    return put


def _manifest(content: bytes | None, make: Callable[[Path], object] = Path.mkdir) -> Put:
    """The whole manifest, that of the good file included."""

    def put(folder: Path, _: str) -> None:
        path = folder / f"{FOLDER}_{folder.parent.name}.ok"
        path.unlink()
        if content is None:
            make(path)
        else:
            path.write_bytes(content)

    return put


def _socket(path: Path) -> None:
    # The address of a socket is short: it is made where it is.
    here = Path.cwd()
    os.chdir(path.parent)
    try:
        socket.socket(socket.AF_UNIX).bind(path.name)
    finally:
        os.chdir(here)


X = "csv8_x.csv"
NO_LINE = "the manifest has no line for it"
NOT_REGULAR = "not a regular file"
NO_CONTRACT = "no contract describes it"
MD5 = "md5 differs from the manifest: the file is not complete"
LANDED = [(X, "landed", None)]
REFUSED = [(X, "refused", NO_LINE)]
CASES = [
    Folder("a folder with the name of a file", _made(Path.mkdir),
           [(X, "refused", NOT_REGULAR)]),
    Folder("a link to a file outside", _made(lambda path: path.symlink_to("/etc/passwd")),
           [(X, "refused", NOT_REGULAR)]),
    Folder("a link to nothing", _made(lambda path: path.symlink_to("nowhere")),
           [(X, "refused", NOT_REGULAR)]),
    Folder("a link to itself", _made(lambda path: path.symlink_to(path.name)),
           [(X, "refused", NOT_REGULAR)]),
    Folder("a link to a folder", _made(lambda path: path.symlink_to("..")),
           [(X, "refused", NOT_REGULAR)]),
    Folder("a pipe that nobody writes to", _made(os.mkfifo), [(X, "refused", NOT_REGULAR)]),
    Folder("a socket", _made(_socket), [(X, "refused", NOT_REGULAR)]),
    Folder("a name with a line break", _named("csv8_a\nb.csv", "?"),
           [("?", "no_contract", NO_CONTRACT),
           ("csv8_a\\nb.csv", "no_contract", NO_CONTRACT)]),
    Folder("a name with an escape sequence", _named("csv8_\x1b[2J.csv"),
           [("csv8_\\x1b[2J.csv", "no_contract", NO_CONTRACT)]),
    Folder("a name that is not UTF-8", _named(b"csv8_\xd6\xd0.csv", "?"),
           [("?", "no_contract", NO_CONTRACT),
            ("csv8_\\udcd6\\udcd0.csv", "no_contract", NO_CONTRACT)]),
    Folder("a name with quotes and semicolons", _named("x'; drop table t; --.csv"),
           [("x'; drop table t; --.csv", "no_contract", NO_CONTRACT)]),
    Folder("a name of option and shell", _named("--help $(id) `id`.csv"),
           [("--help $(id) `id`.csv", "no_contract", NO_CONTRACT)]),
    Folder("a name with blanks around it", _named(" csv8_x.csv "),
           [(" csv8_x.csv ", "no_contract", NO_CONTRACT), (X, "missing",
            "named by the manifest, but not there")]),
    Folder("a file below a folder", lambda folder, tag: ((folder / "sub").mkdir(),
           _file(folder, tag, "sub/csv8_x.csv", _line("sub/csv8_x.csv", _data(tag))))[1],
           [("sub/csv8_x.csv", "no_contract", NO_CONTRACT)]),
    Folder("no line for the file", _said(), REFUSED),
    Folder("another digest", _said(lambda tag: _line(X, b"other")), [(X, "refused", MD5)]),
    Folder("no digest", _said(lambda tag: f"{X}\t2\t\n".encode()), [(X, "refused", MD5)]),
    Folder("a digest in capitals",
           _said(lambda tag: _line("?", _data(tag)).upper().replace(b"?", X.encode())),
           LANDED),
    Folder("line ends of Windows",
           _said(lambda tag: _line(X, _data(tag), end="\r\n")), LANDED),
    Folder("line ends of old Macs",
           _said(lambda tag: _line(X, _data(tag), end="\r")), LANDED),
    Folder("no line end", _said(lambda tag: _line(X, _data(tag), end="")), LANDED),
    Folder("blanks around the parts",
           _said(lambda tag: _line(f" {X} ", _data(tag), " 2 ", " \n")), LANDED),
    Folder("commas instead of TABs",
           _said(lambda tag: _line(X, _data(tag)).replace(b"\t", b",")), REFUSED),
    Folder("a part too many", _said(lambda tag: b"1\t" + _line(X, _data(tag))),
           REFUSED),
    Folder("a line that is cut", _said(lambda tag: _line(X, _data(tag))[:12]), REFUSED),
    Folder("a cut digest", _said(lambda tag: _line(X, _data(tag), end="")[:-5]),
           [(X, "refused", MD5)]),
    Folder("more rows than announced", _said(lambda tag: _line(X, _data(tag), 1)),
           [(X, "refused", "row count differs from manifest: 2 read, 1 announced")]),
    Folder("a negative count", _said(lambda tag: _line(X, _data(tag), -2)), REFUSED),
    Folder("a count with decimals",
           _said(lambda tag: _line(X, _data(tag), "2.0")), REFUSED),
    Folder("a count in wide digits",
           _said(lambda tag: _line(X, _data(tag), "２")), REFUSED),
    Folder("a count beyond all tables", _said(lambda tag: _line(X, _data(tag), 9 * 10**9)),
           REFUSED),
    Folder("a count of ten thousand digits",
           _said(lambda tag: _line(X, _data(tag), "9" * 10_000)), REFUSED),
    Folder("the same line twice",
           _said(lambda tag: _line(X, _data(tag)), lambda tag: _line(X, _data(tag))),
           LANDED),
    Folder("two lines, the last one right",
           _said(lambda tag: _line(X, b"other"), lambda tag: _line(X, _data(tag))), LANDED),
    Folder("two lines, the first one right",
           _said(lambda tag: _line(X, _data(tag)), lambda tag: _line(X, b"other")),
           [(X, "refused", MD5)]),
    Folder("a mark at the beginning of the line",
           _said(lambda tag: "\ufeff".encode() + _line(X, _data(tag))), REFUSED),
    Folder("a NUL in the line",
           _said(lambda tag: _line("csv8_\0.csv", _data(tag))), REFUSED),
    Folder("a path that leaves the folder", _only_said(
           _line("../../../csv8_x.csv", b""), _line("a/../../csv8_x.csv", b""),
           _line("/etc/csv8_x.csv", b""), _line("..\\csv8_x.csv", b"")), []),
    Folder("a name too long for any file",
           _only_said(_line("csv8_" + "x" * 4000, b"")), []),
    Folder("a file that is not there", _only_said(_line(X, b"")),
           [(X, "missing", "named by the manifest, but not there")]),
    Folder("no manifest at all", lambda folder, _: (
           folder / f"{FOLDER}_{folder.parent.name}.ok").unlink(), [], good_lands=False),
    Folder("an empty manifest", _manifest(b""), [], good_lands=False),
    Folder("a manifest of random bytes", _manifest(bytes(range(256)) * 9), [],
           good_lands=False),
    Folder("a manifest in UTF-16",
           _manifest(_line(GOOD, b"").decode().encode("utf-16")), [], good_lands=False),
    Folder("a manifest that is a zip", _manifest(b"PK\x03\x04" + b"\0" * 99), [],
           good_lands=False),
    Folder("a pipe instead of a manifest", _manifest(None, os.mkfifo), [],
           good_lands=False),
    Folder("a folder instead of a manifest", _manifest(None), [], good_lands=False),
]  # fmt: skip


class Known(NamedTuple):
    """The ledger of one delivery day, and everything that was said."""

    rows: list[tuple[str, str, str | None]]
    said: str


@pytest.fixture(scope="module")
def known(
    make_database: Callable[[], Engine], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Known]]:
    engine, root = make_database(), tmp_path_factory.mktemp("folders")
    days = {
        case.kind: f"2025{1 + n // 28:02}{1 + n % 28:02}" for n, case in enumerate(CASES)
    }
    with more_contracts(root, FEEDS["csv8"].contract):
        for case in CASES:
            folder = root / "deliveries" / days[case.kind] / FOLDER
            folder.mkdir(parents=True)
            good = _data(f"good beside {case.kind}")
            (folder / GOOD).write_bytes(good)
            _say(folder, _line(GOOD, good))
            case.put(folder, case.kind)
        with listening() as said:
            land(engine, root / "deliveries", None, None, 1, said.append)
        assert balanced(engine) == []
    query = """
        select to_char(delivery_date, 'YYYYMMDD') as day, file_name, state, state_reason
        from audit.file_ledger order by 1, 2
    """
    with engine.connect() as connection:
        found = connection.execute(text(query)).all()
    text_said = "\n".join([*said, *messages(engine)])
    yield {
        kind: Known([(r[1], r[2], r[3]) for r in found if r[0] == day], text_said)
        for kind, day in days.items()
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_a_bad_folder(case: Folder, known: dict[str, Known]) -> None:
    rows = known[case.kind].rows
    good = (GOOD, "landed", None) if case.good_lands else (GOOD, "refused", NO_LINE)
    assert sorted(rows) == sorted([good, *case.known])
    assert CANARY not in known[case.kind].said
    assert "\x1b" not in known[case.kind].said


def test_what_cannot_be_read_now_is_read_later(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also by root, whom permissions do not stop: the disk says no in its place."""
    folder = tmp_path / "deliveries" / "20250101" / FOLDER
    folder.mkdir(parents=True)
    for name in (X, GOOD):
        _file(folder, name, name, _line(name, _data(name)))

    def states() -> list[tuple[str, str, str | None]]:
        land(engine, tmp_path / "deliveries", None, None, 1, lambda _: None)
        with engine.connect() as connection:
            query = "select file_name, state, state_reason from audit.file_ledger"
            return sorted(map(tuple, connection.execute(text(query))))

    opened = Path.open

    def refuses(path: Path, *args: object, **more: object) -> object:
        if path.name == X:
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *args, **more)  # type: ignore[call-overload]

    said = "the file cannot be read: Permission denied"
    with more_contracts(tmp_path, FEEDS["csv8"].contract):
        with monkeypatch.context() as patch:
            patch.setattr(Path, "open", refuses)
            assert states() == [(GOOD, "landed", None), (X, "refused", said)]
        assert states() == [
            (GOOD, "landed", None),
            (X, "landed", None),
            (X, "refused", said),
        ]
