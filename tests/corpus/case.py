"""What a case of the corpus is: bytes that are wrong in one way, and what must happen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.corpus.feeds import CANARY, good

Rejects = Sequence[tuple[int, str]]


@dataclass(frozen=True)
class Case:
    """One file of a trial feed. `kind` is unique within its format.

    `stored` are the keys that must be there, in order; `notes` what `note` must hold, by
    key; `reason` is a pattern that the whole reason of a refused table must match.
    """

    format: str
    kind: str
    data: bytes
    announced: int
    stored: Sequence[str | int] = ()
    rejects: Rejects = ()
    state: str = "landed"
    reason: str = ""
    mess: str = ""
    notes: Mapping[str, str | None] = field(default_factory=dict)
    # Lines of the manifest that describe members, for zips and databases.
    members: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    # Files that hold no row cannot hold a canary either.
    has_rows: bool = True
    rows_have_bytes: bool = True

    @property
    def id(self) -> str:
        return f"{self.format}: {self.kind}"


def refused(
    format_: str, kind: str, data: bytes, announced: int, reason: str, **more: object
) -> Case:
    """A file that is refused whole, for a reason that matches."""
    return Case(format_, kind, data, announced, state="refused", reason=reason, **more)  # type: ignore[arg-type]


def lines(
    tag: str, *parts: str | int, end: str = "\r\n", delimiter: str = ",", last: str = ""
) -> str:
    """Lines of text: numbers are good rows, H is the header, @ the canary."""
    made = []
    for part in parts:
        if part == "H":
            made.append(delimiter.join(good(0, tag)) + last)
        elif isinstance(part, int):
            made.append(delimiter.join(good(part, tag).values()) + last)
        else:
            made.append(
                part.replace("@@", "\ue0ff").replace("@", CANARY).replace("\ue0ff", "@")
            )
    return "".join(line + end for line in made)
