"""Groups of the public sets: pairs are counted as they join, contradictions keep apart."""

from __future__ import annotations

from benchmarks.febrl import Groups, true_person
from benchmarks.febrl_levels import LEVELS, contradict, facts

KEYS = ["rec-1-org", "rec-1-dup-0", "rec-2-org", "rec-2-dup-0", "rec-2-dup-1"]
MITCHELL = {
    "file": "one", "given_name": "mitchell", "surname": "green",
    "address_1": "wallaby place", "address_2": None, "date_of_birth": "19560409",
    "soc_sec_id": "1804974",
}  # fmt: skip
OTHER = {
    "file": "one", "given_name": "harley", "surname": "mccarthy", "address_1": "milne cove",
    "address_2": None, "date_of_birth": "19080712", "soc_sec_id": "6089216",
}  # fmt: skip


def test_pairs_are_counted_as_groups_join() -> None:
    groups = Groups(KEYS)
    assert (groups.precision, groups.recall) == (1, 0)
    groups.join(KEYS[0], KEYS[1])
    groups.join(KEYS[2], KEYS[3])
    assert (groups.precision, groups.recall) == (1, 2 / 4)
    groups.join(KEYS[4], KEYS[0])
    groups.join(KEYS[1], KEYS[4])
    assert (groups.precision, groups.recall) == (2 / 4, 2 / 4)
    assert true_person(KEYS[4]) == "2"


def test_a_member_that_contradicts_keeps_groups_apart() -> None:
    groups = Groups(KEYS, lambda a, b: {a, b} == {KEYS[0], KEYS[3]})
    groups.join(KEYS[0], KEYS[1])
    groups.join(KEYS[2], KEYS[3])
    groups.join(KEYS[1], KEYS[2])
    assert groups.recall == 2 / 4


def test_only_those_who_share_nothing_contradict() -> None:
    one, other = facts(MITCHELL), facts(OTHER)
    assert contradict(one, other, several_files=False)
    for column in ("surname", "date_of_birth", "soc_sec_id"):
        alike = facts(OTHER | {column: MITCHELL[column]})
        assert not contradict(one, alike, several_files=False)
    misspelled = facts(OTHER | {"address_2": "wal laby place"})
    assert not contradict(one, misspelled, several_files=False)
    assert not contradict(one, facts(OTHER | {"soc_sec_id": None}), several_files=False)


def test_two_records_of_one_file_are_two_people_where_files_are_linked() -> None:
    one = facts(MITCHELL)
    assert contradict(one, one, several_files=True)
    assert not contradict(one, facts(MITCHELL | {"file": "two"}), several_files=True)


def test_the_weights_are_probabilities() -> None:
    for _, levels in LEVELS.values():
        assert sum(same for *_, same, _ in levels) < 1
        assert sum(other for *_, other in levels) < 1
