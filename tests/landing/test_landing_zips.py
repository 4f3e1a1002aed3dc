"""Zips from outside: judged by their directory, and never read further than it says."""

from __future__ import annotations

import hashlib
import io
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from loaders.landing.readers import archive
from loaders.landing.readers.archive import safe_members
from loaders.landing.readers.opening import open_table
from loaders.landing.refusal import FileRefusedError
from tests.landing.looking import Landing
from tests.landing.reading import contract_for, more_contracts
from tests.landing.sending import Sender, csv_bytes, row_of, zip_bytes

D = "20250101"
CENTRAL = b"PK\x01\x02"
LOCAL = b"PK\x03\x04"


def reason(data: bytes) -> str:
    with pytest.raises(FileRefusedError) as refused:
        safe_members(io.BytesIO(data))
    return refused.value.reason


def deflated(name: str, data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, data)
    return stream.getvalue()


def put(data: bytes, mark: bytes, place: int, value: bytes) -> bytes:
    """Other bytes at a place of the first header with a mark."""
    at = data.index(mark) + place
    return data[:at] + value + data[at + len(value) :]


def test_members_of_an_honest_zip_with_folders() -> None:
    data = zip_bytes({"a/": b"", "a/b.csv": b"12345", "中文.csv": b""})
    assert safe_members(io.BytesIO(data)) == {"a/b.csv": 5, "中文.csv": 0}


@pytest.mark.parametrize(
    "name", ["../a.csv", "a/../../b.csv", "/a.csv", "..\\a.csv", "\\a.csv", "C:\\a.csv"]
)
def test_names_that_leave_the_folder(name: str) -> None:
    data = zip_bytes({"good.csv": b"1", name: b"2"})
    assert reason(data) == "the zip holds a member whose name leaves its folder"


def test_names_with_control_characters() -> None:
    data = zip_bytes({"a\x1b[2J.csv": b"1"})
    assert reason(data) == "the zip holds a member whose name has control characters"


def test_two_members_of_one_name() -> None:
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w") as made:
        warnings.simplefilter("ignore")
        made.writestr("a.csv", b"1")
        made.writestr("a.csv", b"2")
    assert reason(stream.getvalue()) == "the zip holds two members of one name"


def test_links() -> None:
    stream = io.BytesIO()
    info = zipfile.ZipInfo("a.csv")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr(info, "/etc/hostname")
    assert reason(stream.getvalue()) == "the zip holds a link instead of a file"


def test_encrypted_members() -> None:
    data = put(zip_bytes({"a.csv": b"1"}), CENTRAL, 8, b"\x01")
    assert reason(data) == "the zip holds an encrypted member"


def test_unknown_ways_of_packing() -> None:
    data = put(zip_bytes({"a.csv": b"1"}), CENTRAL, 10, b"\x63\x00")
    assert reason(data) == "the zip holds a member packed by the unknown method 99"


def test_what_is_no_zip() -> None:
    good = zip_bytes({"a.csv": b"1" * 100})
    for data in (b"", b"PK", good[:40], good[:-10]):
        assert reason(data) == "the file is not a readable zip"


def test_bombs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "SMALL_BYTES", 1 << 20)
    data = deflated("a.csv", bytes(5_000_000))
    assert len(data) < 10_000
    assert reason(data).endswith("times its size")
    # What the directory declares counts, whatever is there.
    small = put(zip_bytes({"a.csv": b"1"}), CENTRAL, 24, b"\xff\xff\xff\x7f")
    assert reason(small).endswith("times its size")


def test_small_members_may_be_packed_well() -> None:
    assert safe_members(io.BytesIO(deflated("a.csv", bytes(5_000_000))))


def test_too_much_in_all() -> None:
    data = zip_bytes({f"{n}.csv": b"x" * 100 for n in range(5)})
    assert sum(safe_members(io.BytesIO(data), 500).values()) == 500
    with pytest.raises(FileRefusedError, match="would unpack to 500 bytes: more than 499"):
        safe_members(io.BytesIO(data), 499)


def test_too_many_members(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_MEMBERS", 4)
    assert reason(zip_bytes({f"{n}": b"" for n in range(5)})) == "the zip holds 5 members"


def test_a_member_gives_no_more_than_it_declares(tmp_path: Path) -> None:
    # Both headers say 10 bytes; a million come.
    data = deflated("a.json", b"[" + b" " * 1_000_000 + b"]")
    data = put(data, CENTRAL, 24, (10).to_bytes(4, "little"))
    data = put(data, LOCAL, 22, (10).to_bytes(4, "little"))
    (tmp_path / "a.zip").write_bytes(data)
    contract = contract_for("json", "k")
    with (
        pytest.raises(FileRefusedError, match="the member of the zip cannot be read"),
        open_table(contract, tmp_path / "a.zip", "a.json", None) as reading,
    ):
        list(reading.records)


@pytest.mark.parametrize(
    ("format_", "data", "more"),
    [
        ("json", b'[{"k":"1"},{"k":"2"}]', {}),
        ("jsonl", b'{"k":"1"}\n{"k":"2"}\n', {}),
        ("xml", b"<A><r><k>1</k></r><r><k>2</k></r></A>", {"xml": {"record": "r"}}),
    ],
)
def test_documents_are_read_inside_a_zip(
    format_: str, data: bytes, more: dict[str, object], tmp_path: Path
) -> None:
    (tmp_path / "a.zip").write_bytes(zip_bytes({"x.bin": data, "y.bin": b"?"}))
    contract = contract_for(format_, "k", **more)
    with open_table(contract, tmp_path / "a.zip", "x.bin", None) as reading:
        assert len(list(reading.one_by_one())) == 2


def member(name: str, data: bytes) -> tuple[str, tuple[bytes, int]]:
    return name, (data, 1)


def encrypted(data: bytes) -> bytes:
    return put(data, CENTRAL, 8, b"\x01")


@pytest.mark.parametrize(
    ("extra", "change", "said"),
    [
        (member("../x.csv", b"1"), None, "a member whose name leaves its folder"),
        (member("x.csv", b"1"), encrypted, "an encrypted member"),
    ],
)
def test_one_member_that_cannot_be_trusted_refuses_all_tables_of_its_zip(
    extra: tuple[str, tuple[bytes, int]],
    change: Callable[[bytes], bytes] | None,
    said: str,
    sender: Sender,
    landing: Landing,
) -> None:
    good = csv_bytes("A01", [row_of("A01", BRID=1)])
    path = sender.csv_zip(D, {"A01": (good, 1), extra[0]: extra[1]}, manifest=False)
    if change is not None:
        path.write_bytes(change(path.read_bytes()))
    announce(path, 2, {f"MS_BRDA_{D}.csv": good, extra[0]: extra[1][0]})
    landing.land()
    (row,) = landing.ledger("A01")
    assert (row.state, row.state_reason) == ("refused", f"the zip holds {said}")


def announce(path: Path, count: int, members: dict[str, bytes]) -> None:
    def line(name: str, rows: int, data: bytes) -> str:
        return f"{name}\t{rows}\t{hashlib.md5(data).hexdigest()}\n"

    lines = [line(path.name, count, path.read_bytes())]
    lines += [line(name, 1, data) for name, data in members.items()]
    Path(f"{path}.ok").write_text("".join(lines), "utf-8")


def test_a_zip_inside_a_zip_is_not_opened(sender: Sender, landing: Landing) -> None:
    table = csv_bytes("A01", [row_of("A01", BRID=1)])
    inner = zip_bytes({f"MS_BRDA_{D}.csv": table})
    sender.csv_zip(D, {"A01": (table, 1), "inner.zip": (inner, 1)})
    landing.land()
    states = {row.member_name: row.state for row in landing.ledger()}
    assert states == {f"MS_BRDA_{D}.csv": "landed", "inner.zip": "no_contract"}


def test_tables_of_new_formats_land_from_zips_with_their_rejects(
    sender: Sender, landing: Landing, tmp_path: Path
) -> None:
    names = {"feed": "B90", "name": "b90_trial", "file_name": r"TRIAL_(?P<date>\d{8})\.zip"}
    contract = contract_for("json", "k", "n", member_name=r"t_\d{8}\.json", **names)
    data = b'[{"k":"1","n":1.50},\n{"n":2},\n{"k":"3","k":"4"}]'
    with more_contracts(tmp_path, contract):
        packed = zip_bytes({f"t_{D}.json": data})
        sender.put(D, "B90", f"TRIAL_{D}.zip", packed, 3)
        landing.land()
        assert landing.rows("B90", "k", "n", "_line_number") == [("1", "1.50", 1)]
    assert landing.rejects() == [(2, "key_missing"), (3, "name_twice")]
    raws = landing.ask("select byte_offset, raw from landing.reject order by line_number")
    assert all(data[place:].startswith(bytes(raw)) for place, raw in raws)
