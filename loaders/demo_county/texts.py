"""What goes wrong in texts, diagnoses and amounts on their way into a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from loaders.demo_county.county import Diagnosis
from loaders.demo_county.spelling import yuan
from loaders.demo_county.world import World

DIAGNOSIS_MESS = (
    "dx_two_codes",
    "dx_uncertain",
    "dx_without_code",
    "dx_other_edition",
    "dx_letter_o",
    "dx_spelling",
)
BLANKS = ("\t", "\u3000", " ", "\u00a0")


@dataclass(frozen=True)
class Place:
    """The row in which something may go wrong, and when it became known."""

    world: World
    system: str
    table: str
    native_id: str
    known_on: date

    def struck(self, *kinds: str) -> str | None:
        """Which of these kinds hits the row; it is noted."""
        found = self.world.mess.struck(kinds, self.system, self.table, self.native_id)
        if found:
            self.note(found)
        return found

    def note(self, kind: str) -> None:
        self.world.mess.note(kind, self.system, self.table, self.native_id, self.known_on)

    def nth(self, what: str, count: int) -> int:
        """One of so many ways in which it may go wrong."""
        share = self.world.dice.share(what, self.system, self.table, self.native_id)
        return int(share * count)


def spoil_text(place: Place, text: str, **changes: str) -> str:
    """A free text; `changes` are what the kinds named so make of it."""
    kind = place.struck(*changes, "mojibake", "stray_blank")
    if kind == "mojibake":
        return mojibake(text)
    if kind == "stray_blank":
        return _with_blank(place, text)
    return changes[kind] if kind else text


def spoil_name(place: Place, text: str) -> str:
    """The name of a thing from a list; only a blank may hang on to it."""
    return _with_blank(place, text) if place.struck("stray_blank") else text


def _with_blank(place: Place, text: str) -> str:
    return text + BLANKS[place.nth("blank", len(BLANKS))]


def mojibake(text: str) -> str:
    """UTF-8 that somebody read as GBK."""
    return text.encode("utf-8").decode("gbk", "ignore") + "锟斤拷"


def spell_diagnosis(place: Place, diagnosis: Diagnosis) -> tuple[str | None, str]:
    """Code and name of a diagnosis as a doctor leaves them."""
    code, name = diagnosis.clinical, diagnosis.name
    kind = place.struck(*DIAGNOSIS_MESS)
    if kind == "dx_two_codes":
        return f"{code}{';、'[place.nth(kind, 2)]}E11.900", name
    if kind == "dx_uncertain":
        doubts = (f"?{name}", f"{name}待排", f"否认{name}")
        return None, doubts[place.nth(kind, len(doubts))]
    if kind == "dx_without_code":
        return None, name
    if kind == "dx_other_edition":
        return diagnosis.insurance, name
    if kind == "dx_letter_o":
        return code[0] + code[1:].replace("0", "O", 1), name
    if kind == "dx_spelling":
        spellings = (code.replace(".", ""), code.lower(), f"{code} ", f"{code}+")
        return spellings[place.nth(kind, len(spellings))], name
    return code, name


def spell_money(place: Place, fen: int) -> str:
    """An amount, now and then as a cashier's printer writes it."""
    text = yuan(fen)
    if place.struck("money_spelling") is None:
        return text
    grouped = f"{fen // 100:,}.{fen % 100:02d}"
    return grouped if "," in grouped else f"￥{text}"


def spell_price(place: Place, fen: int) -> str:
    """A unit price that was rounded: with the quantity it no longer gives the amount."""
    return yuan(fen - 1 if fen > 1 and place.struck("price_rounding") else fen)


def spell_code(place: Place, code: str) -> str:
    """A code with a leading zero, without it, or with the decimals of a spreadsheet."""
    if not code.startswith("0") or place.struck("code_unpadded") is None:
        return code
    short = code.lstrip("0")
    return short if place.nth("unpadded", 2) else f"{short}.0"


def spell_age(place: Place, years: int, days: int) -> str:
    """An age in years, months or days; other systems write it their own way."""
    if days < 60:
        plain, odd = f"{days}天", ("新生儿", f"{days}D")
    elif days < 730:
        plain, odd = f"{days // 30}月", (f"{days // 30}/12", f"{days / 365:.1f}岁")
    else:
        plain, odd = f"{years}岁", (f"{years}Y", f"{years}.0")
    return odd[place.nth("age", 2)] if place.struck("age_spelling") else plain
