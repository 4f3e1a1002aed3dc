"""Reads bytes with the reader of a format, under a contract made for the test."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from loaders.contracts import model
from loaders.contracts.model import Contract
from loaders.landing.readers.opening import READERS
from loaders.landing.readers.reading import BadRecord, Record
from loaders.landing.refusal import FileRefusedError

WORDS = {"zh": "试验", "en": "trial"}


def contract_for(format_: str, *names: str, **more: Any) -> Contract:
    """A contract of a format with these columns; the first is the key."""
    columns = [{"name": name, "standard": name, **WORDS} for name in names or ("k",)]
    document = {
        "feed": "X01",
        "table": "TRIAL",
        "name": "x01_trial",
        "title": WORDS,
        "description": WORDS,
        "owner": "trial",
        "format": format_,
        "file_name": r"TRIAL_(?P<date>\d{8})\.\w+",
        "delivery": "snapshot",
        "key": [columns[0]["name"]],
        "freshness_days": 1,
        "columns": columns,
    }
    return Contract.model_validate(document | more)


class Read:
    """Everything that a reader made of some bytes."""

    def __init__(
        self,
        data: bytes,
        contract: Contract,
        page_one: Callable[[], list[str]] | None = None,
    ) -> None:
        reading = READERS[contract.format](io.BytesIO(data), contract, page_one)
        self.data = data
        self.records = list(reading.records)
        self.columns = list(reading.columns)

    @property
    def rows(self) -> list[list[str | None]]:
        """The values of good records, as long as there are columns."""
        return [
            [*record.fields, *[None] * (len(self.columns) - len(record.fields))]
            for record in self.records
            if isinstance(record, Record)
        ]

    @property
    def numbers(self) -> list[int]:
        return [record.line_number for record in self.records]

    @property
    def rejects(self) -> list[tuple[int, str]]:
        """Line number and rule of every bad record."""
        return [
            (record.line_number, record.rule)
            for record in self.records
            if isinstance(record, BadRecord)
        ]

    def raw_is_exact(self) -> bool:
        """Whether each record's bytes stand in the data where it says."""
        return bool(self.records) and all(
            self.data[record.byte_offset :].startswith(record.raw or b"?missing")
            for record in self.records
        )


def refusal(
    data: bytes, contract: Contract, page_one: Callable[[], list[str]] | None = None
) -> str:
    """The reason for which these bytes are refused."""
    with pytest.raises(FileRefusedError) as refused:
        Read(data, contract, page_one)
    return refused.value.reason


@contextmanager
def more_contracts(folder: Path, *contracts: Contract) -> Iterator[None]:
    """Let these contracts count beside the real ones for a while."""
    known = shutil.copytree(model.contracts_folder(), folder / "contracts")
    for contract in contracts:
        place = next(known.glob(f"{contract.system.lower()}_*"))
        document = contract.model_dump(mode="json", exclude_defaults=True)
        text = yaml.safe_dump(document, allow_unicode=True)
        (place / f"{contract.name}.yml").write_text(text, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONECARD_CONTRACTS", str(known))
        _forget()
        yield
    _forget()


def _forget() -> None:
    # Contracts are read once and remembered.
    model.load_contracts.cache_clear()
    model.load_systems.cache_clear()
