"""Files of an S3-compatible bucket.

Every object is read on condition that it is still the one that was listed, and where its
ETag is an MD5 of the content, it is compared with the bytes that came.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import IO, Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    FlexibleChecksumError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    ReadTimeoutError,
)

from loaders.collect.address import SourceAddress
from loaders.collect.failure import (
    ChangedMeanwhileError,
    CollectError,
    LostConnectionError,
)
from loaders.collect.remote import RemoteFile, append, check_name

CHUNK = 1 << 20
CONNECT_SECONDS = 30
SILENCE_SECONDS = 120
MD5 = re.compile(r"[0-9a-f]{32}")
LOST = (ConnectionError, HTTPClientError, IncompleteReadError, ReadTimeoutError)
# Answers that a server gives when it has too much to do; others with 5xx count as well.
BUSY = {"SlowDown", "RequestTimeout", "RequestTimeTooSkewed", "Throttling", "InternalError"}
CHANGED = {"PreconditionFailed", "NoSuchKey", "InvalidRange", "404", "412", "416"}


class BucketRemote:
    """A bucket, or the part of it below a prefix."""

    def __init__(self, address: SourceAddress) -> None:
        self.label = address.label
        self._address = address
        self._bucket = address.url.host or ""
        path = (address.url.database or "").strip("/")
        self._prefix = f"{path}/" if path else ""
        self._made: Any = None

    def folders(self) -> list[str]:
        found = []
        for page in self._pages(self._prefix, "/"):
            for part in page.get("CommonPrefixes", []):
                found.append(part["Prefix"].removeprefix(self._prefix).rstrip("/"))
        return sorted(found)

    def files(self, folder: str) -> list[RemoteFile]:
        check_name(folder, self.label)
        found = []
        for page in self._pages(f"{self._prefix}{folder}/", ""):
            for item in page.get("Contents", []):
                name = item["Key"].removeprefix(self._prefix)
                # Consoles make an empty object for what they show as a folder.
                if name.endswith("/"):
                    continue
                check_name(name, self.label)
                modified_ns = int(item["LastModified"].timestamp()) * 1_000_000_000
                etag = item["ETag"].strip('"')
                found.append(RemoteFile(name, item["Size"], modified_ns, etag))
        return found

    def fetch(self, file: RemoteFile, target: Path) -> None:
        with target.open("ab", buffering=0) as local:
            done = local.tell()
            if done < file.byte_count or file.byte_count == 0:
                answer = self._append(file, local, done)
            else:
                answer = self._ask("head_object", file)
            done = local.tell()
        if done != file.byte_count:
            raise LostConnectionError(f"{self.label}: {file.name} did not come whole.")
        if MD5.fullmatch(file.etag or "") and not _is_encrypted(answer):
            with target.open("rb") as local:
                md5 = hashlib.file_digest(local, lambda: hashlib.md5(usedforsecurity=False))
            if md5.hexdigest() != file.etag:
                # Nothing of it can be relied on; the next try begins at its first byte.
                target.unlink()
                raise LostConnectionError(f"{self.label}: {file.name} came damaged.")

    def close(self) -> None:
        if self._made is not None:
            self._made.close()
            self._made = None

    def _append(self, file: RemoteFile, local: IO[bytes], done: int) -> dict[str, Any]:
        wanted = {"Range": f"bytes={done}-"} if done else {}
        answer = self._ask("get_object", file, **wanted)
        try:
            for chunk in answer["Body"].iter_chunks(CHUNK):
                append(local, chunk)
        except FlexibleChecksumError:
            local.truncate(0)
            raise LostConnectionError(f"{self.label}: {file.name} came damaged.") from None
        except BotoCoreError as error:
            raise self._told(error, file.name) from None
        return answer

    def _ask(self, what: str, file: RemoteFile, **wanted: str) -> dict[str, Any]:
        """The answer about an object, if it is still the one that was listed."""
        try:
            answer: dict[str, Any] = getattr(self._client(), what)(
                Bucket=self._bucket,
                Key=self._prefix + file.name,
                IfMatch=f'"{file.etag}"',
                **wanted,
            )
        except (ClientError, BotoCoreError) as error:
            raise self._told(error, file.name) from None
        return answer

    def _pages(self, prefix: str, delimiter: str) -> list[dict[str, Any]]:
        try:
            pages = self._client().get_paginator("list_objects_v2")
            return list(
                pages.paginate(Bucket=self._bucket, Prefix=prefix, Delimiter=delimiter)
            )
        except (ClientError, BotoCoreError) as error:
            raise self._told(error, "its list of files") from None

    def _client(self) -> Any:
        if self._made is None:
            address = self._address
            endpoint = address.option("endpoint", "endpoint_url")
            self._made = boto3.client(
                "s3",
                endpoint_url=endpoint,
                region_name=address.option("region", "region_name") or "us-east-1",
                # Without a key in the address: what this machine's account has been given.
                aws_access_key_id=address.url.username,
                aws_secret_access_key=str(address.url.password)
                if address.url.password
                else None,
                config=Config(
                    connect_timeout=CONNECT_SECONDS,
                    read_timeout=SILENCE_SECONDS,
                    # Trying again is our own business: it is reported.
                    retries={"total_max_attempts": 1},
                    s3={"addressing_style": "path" if endpoint else "auto"},
                ),
            )
        return self._made

    def _told(self, error: Exception, what: str) -> CollectError:
        if isinstance(error, ClientError):
            code = str(error.response.get("Error", {}).get("Code", "?"))
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if code in CHANGED:
                return ChangedMeanwhileError(
                    f"{self.label}: {what} has changed or is gone."
                )
            if status >= 500 or code in BUSY:
                return LostConnectionError(f"{self.label}: the server cannot now ({code}).")
            return CollectError(f"{self.label}: the server refuses {what} ({code}).")
        if isinstance(error, NoCredentialsError):
            return CollectError(
                f"{self.label}: no access key, neither in the address nor on this machine."
            )
        name = type(error).__name__
        if isinstance(error, LOST):
            return LostConnectionError(
                f"{self.label}: no connection, or it broke ({name})."
            )
        return CollectError(f"{self.label}: this address does not work ({name}).")


def _is_encrypted(answer: dict[str, Any]) -> bool:
    """Whether the ETag is that of encrypted bytes, which nobody but the server sees."""
    method = str(answer.get("ServerSideEncryption", ""))
    return method.startswith("aws:kms") or "SSECustomerAlgorithm" in answer
