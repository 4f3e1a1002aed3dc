"""The trial feeds of the corpus: one small table, promised in every format there is.

All have the same four columns; `k` is the key, `name` is required and takes the canary,
`note` has the other spelling `remark`. Nobody in here exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from loaders.contracts.model import Contract
from tests.landing.reading import WORDS, contract_for

NAMES = ("k", "name", "note", "amount")
# Stands in every row of the corpus, and must stand in no message.
CANARY = "金丝雀99"
COLUMNS = [
    {"name": "k", "standard": "k", **WORDS},
    {"name": "name", "standard": "name", "required": True, "pii": "name", **WORDS},
    {"name": "note", "standard": "note", "aliases": ["remark"], **WORDS},
    {"name": "amount", "standard": "amount", **WORDS},
]
DAY = "20250101"


@dataclass(frozen=True)
class Feed:
    """A trial feed, and what its files are called."""

    feed: str
    suffix: str
    contract: Contract
    nulls: tuple[str, ...]


def _feed(feed: str, title: str, format_: str, suffix: str, **more: Any) -> Feed:
    settings: dict[str, Any] = {
        "feed": feed,
        "table": f"T_{title.upper()}",
        "name": f"{feed.lower()}_{title}",
        "file_name": rf"{title}_\w+\{suffix}",
        "delivery": "delta",
        "columns": COLUMNS,
        "nulls": [""],
    } | more
    return Feed(feed, suffix, contract_for(format_, **settings), tuple(settings["nulls"]))


QUOTED = {"delimiter": ",", "quote": '"'}
BARS = {"delimiter": "|", "continues": True}
TABS = {"delimiter": "\t", "trailing_delimiter": True}
FEEDS = {
    "csv": _feed("B91", "csv", "delimited", ".csv", encoding="gb18030", text=QUOTED),
    "csv8": _feed("B92", "csv8", "delimited", ".csv", encoding="utf-8", text=QUOTED),
    "csv16": _feed("B93", "csv16", "delimited", ".csv", encoding="utf-16", text=QUOTED),
    "bar": _feed(
        "B94", "bar", "delimited", ".txt", encoding="utf-8-sig", text=BARS, nulls=["-", ""]
    ),
    "tab": _feed(
        "B95", "tab", "delimited", ".txt", encoding="utf-8", text=TABS, nulls=["null", ""]
    ),
    "dbf": _feed("B96", "dbf", "dbf", ".dbf", encoding="gb18030"),
    "jsonl": _feed("E91", "jsonl", "jsonl", ".jsonl", nulls=[]),
    "json": _feed("G91", "json", "json", ".json", nulls=[]),
    "xml": _feed("G92", "xml", "xml", ".xml", xml={"record": "r"}, nulls=[]),
    "xlsx": _feed("D91", "xlsx", "sheet", ".xlsx"),
    "xls": _feed("D92", "xls", "sheet", ".xls"),
    "page": _feed(
        "D93", "page", "sheet", ".xlsx",
        file_name=r"page_(?P<date>\d{8})_(?P<page>\d+)\.xlsx",
    ),
    "zip": _feed(
        "A91", "zip", "delimited", ".zip", encoding="gb18030", text=QUOTED,
        member_name=r"T_\w+\.csv",
    ),
    "strict": _feed(
        "B97", "strict", "delimited", ".csv", encoding="gb18030", text=QUOTED,
        drift={"added": "refuse", "missing": "refuse"},
    ),
    "overflow": _feed(
        "B98", "overflow", "delimited", ".txt", encoding="utf-8-sig",
        text=BARS | {"overflow_column": "note"}, nulls=["-", ""],
    ),
}  # fmt: skip


def database_contract(number: int) -> Contract:
    """Databases are compared with those before them: each case has a feed of its own."""
    feed = f"C{30 + number}"
    stamp = {"name": "stamp", "standard": "stamp", **WORDS}
    return contract_for(
        "database",
        feed=feed,
        table="T",
        name=f"{feed.lower()}_trial",
        file_name=rf"sqlite_{number}\.db",
        delivery="watermark",
        watermark="stamp",
        nulls=[],
        columns=[*COLUMNS, stamp],
    )


def key_value(number: int) -> str:
    return str(number)


def good(number: int, tag: str) -> dict[str, str]:
    """Row `number` of the case with this tag; the tag keeps cases from being copies."""
    return dict(zip(NAMES, (str(number), f"{CANARY}{number}", tag, "1.50"), strict=True))
