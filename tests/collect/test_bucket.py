"""Deliveries from an S3-compatible server over HTTP: whole, in order, once."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from loaders.collect import bucket as bucket_module
from loaders.collect.failure import CollectError
from loaders.collect.remote import RemoteFile
from tests.collect.conftest import SECRET, Bucket, Collecting

DAY = "20250101"
FOLDER = "B_ZYY_HIS"


@pytest.fixture
def source(bucket: Bucket, collecting: Collecting) -> Bucket:
    collecting.sources["B"] = bucket.url
    return bucket


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were asked for, in order."""
    names: list[str] = []
    fetch = bucket_module.BucketRemote.fetch

    def noting(self: Any, file: RemoteFile, target: Path) -> None:
        names.append(Path(file.name).name)
        fetch(self, file, target)

    monkeypatch.setattr(bucket_module.BucketRemote, "fetch", noting)
    return names


def leave(bucket: Bucket, name: str, data: bytes, day: str = DAY) -> None:
    bucket.put(f"{day}/{FOLDER}/{name}", data)


def test_everything_comes_and_the_manifest_last(
    source: Bucket, collecting: Collecting, fetched: list[str]
) -> None:
    left = {
        f"{FOLDER}_{DAY}.ok": b"x\t1\tabc\n",
        "zzz.txt": "张三\n".encode(),
        "第1页 (2).xlsx": bytes(range(256)) * 9000,
        "empty.txt": b"",
        "deeper/inside.txt": b"1",
    }
    for name, data in left.items():
        leave(source, name, data)
    # What a console makes of a folder, and what is none of our business.
    leave(source, "", b"")
    source.put("not a day/x.txt", b"1")
    source.put(f"{DAY}/A_XYY_HIS/of another system.zip", b"1")

    summary = collecting.collect()

    assert collecting.files() == {f"{DAY}/{FOLDER}/{n}": data for n, data in left.items()}
    assert fetched[-1] == f"{FOLDER}_{DAY}.ok"
    assert str(summary) == "1 sources: 5 new files, 0 unchanged"


def test_what_is_there_is_not_fetched_again(
    source: Bucket, collecting: Collecting, fetched: list[str]
) -> None:
    leave(source, "a.txt", b"1")
    leave(source, "a.txt", b"2", "20250102")
    collecting.collect()
    fetched.clear()
    assert collecting.collect().unchanged == 2
    assert fetched == []


@pytest.mark.parametrize("data", [b"less", b"of the same length", b"more" * 9])
def test_what_changes_in_the_bucket_is_fetched_again(
    source: Bucket, collecting: Collecting, fetched: list[str], data: bytes
) -> None:
    leave(source, "a.txt", b"some of 18 letters")
    leave(source, "b.txt", b"1")
    collecting.collect()
    fetched.clear()
    leave(source, "a.txt", data)
    collecting.collect()
    assert fetched == ["a.txt"]
    assert collecting.files()[f"{DAY}/{FOLDER}/a.txt"] == data


def test_more_files_than_one_page_of_the_list(
    source: Bucket, collecting: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "4")
    for number in range(10):
        leave(source, f"{number}.txt", b"%d" % number)
    assert source.client.list_objects_v2(Bucket=source.name)["KeyCount"] == 4
    assert collecting.collect().new == 10


def test_a_file_is_taken_up_where_it_broke(
    source: Bucket, collecting: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = bytes(range(251)) * 20_000
    leave(source, "large.zip", data)
    real, came = bucket_module.append, []

    def break_once(local: Any, chunk: bytes) -> None:
        came.append(len(chunk))
        if len(came) == 3:
            raise bucket_module.ReadTimeoutError(endpoint_url="x")
        real(local, chunk)

    monkeypatch.setattr(bucket_module, "append", break_once)
    collecting.collect()
    assert collecting.files() == {f"{DAY}/{FOLDER}/large.zip": data}
    assert sum(came) == len(data) + came[2]


def test_a_file_that_came_damaged_is_fetched_anew(
    source: Bucket, collecting: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(source, "a.txt", b"12345")
    real, damage = bucket_module.append, [True]

    def damaged(local: Any, chunk: bytes) -> None:
        real(local, chunk[:-1] + b"?" if damage.pop() else chunk)
        damage.append(False)

    monkeypatch.setattr(bucket_module, "append", damaged)
    collecting.collect()
    assert collecting.files() == {f"{DAY}/{FOLDER}/a.txt": b"12345"}
    assert any("came damaged" in line for line in collecting.said)


def test_an_object_in_parts_has_no_md5_to_compare(
    source: Bucket, collecting: Collecting
) -> None:
    key = f"outbox/{DAY}/{FOLDER}/large.zip"
    parts = [b"a" * (5 << 20), b"b"]
    upload = source.client.create_multipart_upload(Bucket=source.name, Key=key)
    names = {"Bucket": source.name, "Key": key, "UploadId": upload["UploadId"]}
    done = [
        {"PartNumber": n, "ETag": source.client.upload_part(
            **names, PartNumber=n, Body=part)["ETag"]}
        for n, part in enumerate(parts, start=1)
    ]  # fmt: skip
    source.client.complete_multipart_upload(**names, MultipartUpload={"Parts": done})
    collecting.collect()
    ((name, data),) = collecting.files().items()
    assert hashlib.md5(data).digest() == hashlib.md5(b"".join(parts)).digest()


def test_a_file_that_is_replaced_after_it_was_listed_is_listed_again(
    source: Bucket, collecting: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(source, "a.txt", b"old")
    leave(source, f"{FOLDER}_{DAY}.ok", b"old manifest")
    fetch = bucket_module.BucketRemote.fetch

    def send_again(self: Any, file: RemoteFile, target: Path) -> None:
        monkeypatch.setattr(bucket_module.BucketRemote, "fetch", fetch)
        leave(source, "a.txt", b"new content")
        leave(source, f"{FOLDER}_{DAY}.ok", b"manifest of the new one")
        fetch(self, file, target)

    monkeypatch.setattr(bucket_module.BucketRemote, "fetch", send_again)
    collecting.collect()
    assert list(collecting.files().values()) == [b"manifest of the new one", b"new content"]


def test_a_bucket_that_is_not_there(source: Bucket, collecting: Collecting) -> None:
    collecting.sources["B"] = source.url.replace(source.name, "no-such-bucket")
    with pytest.raises(CollectError, match="NoSuchBucket") as failure:
        collecting.collect()
    assert SECRET not in f"{failure.value} {collecting.said}"
    assert not any("Trying again" in line for line in collecting.said)


def test_a_server_that_is_not_there(source: Bucket, collecting: Collecting) -> None:
    collecting.sources["B"] = source.url.replace(source.endpoint, "http://127.0.0.1:1")
    with pytest.raises(CollectError, match="no connection") as failure:
        collecting.collect()
    assert SECRET not in f"{failure.value} {collecting.said}"
    assert sum("Trying again" in line for line in collecting.said) == 2


def test_a_name_that_leaves_its_folder_is_refused(
    source: Bucket, collecting: Collecting
) -> None:
    leave(source, "a.txt", b"1")
    leave(source, "../../../out.txt", b"1")
    with pytest.raises(CollectError, match="leaves its folder"):
        collecting.collect()
    assert collecting.files() == {}
