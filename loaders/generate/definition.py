"""What an indicator's .yml says, read and checked at the door.

Goes in: the pairs `ind_<code>.sql` and `ind_<code>.yml` of one folder. Comes out: one
`Indicator` per pair, by code. A fault stops with the file and the field.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from loaders.failure import ExpectedFailure
from loaders.read_yaml import read_yaml

Words = Annotated[str, Field(min_length=1)]


class DefinitionError(ExpectedFailure):
    """An indicator's definition cannot be used; the message names file and field."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Target(_Strict):
    """A figure that a document sets for an indicator, from a day on."""

    value: Decimal
    operator: Literal[">=", "<=", ">", "<", "="]
    valid_from: date
    valid_to: date | None = None
    set_by: Words
    source: Words

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Target:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to is before valid_from")
        return self


class Indicator(_Strict):
    """What an indicator counts, for whom it is shown, and what is expected of it."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name_zh: Words
    name_en: Words
    definition_zh: Words
    definition_en: Words
    source: Words
    owner: Words
    direction: Literal["higher", "lower", "neutral"]
    unit: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    factor: int = Field(default=1, ge=1)
    grains: tuple[Literal["county", "group", "institution", "township"], ...] = Field(
        min_length=1
    )
    monthly: bool
    # Feeds without which it says nothing: that none came is no word about the county.
    needs: tuple[Annotated[str, Field(pattern=r"^[A-H][0-9]{2}$")], ...]
    targets: tuple[Target, ...] = ()

    @property
    def model(self) -> str:
        """The dbt model that holds the indicator's cases."""
        return f"ind_{self.code}"


def read_definitions(folder: Path) -> tuple[Indicator, ...]:
    """All indicators of a folder, by code. Raises: DefinitionError."""
    models = {path.stem for path in folder.glob("ind_*.sql")}
    described = {path.stem for path in folder.glob("ind_*.yml")}
    if lonely := sorted(models ^ described):
        raise DefinitionError(f"not a pair of .sql and .yml: {', '.join(lonely)}")
    if not models:
        raise DefinitionError(f"no indicator in {folder.name}")
    return tuple(_read(folder / f"{model}.yml") for model in sorted(models))


def _read(path: Path) -> Indicator:
    try:
        document = read_yaml(path)
        (model,) = document["models"]
        named = model["name"]
        meta = model["config"]["meta"]["indicator"]
    except yaml.YAMLError as error:
        raise DefinitionError(f"{path.name} is not YAML: {error}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise DefinitionError(
            f"{path.name} must describe one model, with name and config.meta.indicator: "
            f"{type(error).__name__} {error}"
        ) from error
    try:
        indicator = Indicator.model_validate(meta)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
            for fault in error.errors()
        )
        raise DefinitionError(f"{path.name} is not a usable indicator: {faults}") from error
    if not path.stem == named == indicator.model:
        raise DefinitionError(f"{path.name}: file, model and code must have one name")
    return indicator
