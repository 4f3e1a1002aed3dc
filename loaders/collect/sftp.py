"""Files of an SFTP server whose host key is known.

The server proves who it is by a key in the file of known hosts, we prove who we are by a
private key or a password. Nothing is read from the account's own SSH configuration.
"""

from __future__ import annotations

import asyncio
import logging
import os
import stat
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar, cast

import asyncssh

from loaders.collect.address import SourceAddress
from loaders.collect.failure import (
    ChangedMeanwhileError,
    CollectError,
    LostConnectionError,
)
from loaders.collect.remote import RemoteFile, append, check_name

CHUNK = 1 << 20
CONNECT_SECONDS = 30
# A server that says nothing for so long is gone.
SILENCE_SECONDS = 120
DEEPEST = 8
LOST = (
    asyncssh.ConnectionLost,
    asyncssh.DisconnectError,
    asyncssh.SFTPConnectionLost,
    asyncssh.SFTPNoConnection,
    asyncssh.SFTPFailure,
    asyncssh.ChannelOpenError,
    TimeoutError,
    OSError,
)
_Result = TypeVar("_Result")


class SftpRemote:
    """An SFTP server; `known_hosts` has the keys of the servers that may be trusted."""

    def __init__(self, address: SourceAddress, known_hosts: Path) -> None:
        self.label = address.label
        self._address = address
        self._known_hosts = Path(address.option("known_hosts") or known_hosts)
        path = address.url.database or ""
        # As in every SFTP client, a path begins at the server's root unless at home.
        at_home, _, below_home = path.partition("/")
        root = f"./{below_home}" if at_home == "~" else f"/{path}"
        self._root = os.fsencode(root.rstrip("/"))
        self._runner: asyncio.Runner | None = None
        self._connection: asyncssh.SSHClientConnection | None = None
        self._client: asyncssh.SFTPClient | None = None
        asyncssh.set_log_level(logging.WARNING)

    def folders(self) -> list[str]:
        return self._do(self._folders())

    def files(self, folder: str) -> list[RemoteFile]:
        check_name(folder, self.label)
        return self._do(self._walk(folder, 0))

    def fetch(self, file: RemoteFile, target: Path) -> None:
        self._do(self._fetch(file, target))

    def close(self) -> None:
        if self._runner is None:
            return
        if self._connection is not None:
            # Not a polite good-bye: the other side may be gone.
            self._connection.abort()
            self._runner.run(self._connection.wait_closed())
            self._connection = self._client = None
        self._runner.close()
        self._runner = None

    def _do(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Run to its end, with the server's failures told apart."""
        if self._runner is None:
            self._runner = asyncio.Runner()
        try:
            return self._runner.run(work)
        except asyncssh.HostKeyNotVerifiable:
            raise CollectError(
                f"{self.label}: the server's host key is not the one in"
                f" {self._known_hosts}, or not in it. Ask whoever runs the server for"
                " the fingerprint before you add or change it."
            ) from None
        except asyncssh.PermissionDenied:
            raise CollectError(
                f"{self.label}: the server refuses this user, key or password."
            ) from None
        except asyncssh.SFTPPermissionDenied:
            raise CollectError(f"{self.label}: no permission to read there.") from None
        except asyncssh.SFTPNoSuchFile:
            raise ChangedMeanwhileError(
                f"{self.label}: a file that was listed is gone."
            ) from None
        except LOST as error:
            raise LostConnectionError(
                f"{self.label}: no connection, or it broke ({type(error).__name__})."
            ) from None
        except asyncssh.Error as error:
            raise CollectError(
                f"{self.label}: SSH does not work ({type(error).__name__})."
            ) from None

    async def _connected(self) -> asyncssh.SFTPClient:
        if self._client is not None:
            return self._client
        url = self._address.url
        if not self._known_hosts.is_file():
            raise CollectError(
                f"{self.label}: there is no file {self._known_hosts} with the server's host"
                " key; without it nobody knows whose server this is."
            )
        try:
            known_hosts = asyncssh.read_known_hosts(str(self._known_hosts))
        except ValueError:
            raise CollectError(f"{self._known_hosts} is not a known_hosts file.") from None
        self._connection = await asyncssh.connect(
            url.host or "",
            url.port or 22,
            username=url.username or "",
            password=str(url.password) if url.password else None,
            client_keys=self._keys(),
            known_hosts=known_hosts,
            config=None,
            agent_path=None,
            connect_timeout=CONNECT_SECONDS,
            login_timeout=CONNECT_SECONDS,
        )
        self._client = await self._connection.start_sftp_client()
        return self._client

    def _keys(self) -> list[asyncssh.SSHKey]:
        path = self._address.option("key", "key_file")
        if path is None:
            return []
        passphrase = self._address.option("passphrase", "private_key_passphrase")
        try:
            return [asyncssh.read_private_key(path, passphrase)]
        except (OSError, asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
            raise CollectError(
                f"The private key {path} cannot be read ({type(error).__name__})."
            ) from None

    async def _folders(self) -> list[str]:
        client = await self._connected()
        try:
            found = [
                os.fsdecode(entry.filename)
                async for entry in client.scandir(self._root or b"/")
                if _kind(entry.attrs) == stat.S_IFDIR
            ]
        except asyncssh.SFTPNoSuchFile:
            raise CollectError(f"{self.label}: there is no such folder.") from None
        return sorted(set(found) - {".", ".."})

    async def _walk(self, folder: str, depth: int) -> list[RemoteFile]:
        client = await self._connected()
        try:
            entries = [entry async for entry in client.scandir(self._path(folder))]
        except asyncssh.SFTPNoSuchFile:
            if depth:
                raise
            return []
        found = []
        for entry in entries:
            name = os.fsdecode(entry.filename)
            if name in (".", ".."):
                continue
            place = f"{folder}/{name}"
            check_name(name.replace("/", "//"), self.label)
            kind = _kind(entry.attrs)
            # Links and devices are no deliveries; a link may also lead in a circle.
            if kind == stat.S_IFDIR and depth < DEEPEST:
                found += await self._walk(place, depth + 1)
            elif kind == stat.S_IFREG:
                found.append(_described(place, entry.attrs))
        return found

    async def _fetch(self, file: RemoteFile, target: Path) -> None:
        client = await self._connected()
        path = self._path(file.name)
        with target.open("ab", buffering=0) as local:
            done = local.tell()
            async with client.open(path, "rb") as remote:
                while done < file.byte_count:
                    chunk = await asyncio.wait_for(
                        remote.read(min(CHUNK, file.byte_count - done), done),
                        SILENCE_SECONDS,
                    )
                    if not chunk:
                        break
                    append(local, cast(bytes, chunk))
                    done += len(chunk)
        now = _described(file.name, await client.stat(path))
        if now != file or done != file.byte_count:
            raise ChangedMeanwhileError(
                f"{self.label}: {file.name} changes while it is read."
            )

    def _path(self, name: str) -> bytes:
        return self._root + b"/" + os.fsencode(name)


def _kind(attributes: asyncssh.SFTPAttrs) -> int:
    return stat.S_IFMT(attributes.permissions or 0)


def _described(name: str, attributes: asyncssh.SFTPAttrs) -> RemoteFile:
    modified_ns = (attributes.mtime or 0) * 1_000_000_000 + (attributes.mtime_ns or 0)
    return RemoteFile(name, attributes.size or 0, modified_ns)
