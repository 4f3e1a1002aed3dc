"""Notes that stewards write: free text, but never about whom.

Goes in: a note and the records it is about. Comes out: the note, or a refusal that does not
repeat what it found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from loaders.identity.person_name import read_person_name
from loaders.stewards.people import Record
from loaders.stewards.refusal import StewardRefusal

LONGEST = 300
# Nothing that a note may hold has so many digits in a row; a birthday has eight.
MANY_DIGITS = re.compile(r"\d{7}")
NUMBERS = re.compile(r"\d{17}[\dX]|\d{15}|1[3-9]\d{9}", re.IGNORECASE)
BETWEEN = re.compile(r"[\s\-_.·•,，、:：/|()\u200b-\u200f]+")
SHORTEST_IDENTIFIER = 5


class NoteRefusedError(StewardRefusal):
    """A note names somebody or holds a number; the message does not repeat it."""


def check_note(note: str, records: Iterable[Record]) -> str:
    """The note, without what nobody sees in it. Raises: NoteRefusedError."""
    # No text of the warehouse can hold a NUL, and others would hide a number from the look.
    note = "".join(sign for sign in note if _is_seen(sign)).strip()
    if len(note) > LONGEST:
        raise NoteRefusedError(
            f"A note has at most {LONGEST} characters.", f"备注最多 {LONGEST} 字。"
        )
    plain = unicodedata.normalize("NFKC", note).upper()
    joined = BETWEEN.sub("", plain)
    if MANY_DIGITS.search(plain) or NUMBERS.search(joined):
        raise NoteRefusedError(
            "The note holds a long number. Say what was checked, not which number:"
            " the records are known by their keys.",
            "备注里有长数字。请写核对了什么，不要写号码本身。",
        )
    simple = read_person_name(joined).key
    for record in records:
        if _names(record, joined, simple) or _holds(record, joined):
            raise NoteRefusedError(
                "The note holds a name, birthday, address or number of one of the records."
                " Write it without, such as 'the mother' or 'the card'.",
                "备注里有记录中的姓名、生日、地址或号码。请改写，例如“母亲”“该卡”。",
            )
    return note


def _is_seen(sign: str) -> bool:
    return sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cf")


def _names(record: Record, joined: str, simple: str) -> bool:
    raw = BETWEEN.sub("", unicodedata.normalize("NFKC", record.person_name or "")).upper()
    key = read_person_name(record.person_name).key
    return any(
        len(name) > 1 and name in text for name in (raw, key) for text in (joined, simple)
    )


def _holds(record: Record, joined: str) -> bool:
    values = [
        record.id_number, record.phone, record.address, record.health_index_id,
        record.archive_id, record.insurance_number, record.household_id, record.native_id,
        f"{record.born_on:%Y%m%d}" if record.born_on else None,
    ]  # fmt: skip
    wanted = (
        BETWEEN.sub("", unicodedata.normalize("NFKC", value)).upper()
        for value in values
        if value
    )
    return any(len(value) >= SHORTEST_IDENTIFIER and value in joined for value in wanted)
