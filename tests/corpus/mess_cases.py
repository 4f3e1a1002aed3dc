"""The catalogue of mess in cells, each kind in each format: landed exactly as it was sent.

Landing repairs nothing: what a value means is staging's question, and it can only ask if
the value is still there. What concerns rows and files is in other modules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.corpus.case import Case
from tests.corpus.feeds import CANARY, FEEDS, NAMES
from tests.corpus.writing import WRITERS

ID = "992427199001011230"
MESS: dict[str, tuple[str, ...]] = {
    "M01": ("9.92427E+17", "9.92427199001011E+17", "9.92E+16"),
    "M02": ("992427199001011000",),
    "M03": ("992427199001009984",),
    "M04": (f"'{ID}", f'="{ID}"', f"\xa0{ID}\xa0", f"\u200b{ID}", f"\ufeff{ID}"),
    "M05": (
        "９９２４２７１９９００１０１１２３Ｘ", f"{ID[:17]}Х", f"{ID[:17]}×", f"{ID[:17]}*",
    ),
    "M06": (f"{ID[:17]}x",),
    "M07": ("B1OO", "99242719900101I230"),
    "M08": ("992427900101123",),
    "M09": ("1" * 18, "0" * 18, "123456789012345678", "992427190001010000"),
    "M10": ("无名氏", "无名", "未知", "不详", "患者", "测试", "体检1", "婴儿"),
    "M11": (
        "不详", "无", "--", "N/A", "NULL", "NaN", "\\N", "空", "0", "99", "999", "暂无",
    ),
    "M12": ("\u3000全角\u3000", " 前", "a\u3000b"),
    "M13": ("张 三", "王　五", "Anna  Maria"),
    "M14": ("金丝(大)", "金丝（新）", "金丝1", "金丝之子", "金丝13999990000"),
    "M15": ("金?雀", "金？雀", "金□雀", "金*雀", "金〓雀", "jin丝雀", "火华", "\ue863"),
    "M16": ("阿·迪", "阿•迪", "阿‧迪", "阿・迪", "阿．迪", "阿。迪", "阿 迪"),
    "M17": ("張三", "閆三", "阎三", "傅三", "萧三", "仝三"),
    "M18": ("⽅⼩⽟", "方小玉"),
    "M19": ("男", "女", "1", "2", "M", "F", "男性"),
    "M20": (
        "20240105", "2024-1-5", "2024/01/05 00:00:00", "2024.1.5", "24-01-05", "05/01/2024",
        "45296", "2024年1月5日", "20240105T083000", "2024010508:30:00",
    ),
    "M21": ("1900-01-01", "1899-12-30", "0001-01-01", "9999-12-31", "1970-01-01 08:00"),
    "M22": ("2024-01-05 00:00:00",),
    "M23": ("2024-01-05 08:30:04", "2024-01-05 00:30:00"),
    "M24": ("2024-01-05T00:30:00Z", "2024-01-05T08:30:00+08:00"),
    "M25": ("2099-01-01", "2024-13-01"),
    "M26": ("3月", "45Y", "0.5岁", "1/12", "32.0", "新生儿"),
    "M33": ("I10.x00x002", "I10xx02", "A41.0"),
    "M34": ("A410", "a41.0", "A41.0+", "A41.0*", " I10 "),
    "M35": ("I10;E11", "I10、E11.9"),
    "M36": ("高血压病3级 极高危", "？高血压", "高血压待排", "否认高血压"),
    "M40": ("13999990000",),
    "M41": ("同上", "本村", "霍山县"),
    "M42": ("5.6mmol/L", "101mg/dL", "120斤", "1.7"),
    "M43": ("120/80", "130.0", "80/120"),
    "M44": ("收缩压", "NA"),
    "M45": ("1,234.50", "￥12", "(12.00)", "-0.00", "12.299999", "1.50E2"),
    "M46": ("3.2万", "32000"),
    "M47": ("3帖", "0.33"),
    "M49": ("测试", "ceshi", "test"),
    "M50": ("H99152500001", "99152500001234567X", "1001"),
    "M53": ("03,04", "03、04", "03/04"),
    "M54": ("是", "否", "Y", "N", "有", "√", "TRUE", "false"),
    "M55": ("1", "01", "1.0", "001"),
    "M56": ("992427", "991525"),
    "M57": ("农历一九五三年八月十五",),
    "M58": ("2024-06-31", "2024-02-30"),
}  # fmt: skip
# Two rows of one key that are not the same row: landing keeps both.
PAIRS: dict[str, tuple[str, str]] = {
    "M37": ("金丝甲", "金丝乙"),
    "M38": ("金丝丙", "金丝丙之女"),
    "M39": ("男 A型", "女 B型"),
    "M51": ("大化坪卫生院", "大化坪镇中心卫生院"),
    "M52": ("王医生", "李医生"),
}
# One file with all of it, where each would cost a process or a feed of its own, or where
# only the encoding is another one.
ALL_IN_ONE = ("csv8", "csv16", "xls", "sqlite")


def cases() -> Iterator[Case]:
    """All of them."""
    tables = {mess: _keyed(mess, values) for mess, values in MESS.items()}
    tables |= {mess: [(mess, value) for value in pair] for mess, pair in PAIRS.items()}
    # Sent twice in the same second: both are counted, one of them as a copy.
    tables["M48"] = [("M48", "同一项目")] * 2
    for format_ in WRITERS:
        if format_ in ALL_IN_ONE:
            rows = [row for table in tables.values() for row in table]
            yield _case(format_, " ".join(tables), rows)
            continue
        for mess, table in tables.items():
            yield _case(format_, mess, table)


def _keyed(mess: str, values: Sequence[str]) -> list[tuple[str, str]]:
    return [(f"{mess}-{number}", value) for number, value in enumerate(values)]


def _case(format_: str, mess: str, table: Sequence[tuple[str, str]]) -> Case:
    """The values in column `note` of a table; nulls of the contract become null."""
    nulls = FEEDS[format_].nulls if format_ in FEEDS else ()
    rows = [(key, f"{CANARY}{format_}", value, "1.50") for key, value in table]
    wanted = {
        key: None if value in nulls else _kept(format_, value) for key, value in table
    }
    return Case(
        format_,
        f"{mess[:3]} in its cells" if " " not in mess else "mess in its cells",
        WRITERS[format_](NAMES, rows),
        len(rows),
        stored=[key for key, _ in table],
        notes=wanted,
        mess=mess,
        members={"T": (len(rows), "-")},
        rows_have_bytes=False,
    )


def _kept(format_: str, value: str) -> str:
    # What a dBase field is filled up with is no part of its value; the library that reads
    # an xls takes a mark at the beginning of a text for one of its encoding.
    if format_ == "dbf":
        return value.rstrip(" ")
    return value.removeprefix("\ufeff") if format_ == "xls" else value
