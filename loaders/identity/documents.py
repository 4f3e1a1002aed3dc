"""Reading one identifier of any kind: its comparable form and how far it can be trusted.

Goes in: the kind of identifier, the value as delivered, and how the source came by it.
Comes out: the normalised value, whether it is a right one of its kind, a verification level
from 0 to 4, and flags that say what was odd about it. Never raises: what cannot be read is
invalid, and what must not be kept (a one-off token) has no normalised value.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from loaders.identity.contact import read_phone_number
from loaders.identity.id_number import (
    WORDS_FOR_NOTHING,
    IdKind,
    IdNumber,
    Issuer,
    check_character,
    clean,
    issuer,
    read_id_number,
    stands_for_nothing,
    without_renewals,
)

LOST_X = re.compile(r"\d{17}")
RENEWABLE = re.compile(r"[HM]\d{8}(?:\d{2})?")
TAIWAN_PERMIT = re.compile(r"(\d{8})(?:\d{2}|\(?[A-Z]\)?)?")
MILITARY = re.compile(r"([一-鿿]{0,4})字?第?(\d{7,8})号?")
# A card of the old series for foreigners who may stay: their country and twelve digits.
OLD_RESIDENCE_CARD = re.compile(r"[A-Z]{3}\d{12}")
PASSPORT = re.compile(r"(?=.*\d)[A-Z0-9]{6,12}")
BIRTH_CERTIFICATE = re.compile(r"[A-Z]\d{9}")
SOCIAL_CARD = re.compile(r"[A-Z0-9]\d{7}[A-Z0-9]")
# What a reader of electronic health cards adds to the number: the printed or the live code.
CODE_OF_CARD = re.compile(r"(.+):([01])")
# Issued by a system or an institution, in its own way.
LOCAL_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9\-_/]{2,63}")
COUNTED = frozenset({"patient_card", "outpatient_no", "medical_record_no"})
COUNTED_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9\-_/]{0,63}")
ONE_OFF_TOKENS = frozenset({"ec_token", "ectoken"})
ID_KINDS_FLAGS = {
    IdKind.CONVERTED: "converted_from_15",
    IdKind.EXCEL_ZEROED: "excel_zeroed",
    IdKind.EXCEL_ROUNDED: "excel_rounded",
    IdKind.EXCEL_SCIENTIFIC: "excel_scientific",
    IdKind.PLACEHOLDER: "placeholder",
    IdKind.INVALID: "check_failed",
}


class SourceTrust(StrEnum):
    """How a source came by a number, most trusted first."""

    READ = "read"
    SEEN = "seen"
    TYPED = "typed"
    COPIED = "copied"


LEVELS = {
    SourceTrust.READ: 4,
    SourceTrust.SEEN: 3,
    SourceTrust.TYPED: 2,
    SourceTrust.COPIED: 1,
}


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier that was read.

    Verification levels: 4 read from a chip, a face or a credential that the police checked,
    3 typed from a document in hand, 2 typed without one, 1 derived (converted, copied from
    a relative), 0 invalid or nobody's. `resident_id` is the id number that it carries.
    """

    normalised: str | None
    valid: bool
    verification_level: int
    flags: tuple[str, ...] = ()
    resident_id: str | None = None


NOTHING = Identifier(None, valid=False, verification_level=0)


def read_identifier(
    id_type: str, raw: str | None, source_trust: SourceTrust = SourceTrust.TYPED
) -> Identifier:
    """What an identifier of a kind is worth, as one source delivers it."""
    if id_type.lower() in ONE_OFF_TOKENS:
        # Good for one visit and a key to the holder's account: it is not even hashed.
        return Identifier(None, False, 0, ("one_off_token",))
    text = clean(raw)
    if not text:
        return NOTHING
    trusted = LEVELS[source_trust]
    if id_type == "resident_id":
        return _resident_id(text, raw or "", trusted)
    if id_type == "phone":
        phone = read_phone_number(raw)
        flag = () if phone else ("placeholder",)
        return Identifier(
            phone.number if phone else None,
            bool(phone),
            min(trusted, 2) * bool(phone),
            flag,
        )
    # An institution counts its own patients from 1: there, a short number is one.
    if id_type in COUNTED:
        nothing = not text.strip("0") or text in WORDS_FOR_NOTHING
    else:
        nothing = stands_for_nothing(text)
    if nothing:
        return Identifier(None, False, 0, ("placeholder",))
    carried = read_id_number(text)
    if carried.kind is IdKind.VALID and id_type != "archive":
        # Cards of the insured and the disabled are numbered by the id of their holder.
        flags = ("contains_resident_id", *_issuer_flags(carried))
        return Identifier(carried.key, True, trusted, flags, carried.key)
    return _of_kind(id_type, text, trusted)


def _resident_id(text: str, raw: str, trusted: int) -> Identifier:
    read = read_id_number(text)
    flags = _spelling_flags(raw, text)
    if read.kind in ID_KINDS_FLAGS:
        flags.append(ID_KINDS_FLAGS[read.kind])
    if read.key is not None:
        if len(text) == 20:
            flags.append("disability_card")
        flags += _issuer_flags(read)
        level = 1 if read.kind is IdKind.CONVERTED else trusted
        return Identifier(read.key, True, level, tuple(flags), read.key)
    if read.kind is IdKind.OTHER_DOCUMENT:
        found = _of_kind("other_document", text, trusted)
        flags = [*flags, "not_a_resident_id", *found.flags]
        return Identifier(
            found.normalised, found.valid, found.verification_level, tuple(flags)
        )
    if read.kind is IdKind.INVALID and LOST_X.fullmatch(text):
        flags.append("x_missing" if check_character(text) == "X" else "seventeen_digits")
    return Identifier(read.text, False, 0, tuple(flags))


def _of_kind(id_type: str, text: str, trusted: int) -> Identifier:
    """Numbers without a check character are right when they look right, and no more."""
    if id_type == "other_document":
        return _other_document(text, trusted)
    if id_type == "taiwan_permit" and (permit := TAIWAN_PERMIT.fullmatch(text)):
        flags = ("renewal_dropped",) if permit[1] != text else ()
        return Identifier(permit[1], True, trusted, flags)
    if id_type in ("health_index", "health_card") and (
        code := CODE_OF_CARD.fullmatch(text)
    ):
        flag = "static_code" if code[2] == "1" else "dynamic_code"
        return Identifier(code[1], bool(LOCAL_NUMBER.fullmatch(code[1])), trusted, (flag,))
    shapes = {
        "birth_certificate": BIRTH_CERTIFICATE,
        "social_card": SOCIAL_CARD,
        **dict.fromkeys(COUNTED, COUNTED_NUMBER),
    }
    shape = shapes.get(id_type, LOCAL_NUMBER)
    if shape.fullmatch(text):
        return Identifier(text, True, trusted)
    return Identifier(text, False, 0, ("unusual_shape",))


def _other_document(text: str, trusted: int) -> Identifier:
    if RENEWABLE.fullmatch(text):
        kept = without_renewals(text)
        flags = ["hong_kong_macao_permit"] + ["renewal_dropped"] * (kept != text)
        return Identifier(kept, True, trusted, tuple(flags))
    if BIRTH_CERTIFICATE.fullmatch(text):
        return Identifier(text, True, trusted, ("birth_certificate",))
    if OLD_RESIDENCE_CARD.fullmatch(text):
        return Identifier(text, True, trusted, (Issuer.FOREIGN_PERMANENT_RESIDENT.value,))
    military = MILITARY.fullmatch(text)
    if military and (military[1] or "第" in text or "字" in text):
        number = f"{military[1].rstrip('字第')}{military[2]}"
        return Identifier(number, True, trusted, ("military",))
    if PASSPORT.fullmatch(text):
        return Identifier(text, True, trusted, ("passport_or_permit",))
    return Identifier(text, False, 0, ("unusual_shape",))


def _issuer_flags(read: IdNumber) -> list[str]:
    found = issuer(read.key or "")
    return [] if found is Issuer.CITIZEN else [found.value]


def _spelling_flags(raw: str, text: str) -> list[str]:
    flags = []
    folded = unicodedata.normalize("NFKC", raw)
    if folded != raw:
        flags.append("full_width")
    if text.endswith("X") and "X" not in folded.upper():
        flags.append("look_alike_x")
    if re.search(r"[^0-9A-Za-z一-鿿]", raw.strip()) and len(folded) > len(text):
        flags.append("wrapped")
    return flags
