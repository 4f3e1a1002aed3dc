"""Which institution was in which group when, as the lists said day by day."""

from __future__ import annotations

from tests.indicators.books import CENTRE, CLINIC, HOSPITAL, OTHER_CENTRE
from tests.indicators.counting import Counted
from tests.indicators.situation import Situation

LEFT_OUT = "12991525MB000099Z9"


def describe_situation(s: Situation) -> None:
    """Three lists; a centre moves with its clinic, another one closes.

    The second list knows the centre by the code of a branch, too, which is in no group.
    The third has no line for a centre that the others have.
    """
    for day in ("2021-01-01", "2021-06-01"):
        s.institution_listed(day, LEFT_OUT, group="G2")
    s.institution_listed("2021-06-01", CENTRE, group=None, code22="29 of a branch")
    for day, group in (("2021-01-01", "G1"), ("2021-06-01", "G1"), ("2022-03-01", "G2")):
        s.institution_listed(day, CENTRE, group=group)
        s.institution_listed(day, CLINIC, group=None, parent=CENTRE)
        s.institution_listed(
            day,
            OTHER_CENTRE,
            group="G2",
            closed="2022-02-01" if day == "2022-03-01" else None,
        )
        s.institution_listed(day, HOSPITAL, group=None)


def memberships(counted: Counted, code: str) -> list[tuple[object, ...]]:
    rows = counted.rows(
        "select group_code, begins_on, ends_on, is_current, is_by_parent"
        " from record.group_member where institution_code = :code order by begins_on",
        code=code,
    )
    return [(row[0], str(row[1]), str(row[2]), row[3], row[4]) for row in rows]


def test_a_membership_ends_where_a_list_says_otherwise(counted: Counted) -> None:
    assert memberships(counted, CENTRE) == [
        ("G1", "2020-01-01", "2022-03-01", False, False),
        ("G2", "2022-03-01", "None", True, False),
    ]


def test_a_village_clinic_moves_with_its_centre(counted: Counted) -> None:
    assert memberships(counted, CLINIC) == [
        ("G1", "2020-01-01", "2022-03-01", False, True),
        ("G2", "2022-03-01", "None", True, True),
    ]


def test_what_is_closed_is_no_member_any_more(counted: Counted) -> None:
    assert memberships(counted, OTHER_CENTRE) == [
        ("G2", "2020-01-01", "2022-02-01", False, False)
    ]


def test_whom_the_newest_list_has_no_more_has_been_a_member(counted: Counted) -> None:
    assert memberships(counted, LEFT_OUT) == [
        ("G2", "2020-01-01", "2022-03-01", False, False)
    ]


def test_what_is_in_no_group_is_no_member(counted: Counted) -> None:
    assert memberships(counted, HOSPITAL) == []
