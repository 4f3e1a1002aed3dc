"""A real SFTP server on loopback, in a thread: keys on both sides, a folder as its root."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh


@dataclass
class Trouble:
    """What the server does wrong, and what it was asked."""

    # Cut the connection at the n-th read from now.
    cut_at_read: int | None = None
    # Names of files that nobody may open.
    forbidden: set[str] = field(default_factory=set)
    # Called before a file is opened, with its path.
    before_open: Any = None
    opened: list[str] = field(default_factory=list)
    bytes_read: int = 0
    connections: int = 0


class SftpServer:
    """Serves `root` to the owner of one private key."""

    def __init__(self, root: Path, home: Path) -> None:
        self.root = root
        self.trouble = Trouble()
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        client_key = asyncssh.generate_private_key("ssh-ed25519")
        self.key_file = home / "client_key"
        client_key.write_private_key(str(self.key_file))
        self._authorized = home / "authorized_keys"
        client_key.write_public_key(str(self._authorized))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._run(self._listen(0))
        self.port = self._server.get_port()
        self.known_hosts = home / "known_hosts"
        self.trust(self.host_key)

    @property
    def url(self) -> str:
        return f"sftp://hospital@127.0.0.1:{self.port}/?key={self.key_file}"

    def trust(self, key: Any) -> None:
        """Write the file of known hosts with this key as the server's."""
        public = key.export_public_key().decode()
        self.known_hosts.write_text(f"[127.0.0.1]:{self.port} {public}", "ascii")

    def pause(self) -> None:
        """Nobody answers any more."""
        self._run(self._close())

    def resume(self) -> None:
        self._server = self._run(self._listen(self.port))

    def stop(self) -> None:
        self.pause()
        self._run(self._end_tasks())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Any) -> Any:
        future: Future[Any] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result(30)

    async def _listen(self, port: int) -> asyncssh.SSHAcceptor:
        server = self

        class Files(asyncssh.SFTPServer):
            def __init__(self, chan: Any) -> None:
                super().__init__(chan, chroot=str(server.root))
                self._connection = chan.get_connection()
                server.trouble.connections += 1

            def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
                name = path.decode()
                if Path(name).name in server.trouble.forbidden:
                    raise asyncssh.SFTPPermissionDenied("no")
                if server.trouble.before_open:
                    server.trouble.before_open(name)
                server.trouble.opened.append(name)
                return super().open(path, pflags, attrs)

            def read(self, file_obj: Any, offset: int, size: int) -> Any:
                trouble = server.trouble
                if trouble.cut_at_read is not None:
                    trouble.cut_at_read -= 1
                    if trouble.cut_at_read <= 0:
                        trouble.cut_at_read = None
                        self._connection.abort()
                        return b""
                data = super().read(file_obj, offset, size)
                trouble.bytes_read += len(data)
                return data

        return await asyncssh.listen(
            "127.0.0.1",
            port,
            server_host_keys=[self.host_key],
            authorized_client_keys=str(self._authorized),
            sftp_factory=Files,
        )

    async def _end_tasks(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _close(self) -> None:
        self._server.close()
        await self._server.wait_closed()
