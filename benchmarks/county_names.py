"""Names of a county that does not exist, as rows of code points."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


def points(text: str) -> Array:
    """The code points of a text."""
    return np.array([ord(sign) for sign in text], np.uint32)


def _replacing(known: str, new: str) -> Array:
    table = np.arange(0x10000, dtype=np.uint32)
    table[points(known)] = points(new)
    return table


# Surnames from the most common on; the shares follow how frequent the first dozens are.
SURNAMES = points(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
    "苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史"
)
# Characters of given names, likewise.
GIVEN = points(
    "英华文明国玉春建秀兰平红金志海丽军小云梅林德永荣桂新生成伟芳兴福清世光珍凤学俊霞"
    "东忠晓宇强芝辉娟敏静洋勇艳杰涛超刚斌博浩然子轩诗涵雨欣怡佳磊鹏飞龙娜莉婷燕玲琴萍"
    "正义仁和长庆喜安庭树山松柏雪冬秋月香莲菊花美贵富宝财发达元亮昌盛立树根水土火木良善"
)
HOMOPHONES = _replacing(
    "芳娜敏静丽伟强军杰明平英华玉兰志文博宇浩佳建芝辉清青",
    "方纳闵靖莉炜墙君洁鸣萍瑛骅钰蓝智闻搏雨皓家健枝晖青清",
)
TRADITIONAL = _replacing(
    "张刘陈杨黄马罗郑谢韩邓伟丽强军洋艳杰涛华兰红国斌诗",
    "張劉陳楊黃馬羅鄭謝韓鄧偉麗強軍洋艷傑濤華蘭紅國斌詩",
)
FULL_WIDTH = np.arange(0x10000, dtype=np.uint32)
FULL_WIDTH[points("0123456789X")] += 0xFEE0
SUFFIXES = (points("(新)"), points("1"), points("（二）"))
BOY_OR_GIRL = points("女子")
MINORITY = ("阿依古丽", "买买提", "古丽娜尔", "艾合买提", "帕提古丽", "吐尔逊", "热依汗")


def draw_surnames(chance: np.random.Generator, count: int) -> Array:
    """So many surnames; the first third of them names most people."""
    return SURNAMES[_skewed(chance, len(SURNAMES), count, 0.9)]


def draw_given(chance: np.random.Generator, count: int, width: int) -> tuple[Array, Array]:
    """Rows of code points with room for a surname, and the length of each whole name."""
    name = np.zeros((count, width), np.uint32)
    name[:, 1] = GIVEN[_skewed(chance, len(GIVEN), count, 0.4)]
    name[:, 2] = GIVEN[_skewed(chance, len(GIVEN), count, 0.4)]
    length = np.where(chance.random(count) < 0.2, 2, 3)
    name[length == 2, 2] = 0
    return name, length


def draw_minority(
    chance: np.random.Generator, name: Array, length: Array, chosen: Array
) -> None:
    """Give those who are chosen a name of two parts with a dot between them."""
    rows = np.flatnonzero(chosen)
    for row, one, other in zip(
        rows, chance.choice(MINORITY, len(rows)), chance.choice(MINORITY, len(rows)),
        strict=True,
    ):  # fmt: skip
        whole = points(f"{one}·{other}")
        name[row] = 0
        name[row, : len(whole)] = whole
        length[row] = len(whole)


def _skewed(chance: np.random.Generator, kinds: int, count: int, skew: float) -> Array:
    share = 1 / np.arange(1, kinds + 1) ** skew
    chosen: Array = chance.choice(kinds, count, p=share / share.sum())
    return chosen
