"""Deliveries from a real SFTP server: whole, in order, once, and from nobody else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import asyncssh
import pytest

from loaders.collect.failure import CollectError
from tests.collect.conftest import SECRET, Collecting
from tests.collect.sftp_server import SftpServer

DAY = "20250101"
FOLDER = "B_ZYY_HIS"
MANIFEST = f"{DAY}/{FOLDER}/{FOLDER}_{DAY}.ok"


@pytest.fixture
def source(sftp: SftpServer, collecting: Collecting) -> SftpServer:
    collecting.sources["B"] = sftp.url
    return sftp


def leave(server: SftpServer, name: str, data: bytes, day: str = DAY) -> Path:
    path = server.root / day / FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def opened(server: SftpServer) -> list[str]:
    """The names that were asked for since the last look."""
    names = [Path(name).name for name in server.trouble.opened]
    server.trouble.opened.clear()
    return names


def test_everything_comes_and_the_manifest_last(
    source: SftpServer, collecting: Collecting
) -> None:
    leave(source, f"{FOLDER}_{DAY}.ok", b"x\t1\tabc\n")
    leave(source, "zzz.txt", "张三\n".encode())
    leave(source, "第1页.xlsx", bytes(range(256)) * 5000)
    leave(source, "empty.txt", b"")
    leave(source, "deeper/inside.txt", b"1")
    (source.root / "not a day" / FOLDER).mkdir(parents=True)
    (source.root / "not a day" / FOLDER / "x.txt").write_bytes(b"1")
    (source.root / DAY / "A_XYY_HIS").mkdir()
    (source.root / DAY / "A_XYY_HIS" / "of another system.zip").write_bytes(b"1")

    summary = collecting.collect()

    left = {
        path.relative_to(source.root).as_posix(): path.read_bytes()
        for path in (source.root / DAY / FOLDER).rglob("*")
        if path.is_file()
    }
    assert collecting.files() == left
    assert opened(source)[-1] == Path(MANIFEST).name
    assert str(summary) == "1 sources: 5 new files, 0 unchanged"


def test_what_is_there_is_not_fetched_again(
    source: SftpServer, collecting: Collecting
) -> None:
    leave(source, "a.txt", b"1")
    leave(source, "a.txt", b"2", "20250102")
    collecting.collect()
    opened(source)

    summary = collecting.collect()

    assert opened(source) == []
    assert (summary.new, summary.unchanged) == (0, 2)


def test_one_day_alone(source: SftpServer, collecting: Collecting) -> None:
    from datetime import date

    leave(source, "a.txt", b"1")
    leave(source, "a.txt", b"2", "20250102")
    collecting.collect(day=date(2025, 1, 2))
    assert list(collecting.files()) == [f"20250102/{FOLDER}/a.txt"]


@pytest.mark.parametrize("data", [b"shorter", b"of the same length", b"longer" * 9])
def test_what_changes_on_the_server_is_fetched_again(
    source: SftpServer, collecting: Collecting, data: bytes
) -> None:
    import os

    path = leave(source, "a.txt", b"some of 18 letters")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    leave(source, "b.txt", b"1")
    collecting.collect()
    opened(source)

    leave(source, "a.txt", data)
    collecting.collect()

    assert opened(source) == ["a.txt"]
    assert collecting.files()[f"{DAY}/{FOLDER}/a.txt"] == data


def test_what_was_lost_here_is_fetched_again(
    source: SftpServer, collecting: Collecting
) -> None:
    leave(source, "a.txt", b"12345")
    collecting.collect()
    (collecting.deliveries / DAY / FOLDER / "a.txt").write_bytes(b"1")
    collecting.collect()
    assert collecting.files()[f"{DAY}/{FOLDER}/a.txt"] == b"12345"


def test_what_disappears_from_the_server_stays_here(
    source: SftpServer, collecting: Collecting
) -> None:
    path = leave(source, "a.txt", b"1")
    collecting.collect()
    path.unlink()
    collecting.collect()
    assert list(collecting.files()) == [f"{DAY}/{FOLDER}/a.txt"]


def test_a_cut_connection_is_taken_up_where_it_broke(
    source: SftpServer, collecting: Collecting
) -> None:
    data = bytes(range(251)) * 20_000
    leave(source, "large.zip", data)
    source.trouble.cut_at_read = 4

    collecting.collect()

    assert collecting.files() == {f"{DAY}/{FOLDER}/large.zip": data}
    assert source.trouble.connections == 2
    # The first megabytes were not asked for twice.
    assert source.trouble.bytes_read < 1.5 * len(data)
    assert any("Trying again" in line for line in collecting.said)


def test_a_server_that_never_comes_back_ends_it(
    source: SftpServer, collecting: Collecting
) -> None:
    leave(source, "a.txt", b"1")
    leave(source, f"{FOLDER}_{DAY}.ok", b"a.txt\t1\tabc\n")
    source.pause()
    with pytest.raises(CollectError, match="no connection") as failure:
        collecting.collect()
    assert "sftp://127.0.0.1" in str(failure.value)
    assert collecting.files() == {}

    source.resume()
    collecting.collect()
    assert len(collecting.files()) == 2


def test_a_file_that_cannot_be_read_holds_the_manifest_back(
    source: SftpServer, collecting: Collecting
) -> None:
    for name in ("a.txt", "b.txt", "c.txt", f"{FOLDER}_{DAY}.ok"):
        leave(source, name, b"1")
    leave(source, "other.txt", b"1", "20250102")
    source.trouble.forbidden.add("b.txt")

    with pytest.raises(CollectError, match="no permission"):
        collecting.collect()
    assert [Path(name).name for name in collecting.files()] == [
        "a.txt",
        "c.txt",
        "other.txt",
    ]

    source.trouble.forbidden.clear()
    opened(source)
    collecting.collect()
    assert opened(source) == ["b.txt", Path(MANIFEST).name]


def test_a_folder_that_changes_while_it_is_read_is_read_anew(
    source: SftpServer, collecting: Collecting
) -> None:
    """The sender replaces a file and its manifest after they were listed."""
    leave(source, "a.txt", b"old")
    leave(source, f"{FOLDER}_{DAY}.ok", b"old manifest")

    def send_again(_: str) -> None:
        source.trouble.before_open = None
        leave(source, "a.txt", b"new content")
        leave(source, f"{FOLDER}_{DAY}.ok", b"manifest of the new one")

    source.trouble.before_open = send_again
    collecting.collect()
    assert list(collecting.files().values()) == [b"manifest of the new one", b"new content"]


def test_a_file_that_never_stops_changing_is_left_for_later(
    source: SftpServer, collecting: Collecting
) -> None:
    path = leave(source, "a.txt", b"1")

    def grow(_: str) -> None:
        with path.open("ab") as file:
            file.write(b"1")

    source.trouble.before_open = grow
    with pytest.raises(CollectError, match="changes while it is read"):
        collecting.collect()
    assert collecting.files() == {}


def test_nothing_is_read_through_a_link(
    source: SftpServer, collecting: Collecting, tmp_path: Path
) -> None:
    leave(source, "a.txt", b"1")
    (source.root / DAY / FOLDER / "link.txt").symlink_to(tmp_path / "home" / "client_key")
    (source.root / DAY / FOLDER / "circle").symlink_to(source.root)
    collecting.collect()
    assert list(collecting.files()) == [f"{DAY}/{FOLDER}/a.txt"]


@pytest.mark.parametrize("path", ["/outbox", "/outbox/", "/~/outbox", "/~/outbox/"])
def test_a_folder_of_the_server_is_the_source(
    source: SftpServer, collecting: Collecting, path: str
) -> None:
    (source.root / "outbox").mkdir()
    (source.root / DAY / FOLDER).mkdir(parents=True)
    (source.root / DAY).rename(source.root / "outbox" / DAY)
    leave(source, f"../../outbox/{DAY}/{FOLDER}/a.txt", b"1")
    collecting.sources["B"] = source.url.replace("/?", f"{path}?")
    collecting.collect()
    assert list(collecting.files()) == [f"{DAY}/{FOLDER}/a.txt"]


def test_a_folder_that_the_server_does_not_have(
    source: SftpServer, collecting: Collecting
) -> None:
    collecting.sources["B"] = source.url.replace("/?", "/none?")
    with pytest.raises(CollectError, match="there is no such folder"):
        collecting.collect()


def test_a_server_with_another_key_gets_no_login(
    source: SftpServer, collecting: Collecting
) -> None:
    leave(source, "a.txt", b"1")
    source.trust(asyncssh.generate_private_key("ssh-ed25519"))
    with pytest.raises(CollectError, match="host key"):
        collecting.collect()
    assert source.trouble.connections == 0


def test_a_server_that_nobody_knows_gets_no_login(
    source: SftpServer, collecting: Collecting
) -> None:
    source.known_hosts.unlink()
    with pytest.raises(CollectError, match="nobody knows whose server"):
        collecting.collect()
    source.known_hosts.write_text("", "ascii")
    with pytest.raises(CollectError, match="host key"):
        collecting.collect()
    assert source.trouble.connections == 0


def test_a_refused_login_is_not_tried_again_and_not_repeated(
    source: SftpServer, collecting: Collecting
) -> None:
    collecting.sources["B"] = f"sftp://hospital:{SECRET}@127.0.0.1:{source.port}/"
    with pytest.raises(CollectError, match="refuses this user") as failure:
        collecting.collect()
    assert SECRET not in f"{failure.value} {collecting.said}"
    assert not any("Trying again" in line for line in collecting.said)


def test_a_name_that_leaves_its_folder_is_refused() -> None:
    from loaders.collect.remote import check_name

    for name in ("20250101/B/../x", "/etc/passwd", "a//b", "a/.", "a\\b", "a/b\0c", ""):
        with pytest.raises(CollectError, match="leaves its folder"):
            check_name(name, "sftp://h")
    check_name("20250101/B/名字 (1).zip", "sftp://h")


def test_two_collections_of_a_system_do_not_meet(
    source: SftpServer, collecting: Collecting
) -> None:
    leave(source, "a.txt", b"1")
    said: list[Any] = []

    def meet(_: str) -> None:
        source.trouble.before_open = None
        with pytest.raises(CollectError, match="another process") as failure:
            collecting.collect()
        said.append(failure.value)

    source.trouble.before_open = meet
    collecting.collect()
    assert len(said) == 1
    assert len(collecting.files()) == 1


def test_one_system_s_failure_holds_up_no_other(
    source: SftpServer, collecting: Collecting
) -> None:
    leave(source, "a.txt", b"1")
    collecting.sources["A"] = "sftp://nobody@127.0.0.1:1/"
    with pytest.raises(CollectError, match="A_XYY_HIS"):
        collecting.collect()
    assert len(collecting.files()) == 1
