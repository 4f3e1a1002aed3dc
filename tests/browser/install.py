"""Bring a browser onto a machine that has none: no root, no installer, two packages.

Goes in: the pins beside this file. Comes out: a folder in the user's cache with Chromium,
its libraries and a Chinese font. It is made once; nothing is fetched while it is there.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import yaml
from playwright._impl._driver import compute_driver_executable

PINS = Path(__file__).with_name("pins.yml")
PATIENCE_SECONDS = 600
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{folder}/fonts</dir>
  <cachedir>{folder}/font-cache</cachedir>
</fontconfig>
"""
# Playwright brings a Node, and Node reads Brotli.
UNPACK = """
const { createReadStream, createWriteStream } = require("fs");
const { pipeline } = require("stream");
const { createBrotliDecompress } = require("zlib");
const [packed, unpacked] = process.argv.slice(1);
pipeline(
  createReadStream(packed), createBrotliDecompress(), createWriteStream(unpacked),
  (error) => { if (error) { console.error(error.message); process.exit(1); } },
);
"""


class NoBrowserError(Exception):
    """No browser can be had on this machine; the message says which step failed."""


def installed_browser() -> Path:
    """The folder of the browser, made now if it is not there yet.

    Raises: NoBrowserError.
    """
    machine = f"{platform.system()} {platform.machine()}"
    if machine != "Linux x86_64":
        raise NoBrowserError(f"The browser of the tests is for Linux x86_64, not {machine}")
    pins = yaml.safe_load(PINS.read_text("utf-8"))
    recipe = PINS.read_bytes() + Path(__file__).read_bytes()
    mark = hashlib.sha256(recipe).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "onecard"
    folder = cache / f"browser-{pins['chromium']['version']}-{mark}"
    cache.mkdir(parents=True, exist_ok=True)
    with _alone(cache / "browser.lock"):
        if not folder.exists():
            with tempfile.TemporaryDirectory(dir=cache) as draft:
                made = Path(draft) / "browser"
                made.mkdir()
                _make(pins, made, Path(draft))
                fonts = FONTS.format(folder=escape(str(folder)))
                (made / "fonts.conf").write_text(fonts, "utf-8")
                made.rename(folder)
    return folder


def _make(pins: dict[str, dict[str, str]], made: Path, draft: Path) -> None:
    package = _from_npm(pins["chromium"], pins["npm"], draft)
    with tarfile.open(package) as archive:
        archive.extractall(draft, filter="data")
    packed = draft / "package" / "bin"
    _unpack(packed / "chromium.br", made / "chromium")
    (made / "chromium").chmod(0o755)
    for name in ("al2023", "fonts"):
        _unpack(packed / f"{name}.tar.br", draft / f"{name}.tar")
        with tarfile.open(draft / f"{name}.tar") as archive:
            archive.extractall(made, filter="data")
    font = pins["font"]
    with zipfile.ZipFile(_from_pip(font, draft)) as wheel:
        target = made / "fonts" / Path(font["member"]).name
        target.write_bytes(wheel.read(font["member"]))


def _from_npm(pin: dict[str, str], npm: dict[str, str], draft: Path) -> Path:
    command = [found] if (found := shutil.which("npm")) else _npm_of_our_own(npm, draft)
    place = draft / "npm"
    place.mkdir()
    _run(
        [*command, "pack", f"{pin['package']}@{pin['version']}", "--silent",
         "--pack-destination", str(place)],
    )  # fmt: skip
    return _checked(place, pin)


def _npm_of_our_own(pin: dict[str, str], draft: Path) -> list[str]:
    with zipfile.ZipFile(_from_pip(pin, draft)) as wheel:
        wheel.extractall(
            draft, [name for name in wheel.namelist() if name.startswith(pin["members"])]
        )
    return [_node(), str(draft / pin["members"] / "bin" / "npm-cli.js")]


def _from_pip(pin: dict[str, str], draft: Path) -> Path:
    place = draft / pin["package"]
    place.mkdir()
    _run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest",
         str(place), f"{pin['package']}=={pin['version']}"],
    )  # fmt: skip
    return _checked(place, pin)


def _checked(place: Path, pin: dict[str, str]) -> Path:
    """The one file that was fetched, when it is the pinned one."""
    (file,) = place.iterdir()
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if digest != pin["sha256"]:
        raise NoBrowserError(f"{pin['package']} {pin['version']} is not what was pinned")
    return file


def _unpack(packed: Path, unpacked: Path) -> None:
    _run([_node(), "-e", UNPACK, str(packed), str(unpacked)])


def _node() -> str:
    return str(compute_driver_executable()[0])


def _run(command: list[str]) -> None:
    done: subprocess.CompletedProcess[Any] = subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE_SECONDS
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise NoBrowserError(
            f"{' '.join(Path(word).name for word in command[:3])} failed: {said[-1:]}"
        )


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Tests that run side by side make the browser once."""
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
