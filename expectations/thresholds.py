"""Thresholds of the gates, read from `thresholds.yml`, where each has its reason."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

FILE = Path(__file__).with_name("thresholds.yml")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bound(_Strict):
    """A share or a number, why it is what it is, and where another one holds."""

    limit: float
    because: str
    elsewhere: dict[str, float] = Field(default_factory=dict)

    def of(self, name: str) -> float:
        """The limit for one feed, table or column."""
        return self.elsewhere.get(name, self.limit)


class LandingThresholds(_Strict):
    key_filled: Bound
    person_name_filled: Bound
    id_number_shaped: Bound
    rejected_share: Bound
    rejected_share_noted: Bound
    snapshot_kept: Bound


class StagingThresholds(_Strict):
    set_aside_share: Bound
    set_aside_share_noted: Bound
    unreadable_share: Bound
    unreadable_share_noted: Bound
    dates_plausible: Bound
    amounts_plausible: Bound
    largest_amount_fen: Bound
    sex_known: Bound


class RecordThresholds(_Strict):
    ends_after_start: Bound
    linked_share: Bound
    institution_known: Bound
    largest_person: Bound
    review_share: Bound
    faces_of_person: Bound
    contradicting_share: Bound


class IndicatorThresholds(_Strict):
    value_jump: Bound
    numerator_with_place: Bound


class Thresholds(_Strict):
    landing: LandingThresholds
    staging: StagingThresholds
    record: RecordThresholds
    indicators: IndicatorThresholds


@lru_cache(maxsize=1)
def load_thresholds() -> Thresholds:
    """Read the file. Raises: pydantic.ValidationError when it does not keep its schema."""
    return Thresholds.model_validate(yaml.safe_load(FILE.read_text("utf-8")))
