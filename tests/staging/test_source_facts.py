"""What one life rules out, as layer 2_identity reads it from the feeds."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from loaders.identity.life import LATE
from tests.staging.named_rows import CENTRE, HOSPITAL, known_county, sent
from tests.staging.sent_rows import Deliveries

CARD, TOWN_CARD = f"A|MS_BRDA|{HOSPITAL}|5", "C|ms_brda|1001|5"
NAMED = {"SFZH": None, "BRXM": "样甲", "BRXB": "1", "CSNY": "1961-07-15"}


@pytest.fixture
def people(deliveries: Deliveries) -> Deliveries:
    county = known_county(deliveries)
    sent(county, "A01", {"BRID": "5", **NAMED})
    sent(county, "C01", {"brid": "5", "jgid": "1001", "brxm": "样乙", "csny": "1972-02-03"})
    return county


def facts(people: Deliveries, fact: str) -> list[tuple[Any, ...]]:
    people.build("idn_source_person")
    found = people.asked("idn_source_fact")
    return sorted(
        (
            row["record_key"],
            row["institution"],
            row["from_at"],
            row["until_at"],
            row["value"],
        )
        for row in found
        if row["fact"] == fact
    )


def test_a_stay_is_its_cards_at_the_institution_of_the_countys_list(
    people: Deliveries,
) -> None:
    stay = {"BRID": "5", "CYPB": "8", "RYRQ": "2024-01-18 23:00:00"}
    sent(
        people,
        "A08",
        {"ZYH": "31", **stay, "CYRQ": "2024-01-20 08:00:00"},
        # Still there, and never admitted: nothing to compare.
        {"ZYH": "32", **stay, "CYRQ": None},
        {"ZYH": "33", **stay, "CYPB": "99", "CYRQ": "2024-01-20 08:00:00"},
    )
    sent(
        people,
        "C07",
        {"zyh": "7", "jgid": "1001", "brid": "5", "cypb": "8",
         "ryrq": "2024-03-01 08:00:00", "cyrq": "2024-03-04 09:00:00"},
    )  # fmt: skip
    assert facts(people, "stay") == [
        (CARD, HOSPITAL, datetime(2024, 1, 18, 23), datetime(2024, 1, 20, 8), None),
        (TOWN_CARD, CENTRE, datetime(2024, 3, 1, 8), datetime(2024, 3, 4, 9), None),
    ]


def test_only_whom_a_death_card_could_mean_is_asked_whether_he_was_seen_since(
    people: Deliveries,
) -> None:
    sent(people, "A02", *({"JZXH": n, "BRBH": "5", "KSSJ": f"2024-0{n}-09 09:00:00"}
                          for n in "135"))  # fmt: skip
    visit = {"jgid": "1001", "zjgid": "1001", "brid": "5", "kssj": "2024-04-02 09:00:00"}
    sent(people, "C02", {"jzxh": "1", **visit})
    assert facts(people, "seen") == []
    sent(people, "D20", {"cardId": "1", "deadName": "别人", "birthday": "1961-07-15",
                         "deadDate": "2024-02-01"})  # fmt: skip
    # The first day after it, and no other however often he comes.
    seen = datetime(2024, 3, 9)
    assert facts(people, "seen") == [(CARD, None, seen, seen, None)]
    ((_, _, died, _, _),) = facts(people, "death")
    assert died == datetime(2024, 2, 1)


@pytest.mark.parametrize(("days", "told"), [(0, False), (1, True)])
def test_who_is_seen_soon_after_a_death_is_nobody_elses_contradiction(
    people: Deliveries, days: int, told: bool
) -> None:
    day = date(2024, 2, 1) + LATE + timedelta(days)
    sent(people, "A02", {"JZXH": "1", "BRBH": "5", "KSSJ": f"{day} 09:00:00"})
    sent(people, "D20", {"cardId": "1", "deadName": "样甲", "deadDate": "2024-02-01"})
    assert bool(facts(people, "seen")) == told


def test_a_visit_that_a_steward_gives_away_is_not_its_cards(
    people: Deliveries,
) -> None:
    sent(people, "A02", {"JZXH": "1", "BRBH": "5", "KSSJ": "2024-03-09 09:00:00"})
    sent(people, "D20", {"cardId": "1", "deadName": "样甲", "deadDate": "2024-02-01"})
    assert [key for key, *_ in facts(people, "seen")] == [CARD]
    people.execute(
        "insert into identity.event_decision"
        " (actor, event_record_key, owner_record_key, reason_code)"
        f" values ('x', 'A|YS_MZ_JZLS|{HOSPITAL}|1', '{TOWN_CARD}', 'borrowed_card')"
    )
    # Neither the name nor the birthday of that card is on a death card.
    assert facts(people, "seen") == []
