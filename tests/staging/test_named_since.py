"""Since when a key names whom it names: cards that are given to somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import permutations

import pytest

from loaders.contracts.model import Contract, load_contracts
from loaders.identity.id_number import check_character
from tests.staging.sent_rows import Deliveries

CARDS = "stg_a__ms_brda"
DAYS = ("2025-01-02", "2025-01-03", "2025-01-04", "2025-01-05")
WHO = ("person_name", "id_number", "born_on")
Says = tuple[str | None, str | None, str | None]
TELLING = [
    contract
    for contract in load_contracts()
    if contract.person
    and {column.standard for column in contract.columns} & {"id_number", "born_on"}
]


def number(born: str, order: int) -> str:
    body = f"999999{born.replace('-', '')}{order:03d}"
    return body + check_character(body)


WANG: Says = ("王建国", number("1963-07-15", 12), "1963-07-15")
LI: Says = ("李秀兰", number("1971-02-09", 24), "1971-02-09")
WIDE = "９９９９９９１９６３０７１５０１９Ｘ "
ZHAO: Says = ("赵丽华", number("1988-11-30", 28), "1988-11-30")


def _card(day: str, says: Says, key: str = "1") -> dict[str, str | None]:
    name, id_number, born_on = says
    return {
        "BRID": key, "XGSJ": f"{day} 09:00:00", "BRXM": name, "SFZH": id_number,
        "CSNY": born_on,
    }  # fmt: skip


def _since(deliveries: Deliveries, said: Sequence[Says]) -> str | None:
    """The day since which the key names whom it names, after these versions of it."""
    for day, says in zip(DAYS, said, strict=False):
        deliveries.file("A01", day, _card(day, says))
    (row,) = deliveries.staged(CARDS)
    return row["_named_since"] and row["_named_since"][:10]


@pytest.mark.parametrize(
    ("said", "since"),
    [
        ([WANG], None),
        ([WANG, LI], 1),
        ([WANG, LI, LI], 1),
        # The first holder again, and the second once more.
        ([WANG, LI, WANG], None),
        ([WANG, LI, WANG, LI], 1),
        ([WANG, LI, ZHAO], 2),
        ([WANG, LI, ZHAO, LI], 1),
        # Born in the same year, or on the same day of another.
        ([WANG, ("李秀兰", number("1963-02-09", 24), "1963-02-09")], 1),
        ([WANG, ("李秀兰", number("1971-07-15", 24), "1971-07-15")], 1),
        # Of one family.
        ([WANG, ("王秀兰", *LI[1:])], 1),
        # One after the other corrected, until nothing is left of whom the key named.
        ([WANG, ("王建国", *LI[1:]), LI], 1),
    ],
)  # fmt: skip
def test_a_key_names_somebody_else(
    deliveries: Deliveries, said: list[Says], since: int | None
) -> None:
    assert _since(deliveries, said) == (since and DAYS[since])


@pytest.mark.parametrize(
    "said",
    [
        [WANG, ("王建国", *LI[1:])],
        [WANG, ("王健国", WANG[1], "1936-07-15")],
        # Name and number put right at once; the wrong number was a valid one.
        [WANG, ("王健国", number("1963-07-15", 31), "1963-07-15")],
        [WANG, ("王健国", number("1936-07-15", 31), "1936-07-15")],
        # Typed with blanks, in wide characters, with a small x.
        [("王建国", "99999919630715019x", "1963-07-15"), ("李秀兰", WIDE, "1971-02-09")],
        # A number that is nobody's says nothing; the birthday agrees by year or day.
        [("王建国", "999999196307150000", "1963-07-15"), ("李秀兰", LI[1], "1963-09-15")],
        [("王建国", None, "1963-07-15"), ("李秀兰", LI[1], "1971-07-15")],
        [("王建国", None, None), LI],
        [("无名氏", None, "1900-01-01"), LI],
        [(None, None, None), LI],
        # A child is known by its mother's number until it has one.
        [("王芳之女", WANG[1], "2025-01-01"), ("李小红", LI[1], "2025-01-01")],
        [("李小红", LI[1], "2025-01-01"), ("王芳之女", WANG[1], "2025-01-01")],
    ],
    ids=str,
)  # fmt: skip
def test_what_agrees_is_a_correction(deliveries: Deliveries, said: list[Says]) -> None:
    assert _since(deliveries, said) is None


def test_who_has_no_number_is_known_by_the_birthday(deliveries: Deliveries) -> None:
    said: list[Says] = [("王建国", None, "1963-07-15"), ("李秀兰", None, "1971-02-09")]
    assert _since(deliveries, said) == DAYS[1]


def test_a_key_names_the_same_in_every_order_of_arrival(deliveries: Deliveries) -> None:
    files = [
        (day, _card(day, says))
        for day, says in zip(DAYS, (WANG, LI, ZHAO, LI), strict=True)
    ]
    found = set()
    for order in permutations(files):
        sent_files = [deliveries.file("A01", *file) for file in order]
        (row,) = deliveries.staged(CARDS)
        found.add((row["person_name"], row["_named_since"], row["_first_delivery_on"]))
        deliveries.forget(sent_files)
    assert found == {
        ("李秀兰", f"{DAYS[1]}|A01_{DAYS[1]}_None_0_None||0000000002", date(2025, 1, 2))
    }


def test_only_the_key_that_was_given_away_is_another(deliveries: Deliveries) -> None:
    deliveries.file("A01", DAYS[0], _card(DAYS[0], WANG), _card(DAYS[0], ZHAO, "2"))
    deliveries.file("A01", DAYS[1], _card(DAYS[1], LI), _card(DAYS[1], ZHAO, "2"))
    rows = deliveries.staged(CARDS)
    assert [row["_named_since"] is None for row in rows] == [False, True]


def test_inside_a_file_lines_tell_the_holders_apart(deliveries: Deliveries) -> None:
    deliveries.file("A01", DAYS[0], _card(DAYS[0], WANG), _card(DAYS[0], LI))
    (row,) = deliveries.staged(CARDS)
    assert row["_named_since"].endswith("|0000000003")


def test_a_replaced_file_had_named_somebody(deliveries: Deliveries) -> None:
    deliveries.file("A01", DAYS[0], _card(DAYS[0], WANG), state="replaced")
    deliveries.file("A01", DAYS[0], _card(DAYS[0], LI), delivered=DAYS[2], revision=1)
    (row,) = deliveries.staged(CARDS)
    assert row["_named_since"][:10] == DAYS[2]


@pytest.mark.parametrize("contract", TELLING, ids=lambda contract: contract.feed)
def test_every_feed_that_tells_who_somebody_is_tells_since_when(
    people: Deliveries, contract: Contract
) -> None:
    assert contract.person
    row = {
        column.name: DAYS[0] if column.type in ("date", "datetime") else "7"
        for column in contract.columns
        if column.name in contract.key or column.type in ("date", "datetime")
    }
    row[contract.person.native_id] = "4711"
    if contract.person.org_column:
        row[contract.person.org_column] = "991525100"
    named = {one.standard: one.name for one in contract.columns}
    for day, says in zip(DAYS, (WANG, LI), strict=False):
        told = zip(WHO, says, strict=True)
        row |= {named[what]: value for what, value in told if what in named}
        people.file(contract.feed, day, row, full=contract.delivery == "snapshot")
    people.build(people.model_of(contract.feed))
    (record,) = people.asked("idn_source_person")
    assert record["person_name"] == LI[0]
    assert record["named_since"][:10] == DAYS[1]
    assert record["first_delivery_on"] == date.fromisoformat(DAYS[1])
