"""The truth about a demo county's records, and what makes some of them hard.

Goes in: the `truth` folder of a demo county. Comes out: two temporary tables,
`true_person(record_key, person_id)` and `stratum(record_key, stratum)`, for the records
that `identity.person_link` knows. Files are read line by line.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import Connection, text

from loaders.failure import ExpectedFailure

ADDRESS = ("source_system", "source_table", "org_code", "native_id", "native_part")
# Stratum, what it is called, and the kinds of mess and traits of people that make it.
STRATA: Mapping[str, tuple[str, str, frozenset[str]]] = {
    "newborn": (
        "新生儿（母亲名下）", "newborn under the mother",
        frozenset({"newborn_under_mother"}),
    ),
    "born_in_history": (
        "期间出生", "born in the history", frozenset({"born_in_history"})
    ),
    "missing_id": (
        "无证件号码", "no id number", frozenset({"id_missing", "id_placeholder"})
    ),
    "typo": (
        "号码录错", "mistyped id number", frozenset({"id_wrong_digit", "id_swapped_digits"})
    ),
    "fifteen_digits": ("十五位号码", "15-digit number", frozenset({"id_15_digits"})),
    "excel_damage": (
        "Excel 损坏的号码", "number damaged by Excel",
        frozenset({"id_excel_zeros", "id_excel_rounded", "id_excel_scientific"}),
    ),
    "id_spelling": (
        "号码写法", "number spelled otherwise",
        frozenset({"id_full_width", "id_lower_x", "id_nearly_x", "id_wrapped"}),
    ),
    "lost_character": ("缺字", "lost character", frozenset({"name_unshown_character"})),
    "other_character": (
        "同音、繁体、形近字", "homophone or variant",
        frozenset({"name_homophone", "name_traditional", "name_compatibility_form"}),
    ),
    "name_spelling": (
        "姓名写法", "name spelled otherwise",
        frozenset({"name_inner_space", "name_suffix", "name_middle_dot"}),
    ),
    "nameless": ("无名", "no name", frozenset({"name_placeholder"})),
    "minority_name": ("少数民族姓名", "minority name", frozenset({"minority_name"})),
    "lunar_birth_date": ("农历生日", "lunar birth date", frozenset({"birth_lunar"})),
    "birth_placeholder": (
        "生日占位", "placeholder birth date",
        frozenset({"birth_first_january", "birth_sentinel"}),
    ),
    "wrong_sex": ("性别录错", "wrong sex", frozenset({"sex_wrong"})),
    "group_phone": ("公用电话", "phone of many", frozenset({"phone_group"})),
    "twin": ("双胞胎", "twin", frozenset({"twin"})),
    "stranger": ("同名同日生", "same name and birthday", frozenset({"stranger"})),
    "second_card": ("一人两卡", "second card", frozenset({"second_card"})),
    "second_archive": ("一人两档", "second archive", frozenset({"second_archive"})),
    "out_of_county": ("县外人员", "out of county", frozenset({"out_of_county"})),
    "died": ("已故", "died", frozenset({"died"})),
}  # fmt: skip
STRATA_OF: Mapping[str, list[str]] = {
    kind: [s for s, (_, _, kinds) in STRATA.items() if kind in kinds]
    for kind in frozenset().union(*(kinds for _, _, kinds in STRATA.values()))
}


class NoTruthError(ExpectedFailure):
    """A folder is not the truth of a demo county, or of another one than was linked."""


def load_truth(connection: Connection, folder: Path) -> None:
    """Make the tables `true_person` and `stratum`, for as long as the connection is open.

    Raises: NoTruthError.
    """
    files = [folder / name for name in ("persons.csv", "traits.csv", "mess.csv")]
    if missing := [file.name for file in files if not file.exists()]:
        raise NoTruthError(
            f"{folder} has no {', '.join(missing)}: name the `truth` of a demo county."
        )
    columns = ", ".join(f"{column} text" for column in ADDRESS)
    for table, its in (
        ("delivered_truth", f"{columns}, person_id text, strata text[]"),
        ("true_person", "record_key text, person_id text"),
        ("stratum", "record_key text, stratum text"),
    ):
        connection.execute(text(f"drop table if exists pg_temp.{table}"))
        connection.execute(text(f"create temporary table {table} ({its})"))
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection to the warehouse is closed")
    with (
        driver.cursor() as cursor,
        cursor.copy("copy delivered_truth from stdin") as copy,
    ):
        for row in _rows(*files):
            copy.write_row(row)
    same = " and ".join(f"link.{c} = delivered_truth.{c}" for c in ADDRESS)
    connection.execute(
        text(
            "insert into true_person select link.record_key, delivered_truth.person_id"
            " from identity.person_link as link"
            f" inner join delivered_truth on {same} where delivered_truth.person_id <> ''"
        )
    )
    connection.execute(
        text(
            "insert into stratum"
            " select link.record_key, unnest(delivered_truth.strata)"
            f" from identity.person_link as link inner join delivered_truth on {same}"
        )
    )
    if not connection.scalar(text("select exists (select from true_person)")):
        raise NoTruthError(f"{folder} is the truth of another county than was linked.")
    for table in ("true_person", "stratum"):
        connection.execute(text(f"analyze {table}"))


def _rows(persons: Path, traits: Path, mess: Path) -> Iterator[tuple[object, ...]]:
    struck = _kinds_by_record(mess)
    kinds_of_person: dict[str, set[str]] = defaultdict(set)
    for row in _read(traits):
        kinds_of_person[row["true_person"]].add(row["trait"])
    for row in _read(persons):
        kinds = set(kinds_of_person[row["true_person"]])
        for name in _names(row):
            kinds |= struck.get((row["source_system"], row["source_table"], name), set())
        strata = sorted({s for kind in kinds for s in STRATA_OF.get(kind, ())})
        yield (*(row[column] for column in ADDRESS), row["true_person"], strata)


def _kinds_by_record(mess: Path) -> dict[tuple[str, str, str], set[str]]:
    struck: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for row in _read(mess):
        if row["kind"] in STRATA_OF:
            struck[row["system"], row["table"], row["native_id"]].add(row["kind"])
    return struck


def _names(row: Mapping[str, str]) -> Iterator[str]:
    """How notes about mess may call a record: by key, with its centre, with more of it."""
    yield row["native_id"]
    yield f"{row['org_code']}+{row['native_id']}"
    whole = row["native_id"]
    for part in filter(None, row["native_part"].split("+")):
        whole = f"{whole}+{part}"
        yield whole


def _read(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)
