"""Reading a person's name as clerks leave it.

Goes in: the name as delivered. Comes out: the forms in which names are compared. The name
itself is never changed anywhere; these forms live for one run and are not stored.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from opencc import OpenCC
from pypinyin import Style, lazy_pinyin

LOST = "?"
LOST_CHARACTERS = re.compile(r"[?*□〓■○●◇�\ue000-\uf8ff]")
# No name has them, and they would be wildcards where a name is compared as a pattern.
PATTERN_SIGNS = re.compile(r"[%_\\]")
INVISIBLE = re.compile(r"[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2060\ufeff]")
HAN = re.compile(r"[㐀-鿿\U00020000-\U000323af]")
PARTS = re.compile(rf"{HAN.pattern}|(?:(?!{HAN.pattern})\S)+")
MIDDLE_DOTS = re.compile(r"[·•・‧∙⋅.．。˙゠\-]")
BRACKETS = re.compile(r"[(\[{【〔<《](.*?)[)\]}】〕>》]?$")
TITLES = re.compile(r"(女士|先生|小朋友|儿童|患儿|同志)$")
NOBODY = frozenset(
    "无名氏 无名 无姓名 未知 未命名 患者 病人 不详 无 佚名 匿名 某某 某 姓名 本人"
    " XXX XX NULL NONE".split()
)
NEWBORN = re.compile(
    r"(?P<parent>.{2,8}?)(?:之[长次大小一二三]?(?:子|女|儿|婴|男|男婴|女婴)|[男女]?婴)"
    r"(?P<rank>[大小长次一二三甲乙AB12]?)"
)
NAMELESS_NEWBORN = re.compile(r"(?:新生儿|婴儿|[男女]婴|毛毛)\d?")
ELDER, YOUNGER, THIRD = "1", "2", "3"
RANKS = {
    **dict.fromkeys("大长一甲A1", ELDER),
    **dict.fromkeys("小次二乙B2", YOUNGER),
    "三": THIRD,
}


@dataclass(frozen=True, slots=True)
class PersonName:
    """One name in the forms in which it is compared.

    `key` is empty when the name says nothing. `rank` tells the elder from the younger of
    two who share a name. A newborn's name is that of a parent and says so.
    """

    key: str
    pinyin: str = ""
    rank: str = ""
    is_newborn: bool = False

    @property
    def has_lost_characters(self) -> bool:
        return LOST in self.key

    @property
    def surname(self) -> str:
        """How the surname sounds; the first character is enough to group by."""
        return self.pinyin.split(" ")[0] if self.pinyin else ""

    def masks(self) -> list[str]:
        """The name with each character hidden in turn: one differs iff a mask is shared."""
        return [self.key[:i] + LOST + self.key[i + 1 :] for i in range(len(self.key))]

    def shortened(self) -> list[str]:
        """The name with each character left out in turn."""
        if len(self.key) < 3:
            return []
        return sorted({self.key[:i] + self.key[i + 1 :] for i in range(len(self.key))})


def read_person_name(raw: str | None) -> PersonName:
    """The comparable forms of a delivered name."""
    text = unicodedata.normalize("NFKC", INVISIBLE.sub(" ", raw or "")).strip().upper()
    note = BRACKETS.search(text)
    if note and note.start() > 0:
        text = text[: note.start()]
    text = LOST_CHARACTERS.sub(LOST, PATTERN_SIGNS.sub("", text))
    if HAN.search(text):
        text = MIDDLE_DOTS.sub("", re.sub(r"\s+", "", text))
    else:
        text = " ".join(sorted(re.sub(r"[\s,.\-']+", " ", text).split()))
    text = _simplified(text)
    rank = RANKS.get(note.group(1).strip(), "") if note else ""
    if NAMELESS_NEWBORN.fullmatch(text):
        return PersonName("", rank=rank, is_newborn=True)
    newborn = NEWBORN.fullmatch(text)
    if newborn:
        rank = RANKS.get(newborn["rank"], rank)
        return _named(text.removesuffix(newborn["rank"]), rank, is_newborn=True)
    text = TITLES.sub("", re.sub(r"\d+$", "", text))
    if text in NOBODY or not text.replace(LOST, ""):
        return PersonName("")
    return _named(text, rank, is_newborn=False)


def _named(text: str, rank: str, is_newborn: bool) -> PersonName:
    # A lost character may have been typed as its sound: 王ZHE reads like 王哲.
    pinyin = " ".join(_reading(part) for part in PARTS.findall(text))
    return PersonName(text, pinyin, rank, is_newborn)


@cache
def _reading(part: str) -> str:
    # One character at a time: the reading must not depend on what stands beside it.
    return "".join(lazy_pinyin(part, style=Style.NORMAL)).lower()


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def _simplified(text: str) -> str:
    return str(_converter().convert(text))
