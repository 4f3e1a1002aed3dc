"""Reading a person's name as clerks leave it.

Goes in: the name as delivered. Comes out: the forms in which names are compared. The name
itself is never changed anywhere; these forms live for one run and are not stored.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from loaders.identity.characters import standard_form
from loaders.identity.sounds import (
    character_readings,
    fuzzy,
    readings,
    syllables,
    without_tone,
)

LOST = "?"
# What stands where a character should: signs, private code points, 某 for a name unsaid.
LOST_CHARACTERS = re.compile(
    r"[?*□〓■○●◇◆△▲\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff]|(?<!^)某"
)
# No name has them, and they would be wildcards where a name is compared as a pattern.
PATTERN_SIGNS = re.compile(r"[%_\\]")
INVISIBLE = re.compile(r"[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2060\ufeff]")
HAN = re.compile(r"[〇㐀-鿿\U00020000-\U0003347f]")
SIGNS = re.compile(rf"{HAN.pattern}|[A-Z]+|\S")
MIDDLE_DOTS = re.compile(r"[·•・‧∙⋅.．。˙゠ᐧ\-]")
NUMBER_BEHIND = re.compile(r"\d+$")
BRACKETS = re.compile(r"[(\[{【〔<《](.*?)(?:[)\]}】〕>》]|$)")
TITLES = re.compile(r"(女士|先生|小姐|小朋友|儿童|患儿|同志|老人)$")
# 王(火页): the parts of a character that no font had. A plus sign, a place inside the name
# or a bare surname says that they are no remark, and so does a part that is no word.
COMPONENTS = re.compile(
    rf"{HAN.pattern}\+{HAN.pattern}|[氵亻钅扌忄艹纟讠饣犭阝礻衤⺮]{HAN.pattern}"
)
NOBODY = frozenset(
    "无名氏 无名 无姓名 无名男 无名女 无名尸 未知 未命名 患者 病人 不详 无 佚名 匿名 某?"
    " 某?? 某 姓名 本人 身份不明 不明 不知 保密 空 家属 路人 流浪 流浪人员 三无 三无人员"
    " 先生 女士 待查 待定 群众 XXX XX X NULL NONE UNKNOWN NA".split()
)
NEWBORN = re.compile(
    r"(?P<parent>.{2,8}?)"
    r"(?:之(?P<order>[长次大小一二三]?)(?:子|女|儿|婴|男|男婴|女婴|双)"
    r"|(?P<mark>[A-C甲乙丙]?)[男女]?婴)"
    r"(?P<rank>[大小长次一二三甲乙丙ABC123]?)"
)
# What a child is called before it has a name; nobody is told by it.
NAMELESS_CHILD = re.compile(
    r"(?:新生儿|婴儿|[男女]婴|毛毛|毛头|宝宝|贝贝|未取名|[大小二三]宝|[大小二三]毛)"
    r"(?P<rank>[大小甲乙ABC123]?)"
)
ELDER, YOUNGER, THIRD = "1", "2", "3"
RANKS = {
    **dict.fromkeys("大长一甲A1", ELDER),
    **dict.fromkeys("小次二乙B2", YOUNGER),
    **dict.fromkeys("三丙C3", THIRD),
}
TWO_CHARACTER_SURNAMES = frozenset(
    "欧阳 司马 上官 诸葛 尉迟 万俟 长孙 慕容 令狐 皇甫 公孙 东方 夏侯 端木 司徒 司空 宇文"
    " 澹台 公冶 宗政 濮阳 淳于 单于 太叔 申屠 轩辕 钟离 闻人 赫连 鲜于 闾丘 独孤 南宫 拓跋"
    " 呼延 东郭 西门 百里".split()
)
# The parts of a Latin name may come in any order; more than these are no name.
MOST_LATIN_PARTS = 5
# A character, all its readings, and the usual one without its tone.
Sign = tuple[str, tuple[str, ...], str]
# What a name is made of, as columns of `NAME_FEATURES` in the order of its fields.
NAME_PARTS = "key, pinyin, rank, is_newborn, tones, sounds, head"
# Columns of a table of names, and their kinds; `name_features` fills them.
NAME_FEATURES: Mapping[str, str] = {
    "key": "text", "pinyin": "text", "sound": "text", "surname": "text", "rank": "text",
    "is_newborn": "boolean", "has_lost_characters": "boolean", "masks": "texts",
    "shortened": "texts", "tones": "texts", "sounds": "texts", "fuzzy_sounds": "texts",
    "fuzzy_surnames": "texts", "head": "text",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PersonName:
    """One name in the forms in which it is compared.

    `key` is empty when the name says nothing; a character that was lost, or typed as its
    sound or its parts, is `?` in it. `tones` and `sounds` are all its readings, none when
    one of its sounds is unknown. `rank` tells the elder from the younger of two who share a
    name. `head` is the part before the dot. A newborn's name is a parent's and says so.
    """

    key: str
    pinyin: str = ""
    rank: str = ""
    is_newborn: bool = False
    tones: tuple[str, ...] = ()
    sounds: tuple[str, ...] = ()
    head: str = ""

    def __hash__(self) -> int:
        """Of two parts alone, whose own hashes are kept: names are looked up often."""
        return hash((self.key, self.pinyin))

    @property
    def has_lost_characters(self) -> bool:
        return LOST in self.key

    @property
    def surname(self) -> str:
        """How the surname sounds; the first character is enough to group by."""
        return self.pinyin.split(" ")[0] if self.pinyin else ""

    @property
    def fuzzy_sounds(self) -> tuple[str, ...]:
        """All readings without the differences that are not heard."""
        return _distinct(fuzzy(sound) for sound in self.sounds)

    @property
    def fuzzy_surnames(self) -> tuple[str, ...]:
        """All readings of the first character likewise; none when it is lost."""
        # Of the first syllable of each reading alone; the others need not be heard.
        heard = _distinct(fuzzy(sound.split(" ")[0]) for sound in self.sounds)
        return heard or _distinct(fuzzy(s) for s in (self.surname,) if s not in ("", LOST))

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
    text, note = _without_note(_cleaned(raw))
    head = ""
    if HAN.search(text):
        text = "".join(text.split())
        head, *others = MIDDLE_DOTS.split(text)
        # A lone surname before the dot is a slip of the finger.
        text, head = head + "".join(others), head if head[1:] and any(others) else ""
    else:
        text = re.sub(r"[\s,.\-']+", " ", text).strip()
    rank = RANKS.get(note, "")
    nameless = NAMELESS_CHILD.fullmatch(text)
    if nameless:
        return PersonName("", rank=RANKS.get(nameless["rank"], rank), is_newborn=True)
    newborn = NEWBORN.fullmatch(text)
    if newborn:
        said = newborn["rank"] or newborn["order"] or newborn["mark"]
        rank = RANKS.get(said, rank)
        return _named(text.removesuffix(newborn["rank"]), rank, is_newborn=True)
    text = TITLES.sub("", NUMBER_BEHIND.sub("", text))
    if text in NOBODY or not text.replace(LOST, ""):
        return PersonName("")
    return _named(text, rank, head=head)


def read_name_note(raw: str | None) -> str | None:
    """What a clerk has remarked in brackets behind a name: `新`, `大`, `曾用名…`."""
    return _without_note(_cleaned(raw))[1] or None


def name_features(name: PersonName) -> dict[str, object]:
    """The columns of `NAME_FEATURES` for one name."""
    return {
        "key": name.key,
        "pinyin": name.pinyin,
        "sound": name.pinyin.replace(" ", ""),
        "surname": name.surname,
        "rank": name.rank,
        "is_newborn": name.is_newborn,
        "has_lost_characters": name.has_lost_characters,
        "masks": name.masks(),
        "shortened": name.shortened(),
        "tones": list(name.tones),
        "sounds": list(name.sounds),
        "fuzzy_sounds": list(name.fuzzy_sounds),
        "fuzzy_surnames": list(name.fuzzy_surnames),
        "head": name.head,
    }


def name_of_parts(parts: Iterable[object]) -> PersonName:
    """The name of its `NAME_PARTS` as JSON keeps them, which knows no tuples."""
    said: list[Any] = [tuple(one) if isinstance(one, list) else one for one in parts]
    return PersonName(*said)


def surname_length(key: str) -> int:
    """How many characters of a Chinese name are its surname."""
    return 2 if key[:2] in TWO_CHARACTER_SURNAMES and len(key) > 2 else 1


def _cleaned(raw: str | None) -> str:
    text = unicodedata.normalize("NFKC", INVISIBLE.sub(" ", raw or "")).strip().upper()
    # Before signs are taken for lost ones: some private code points have a meaning by now.
    text = standard_form(text)
    return LOST_CHARACTERS.sub(LOST, PATTERN_SIGNS.sub("", text))


def _without_note(text: str) -> tuple[str, str]:
    found = BRACKETS.search(text)
    if not found or not found.start():
        return text, ""
    before, inside, after = text[: found.start()], found[1].strip(), text[found.end() :]
    if COMPONENTS.fullmatch(inside) or (
        len(inside) in (2, 3)
        and len(HAN.findall(inside)) == len(inside)
        and (HAN.match(after) or len(before) == 1)
    ):
        return before + LOST + after, ""
    return before, inside


def _named(text: str, rank: str, is_newborn: bool = False, head: str = "") -> PersonName:
    if not HAN.search(text):
        return _latin(text, rank, is_newborn)
    signs: list[Sign] = []
    surname_ends = surname_length(text)
    for sign in SIGNS.findall(text):
        signs += _read_sign(sign, len(signs) < surname_ends)
    key = "".join([sign for sign, _, _ in signs])
    toned = readings([choices for _, choices, _ in signs])
    is_typed = LOST in key and any(sign == LOST and choices for sign, choices, _ in signs)
    usual = " ".join([usual for _, _, usual in signs])
    return PersonName(
        key,
        usual,
        rank,
        is_newborn,
        tones=() if is_typed else toned,
        sounds=_distinct(map(without_tone, toned)),
        head=head,
    )


@cache
def _read_sign(sign: str, is_surname: bool) -> tuple[Sign, ...]:
    """The characters that a sign stands for, each with its readings and the usual one."""
    if HAN.fullmatch(sign):
        choices = character_readings(sign, is_surname)
        return ((sign, choices, without_tone(choices[0]) if choices else LOST),)
    if sign == LOST or set(sign) == {"X"}:
        return ((LOST, (), LOST),) * len(sign)
    if sign.isalpha() and syllables(sign):
        # A rare character typed as its sound: 王ZHE reads like 王哲.
        return tuple((LOST, (typed,), without_tone(typed)) for typed in syllables(sign))
    return tuple(
        (letter, (letter.lower(),), without_tone(letter.lower())) for letter in sign
    )


def _latin(text: str, rank: str, is_newborn: bool) -> PersonName:
    # Surname first or last, as one likes: compared in the order of the alphabet.
    parts = text.split()
    key = " ".join(sorted(parts))
    spelt = [syllables(part) for part in parts]
    sounds: tuple[str, ...] = (key.lower(),)
    if all(spelt) and len(parts) <= MOST_LATIN_PARTS:
        # Perhaps a Chinese name in Latin letters, beginning with any of its parts.
        turns = (spelt[i:] + spelt[:i] for i in range(len(spelt)))
        sounds = _distinct(" ".join(" ".join(part) for part in turn) for turn in turns)
    if LOST in key:
        sounds = ()
    return PersonName(key, key.lower(), rank, is_newborn, sounds=sounds)


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
