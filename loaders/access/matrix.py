"""The access matrix, read from `access.yml`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

FILE = Path(__file__).with_name("access.yml")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Strict):
    zh: str
    en: str


class Grant(_Strict):
    """A privilege on all tables of a schema, or on some."""

    schema_name: str = Field(alias="schema", pattern=r"^[a-z_]+$")
    tables: Literal["all"] | tuple[str, ...]
    privilege: Literal["select"]


class Role(_Strict):
    """A role and all that it may do."""

    role: str = Field(pattern=r"^[a-z_]+$")
    title: Words
    description: Words
    grants: Literal["all"] | tuple[Grant, ...]


def load_roles() -> tuple[Role, ...]:
    """The roles of the matrix. Raises: pydantic.ValidationError."""
    data = yaml.safe_load(FILE.read_text("utf-8"))
    return tuple(Role.model_validate(role) for role in data["roles"])
