"""The block `extract` of a contract: what is read from a live database, and how."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

# How the rows that were read come into the warehouse; another way would lose deletions or
# invent them.
DELIVERIES = {
    "watermark": {"delta", "rolling"},
    "rolling": {"rolling"},
    "full": {"snapshot"},
}


class Extract(BaseModel):
    """Which table, and which of its rows.

    `watermark`: rows whose column has reached the highest value seen before (`days`: and so
    many days further back). `rolling`: rows of the last `days` days. `full`: all rows.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    # Both exactly as the database spells them.
    table: str = Field(min_length=1)
    db_schema: str | None = Field(default=None, min_length=1)
    mode: Literal["watermark", "rolling", "full"]
    column: str | None = None
    days: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _mode_has_what_it_needs(self) -> Extract:
        if (self.column is None) != (self.mode == "full"):
            raise ValueError(
                "column goes with mode: watermark or rolling, and only with them"
            )
        if self.mode == "rolling" and self.days is None:
            raise ValueError("mode: rolling needs days")
        if self.mode == "full" and self.days is not None:
            raise ValueError("days goes with mode: watermark or rolling only")
        return self

    def check(self, delivery: str, form: str, encoding: str | None) -> None:
        """Whether a contract delivered so can be extracted. Raises: ValueError."""
        if form != "jsonl" or (encoding or "utf-8").lower() != "utf-8":
            raise ValueError("extract goes with format: jsonl and encoding: utf-8 only")
        if delivery not in (fitting := DELIVERIES[self.mode]):
            wanted = " or ".join(sorted(fitting))
            raise ValueError(f"extract by mode: {self.mode} goes with delivery: {wanted}")


def extract_file_name(table: str, day: date, revision: int) -> str:
    """The name of an extracted file; a second extraction of a day corrects the first."""
    return f"{table}_{day:%Y%m%d}{f'_R{revision}' if revision else ''}.jsonl"
