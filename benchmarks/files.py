"""Files to measure with: charge lines of a county hospital, as many as wanted.

The same arguments give the same bytes. One line in ten has a value in quotes, one in five a
value that is empty; names and numbers are nobody's.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from pathlib import Path

from benchmarks.forms import Form

FOLDER = "Y_BENCH"
DIAGNOSES = (
    ("I10.x00x002", "高血压病"), ("E11.900", "2型糖尿病"), ("J06.900", "急性上呼吸道感染"),
    ("K29.500", "慢性胃炎"), ("M51.202", "腰椎间盘突出"),
)  # fmt: skip
ITEMS = (
    ("250101015", "血细胞分析(五分类)", "HYF"), ("310701001", "常规心电图检查", "JCF"),
    ("XC08CAA076A001", "苯磺酸氨氯地平片", "XYF"), ("120400006", "静脉输液", "ZLF"),
)  # fmt: skip


def charge_lines(count: int, first: int = 0, seed: int = 1) -> Iterator[list[str]]:
    """So many rows; serial numbers begin at `first`."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    for number in range(first, first + count):
        code, name = chance.choice(DIAGNOSES)
        item, what, kind = chance.choice(ITEMS)
        price, quantity = chance.randrange(100, 20_000), chance.randrange(1, 9)
        when = f"2024-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"
        remark = ("", "随访", "复诊, 遵医嘱" if number % 10 == 0 else "复诊")[number % 3]
        yield [
            str(100_000_000 + number), "12991525MB000002C2", str(chance.randrange(10**6)),
            "0301", f"{chance.randrange(200):04d}", "1", code, name, item, what,
            str(quantity), f"{price / 100:.2f}", f"{price * quantity / 100:.2f}", kind,
            f"{when} 09:{number % 60:02d}:00", f"{when} 10:{number % 60:02d}:00", "9",
            remark, f"{chance.randrange(100):04d}", f"{when} 10:{number % 60:02d}:30",
        ]  # fmt: skip


def write_delivery(root: Path, day: str, form: Form, count: int) -> Path:
    """One file of so many rows, with its manifest, in `root/day/Y_BENCH`; its path."""
    folder = root / day / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / form.file_name(day)
    form.write(path, charge_lines(count))
    with path.open("rb") as written:
        digest = hashlib.file_digest(written, "md5").hexdigest()
    with (folder / f"{FOLDER}_{day}.ok").open("a", encoding="utf-8") as manifest:
        manifest.write(f"{path.name}\t{count}\t{digest}\n")
    return path
