"""Folders of deliveries: which days there are, which systems, which files.

A file that only the manifest names is listed too; that it is not there is found later.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path

from loaders.contracts.model import System, Words, load_systems
from loaders.failure import ExpectedFailure
from loaders.landing.delivered import DeliveredFile
from loaders.landing.manifest import SUFFIX, printable, read_manifests

DAY = re.compile(r"\d{8}", re.ASCII)


class DeliveryFolderError(ExpectedFailure):
    """The folder of deliveries cannot be used; the message says why."""


def delivery_days(deliveries: Path, through: date | None) -> Iterator[tuple[date, Path]]:
    """The delivery folders up to a day, in order. Raises: DeliveryFolderError."""
    if not deliveries.is_dir():
        raise DeliveryFolderError(f"{deliveries} is not a folder.")
    for folder in sorted(deliveries.iterdir()):
        if not folder.is_dir() or not DAY.fullmatch(folder.name):
            continue
        try:
            day = date.fromisoformat(folder.name)
        except ValueError as error:
            raise DeliveryFolderError(
                f"{folder.name} is not a day; delivery folders are named YYYYMMDD."
            ) from error
        if through is None or day <= through:
            yield day, folder


def other_entries(deliveries: Path) -> list[str]:
    """What lies beside the delivery folders: a day in another spelling, a zip."""
    with os.scandir(deliveries) as entries:
        names = [
            entry.name
            for entry in entries
            if not entry.name.startswith(".")
            and not (entry.is_dir() and DAY.fullmatch(entry.name))
        ]
    return sorted(map(printable, names))


def stray_files(day: Path) -> int:
    """How many files of one delivery lie outside any system's folder."""
    with os.scandir(day) as entries:
        return sum(entry.is_file() for entry in entries)


def system_folders(
    day: Path, wanted: Collection[str] | None
) -> Iterator[tuple[System, Path]]:
    """The folders of one delivery with their systems; `wanted` are letters or names."""
    known = {system.folder: system for system in load_systems()}
    with os.scandir(day) as entries:
        names = sorted(entry.name for entry in entries if entry.is_dir())
    for name in names:
        system = known.get(name) or _unknown_system(name)
        if wanted is None or {system.system, system.name} & set(wanted):
            yield system, day / name


def delivered_files(system: System, folder: Path, day: date) -> list[DeliveredFile]:
    """Every file that lies in a system's folder or is named by its manifest."""
    manifests = read_manifests(folder, system.manifest, day)
    paths = {
        printable(path.relative_to(folder).as_posix()): path
        for path in folder.rglob("*")
        if (path.is_symlink() or not path.is_dir()) and path.suffix != SUFFIX
    }
    paths = {name: folder / name for name in manifests.files} | paths
    return [
        DeliveredFile(paths[name], name, day, system, manifests.of(name))
        for name in sorted(paths, key=_in_reading_order)
    ]


def _in_reading_order(name: str) -> tuple[object, ...]:
    """Numbers in names compare as numbers: page 2 comes before page 10."""
    return tuple(
        (0, int(part), "") if part.isdecimal() else (1, 0, part)
        for part in re.split(r"(\d+)", name)
        if part
    )


def _unknown_system(folder: str) -> System:
    # A folder that nobody announced still gets its files into the ledger.
    title = Words(zh="未登记的系统", en="A system that is not registered")
    return System.model_construct(
        system="?",
        name="unregistered",
        folder=folder,
        title=title,
        owner="",
        manifest="{folder}_{date}.ok",
        dag_id="land_unregistered",
    )
