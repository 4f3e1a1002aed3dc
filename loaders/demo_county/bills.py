"""What a stay costs: charge lines, settlements, operations; amounts in fen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from loaders.demo_county.county import Price


@dataclass(slots=True)
class WardLine:
    """One line of a stay; a line that gives something back names what it gives back."""

    number: str
    at: datetime
    price: Price
    quantity: int
    is_newborn: bool = False
    gives_back: bool = False

    @property
    def amount(self) -> int:
        """What it adds to the bill: negative when something is given back."""
        return self.price.fen * self.quantity * (-1 if self.gives_back else 1)


@dataclass(slots=True)
class Bill:
    """One settlement of a stay with its patient; void when the next one replaces it."""

    ordinal: int
    is_interim: bool
    begins_on: date
    ends_on: date
    at: datetime
    total: int
    fund: int = 0
    void_at: datetime | None = None

    def stands(self, at: datetime) -> bool:
        return self.void_at is None or self.void_at > at


@dataclass(slots=True)
class Operation:
    """One operation of a stay; a procedure has no level."""

    code: str
    name: str
    level: str
    at: datetime
    anaesthesia: str
