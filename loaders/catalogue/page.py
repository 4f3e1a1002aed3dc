"""Write the catalogue: one HTML file that needs nothing but itself, and two for machines.

Goes in: a `Catalogue`. Comes out, in a folder: `index.html`, which can be searched without
a network by Chinese, initials of pinyin and English; `catalogue.json` with the terms of
DCAT; `columns.csv` for a spreadsheet.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import os
import re
from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import Any

from pypinyin import Style, lazy_pinyin

from loaders.catalogue.classes import CLASS_WORDS, LEVEL_WORDS
from loaders.catalogue.entries import Catalogue, TableEntry

HERE = Path(__file__).parent
LAYER_WORDS = {
    "landing": ("落地", "landing"),
    "staging": ("贴源", "staging"),
    "identity": ("身份", "identity"),
    "record": ("一卡通档案", "record"),
    "indicators": ("指标", "indicators"),
    "published": ("发布", "published"),
}
HAN = re.compile(r"[㐀-鿿]+")
CSV_COLUMNS = (
    "table", "column", "zh", "en", "type", "class", "level", "data_elements", "codes",
    "feeds", "is_key", "owner", "rows", "last_delivery",
)  # fmt: skip


def write_catalogue(catalogue: Catalogue, folder: Path) -> Path:
    """Write all three files and return where the page is."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, words in (
        ("catalogue.json", as_json(catalogue)),
        ("columns.csv", as_csv(catalogue)),
        ("index.html", as_page(catalogue)),
    ):
        # Whoever has a file open sees the old one or the new one, never half of it.
        unfinished = folder / f".{name}.{os.getpid()}"
        unfinished.write_text(words, "utf-8", newline="")
        unfinished.replace(folder / name)
    return folder / "index.html"


def as_page(catalogue: Catalogue) -> str:
    """The page as text."""
    style = (HERE / "page.css").read_text("utf-8")
    script = (HERE / "page.js").read_text("utf-8")
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}';"
        " base-uri 'none'; form-action 'none'"
    )
    title = f"{catalogue.county}数据目录 · OneCard data catalogue"
    # A tag inside the data would end it.
    data = json.dumps(_data(catalogue, title), ensure_ascii=False).replace("<", "\\u003c")
    levels = "".join(
        f'<option value="{n}">L{n} {escape(zh)}</option>'
        for n, (zh, _) in LEVEL_WORDS.items()
    )
    told = f"数据至 {catalogue.newest:%Y-%m-%d} 的交付" if catalogue.newest else "尚无交付"
    told += f"；发布 release {catalogue.release}" if catalogue.release else ""
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title><style>{style}</style></head><body>"
        f'<header><h1><a href="#">{escape(catalogue.county)}数据目录'
        ' <span class="en" lang="en">Data catalogue</span></a></h1>'
        '<button id="menu" type="button">目录 tables</button>'
        '<div class="tools"><input id="search" type="search" autocomplete="off"'
        ' placeholder="搜索：中文、拼音首字母、English（按 /）" aria-label="搜索 search">'
        '<select id="level" aria-label="级别 level"><option value="0">全部级别</option>'
        f"{levels}"
        '</select><button id="print" type="button">打印全部 print</button></div></header>'
        "<noscript><p>本页需要脚本；同样的内容在 columns.csv 与 catalogue.json 中。"
        " The page needs its script; columns.csv and catalogue.json say the same.</p>"
        '</noscript><div class="frame"><nav id="tables" aria-label="表 tables"></nav>'
        f"<main></main></div><footer>{escape(told)}。只有结构，没有数据；不载入任何外部内容。"
        ' <span lang="en">Structure only, no data; nothing is loaded from outside.</span>'
        f'</footer><script type="application/json" id="data">{data}</script>'
        f"<script>{script}</script></body></html>\n"
    )


def as_json(catalogue: Catalogue) -> str:
    """The catalogue with the terms of DCAT and CSVW, one dataset per table."""
    document = {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "csvw": "http://www.w3.org/ns/csvw#",
        },
        "@type": "dcat:Catalog",
        "dct:title": {"zh": f"{catalogue.county}数据目录", "en": "Data catalogue"},
        "dct:modified": catalogue.newest.isoformat() if catalogue.newest else None,
        "dcat:dataset": [_dataset(table) for table in catalogue.tables],
        "feeds": [asdict(feed) for feed in catalogue.feeds],
    }
    return json.dumps(document, ensure_ascii=False, indent=1, default=str) + "\n"


def as_csv(catalogue: Catalogue) -> str:
    """One line per column; the mark at the beginning is for spreadsheets."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for table in catalogue.tables:
        for column in table.columns:
            writer.writerow(
                (table.name, column.name, column.zh, column.en, column.type, column.pii,
                 column.level, ";".join(column.elements), ";".join(column.codes),
                 ";".join(column.feeds), column.is_key, table.owner, table.rows,
                 table.delivered_on or "")
            )  # fmt: skip
    return "\ufeff" + text.getvalue()


def initials(words: str) -> str:
    """The first letters of the pinyin of all Chinese signs: 出院日期 gives cyrq."""
    return " ".join(
        "".join(lazy_pinyin(part, style=Style.FIRST_LETTER)) for part in HAN.findall(words)
    )


def _dataset(table: TableEntry) -> dict[str, Any]:
    return {
        "@type": "dcat:Dataset",
        "dct:identifier": table.name,
        "dct:description": {"zh": table.zh, "en": table.en},
        "dct:publisher": table.owner,
        "dct:modified": table.delivered_on,
        "dct:source": table.feeds,
        "dcat:theme": table.layer,
        "level": table.level,
        "rows": table.rows,
        "rows_are_estimated": table.is_estimate,
        "made_from": table.reads,
        "csvw:tableSchema": {
            "csvw:columns": [
                {
                    "csvw:name": column.name,
                    "csvw:datatype": column.type,
                    "dct:description": {"zh": column.zh, "en": column.en},
                    "class": column.pii,
                    "level": column.level,
                    "data_elements": column.elements,
                    "codes": column.codes,
                    "dct:source": column.feeds,
                    "is_key": column.is_key,
                }
                for column in table.columns
            ]
        },
    }


def _data(catalogue: Catalogue, title: str) -> dict[str, Any]:
    """What the page's script reads."""
    return {
        "title": title,
        "layers": LAYER_WORDS,
        "classes": CLASS_WORDS,
        "levels": LEVEL_WORDS,
        "tables": [
            {
                "name": table.name, "layer": table.layer, "zh": table.zh, "en": table.en,
                "initials": initials(table.zh), "owner": table.owner, "rows": table.rows,
                "estimate": table.is_estimate, "level": table.level, "feeds": table.feeds,
                "reads": table.reads, "read_by": table.read_by,
                "delivered": table.delivered_on and f"{table.delivered_on:%Y-%m-%d}",
                "columns": [
                    {
                        "name": column.name, "type": _short(column.type), "zh": column.zh,
                        "en": column.en, "initials": initials(column.zh),
                        "pii": column.pii or "none", "level": column.level or 5,
                        "elements": column.elements, "codes": column.codes,
                        "feeds": column.feeds, "key": column.is_key,
                    }
                    for column in table.columns
                ],
            }
            for table in catalogue.tables
        ],
        "feeds": [
            {
                "feed": feed.feed, "table": feed.table, "zh": feed.zh, "en": feed.en,
                "owner": feed.owner, "late": feed.days_late,
                "delivered": feed.delivered_on and f"{feed.delivered_on:%Y-%m-%d}",
            }
            for feed in catalogue.feeds
        ],
    }  # fmt: skip


def _short(kind: str) -> str:
    return kind.replace("timestamp without time zone", "timestamp").replace(
        "timestamp with time zone", "timestamptz"
    )


def _digest(words: str) -> str:
    digest = hashlib.sha256(words.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
