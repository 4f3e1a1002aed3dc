"""The whole way on the demo county, against a truth that no warehouse code computed."""

from __future__ import annotations

import csv
from collections import defaultdict
from fractions import Fraction
from itertools import combinations
from math import comb
from pathlib import Path

from sqlalchemy import text

from loaders.contracts.model import load_contracts
from tests.journey.conftest import Installation

RECORD = ("source_system", "source_table", "org_code", "native_id", "native_part")

# Every table that names people, and the stays on which hospitals book newborns.
NEWBORN_STAYS = {("A", "ZY_BRRY"), ("B", "TB_HIS_ZY_ADM_REG")}
LINKED = {(c.system, c.table) for c in load_contracts() if c.person} | NEWBORN_STAYS


def _truth(county: Path, name: str) -> list[dict[str, str]]:
    with (county / "truth" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_ledger_balances_line_for_line(together: Installation) -> None:
    assert together.onecard("audit").rstrip().endswith("balanced")


def test_the_ledger_counts_what_the_county_says_it_sent(together: Installation) -> None:
    with together.engine().connect() as connection:
        found = {
            (f"{row.delivery_date}", row.file_name, row.member_name): row.rows_read
            for row in connection.execute(text("select * from audit.file_ledger"))
            if row.state in ("landed", "replaced", "duplicate")
        }
    sent = {
        (row["delivery_date"], row["file_name"], row["member_name"]): int(row["rows_read"])
        for row in _truth(together.county, "ledger.csv")
        if row["state"] in ("landed", "replaced", "duplicate")
    }
    assert found.keys() >= sent.keys()
    assert {key: found[key] for key in sent} == sent


def test_every_record_that_names_a_person_is_linked_once(together: Installation) -> None:
    with together.engine().connect() as connection:
        rows = (
            connection.execute(text("select * from identity.person_link")).mappings().all()
        )
    found = [tuple(row[name] for name in RECORD) for row in rows]
    assert len(found) == len(set(found))
    wanted = {
        tuple(row[name] for name in RECORD)
        for row in _truth(together.county, "persons.csv")
    }
    assert {record[:2] for record in wanted} == LINKED
    # Twins share one mark on their mother's stay: nobody can say whose its lines are.
    twins = {record for record in set(found) - wanted if record[:2] in NEWBORN_STAYS}
    assert wanted == set(found) - twins


def test_links_agree_with_the_truth(together: Installation) -> None:
    truth = {
        tuple(row[name] for name in RECORD): row["true_person"]
        for row in _truth(together.county, "persons.csv")
    }
    with together.engine().connect() as connection:
        links = connection.execute(
            text("select * from identity.person_link where person_id is not null")
        ).mappings()
        found = {tuple(row[n] for n in RECORD): row["person_id"] for row in links}
    both: dict[tuple[str, str], int] = defaultdict(int)
    ours: dict[str, int] = defaultdict(int)
    theirs: dict[str, int] = defaultdict(int)
    for record in found.keys() & truth.keys():
        person = found[record]
        both[person, truth[record]] += 1
        ours[person] += 1
        theirs[truth[record]] += 1
    right = sum(comb(count, 2) for count in both.values())
    precision = right / sum(comb(count, 2) for count in ours.values())
    recall = right / sum(comb(count, 2) for count in theirs.values())
    assert precision >= 0.999, precision
    assert recall >= 0.98, recall


def test_published_values_agree_with_the_truth(together: Installation) -> None:
    """Exactly, but for figures that count persons, where a missed link may show."""
    with together.engine().connect() as connection:
        found = {
            (row.indicator_code, row.period, row.grain, row.org_code): row
            for row in connection.execute(text("select * from published.indicator_value"))
        }
    per_person = ("htn_", "fd_", "ehr_", "mon24_07")
    wrong = []
    for row in _truth(together.county, "indicators.csv"):
        key = (row["indicator_code"], row["period"], row["grain"], row["org_code"])
        wanted = (int(row["numerator"]), int(row["denominator"]))
        if key not in found:
            wrong.append((key, wanted, None))
            continue
        got = (int(found[key].numerator), int(found[key].denominator))
        room = 2 if key[0].startswith(per_person) else 0
        if any(abs(a - b) > room for a, b in zip(wanted, got, strict=True)):
            wrong.append((key, wanted, got))
    assert not wrong, wrong[:10]


def test_every_published_value_is_the_sum_of_its_cases(together: Installation) -> None:
    query = """
        select count(*) from (
            select indicator_code, period, grain, org_code, numerator, denominator
            from published.indicator_value
            except
            select indicator_code, period, grain, org_code,
                   sum(numerator)::bigint, sum(denominator)::bigint
            from published.indicator_case
            group by indicator_code, period, grain, org_code
        ) as unproven
    """
    with together.engine().connect() as connection:
        assert connection.scalar(text(query)) == 0


def test_every_case_leads_to_a_file_and_a_line(together: Installation) -> None:
    query = """
        select count(*) from published.indicator_case
        where file_name is null or line_number is null
    """
    with together.engine().connect() as connection:
        assert connection.scalar(text(query)) == 0


def test_running_again_changes_nothing(together: Installation) -> None:
    before = together.onecard("digest")
    with together.engine().connect() as connection:
        counts = text("select count(*), max(file_id) from audit.file_ledger")
        ledger = connection.execute(counts).one()
        said = together.onecard("run", "--deliveries", str(together.county / "deliveries"))
        assert connection.execute(counts).one() == ledger
    assert "the published release is current" in said
    assert together.onecard("digest") == before


def test_building_again_changes_nothing(together: Installation) -> None:
    before = together.onecard("digest")
    folder = str(together.county / "deliveries")
    together.onecard("run", "--deliveries", folder, "--rebuild")
    assert together.onecard("digest") == before
    with together.engine().connect() as connection:
        assert connection.scalar(text("select count(*) from published.release")) == 1


def test_delivery_by_delivery_ends_like_all_at_once(
    together: Installation, each: Installation
) -> None:
    assert each.onecard("digest") == together.onecard("digest")


def test_values_that_changed_between_releases_are_restated(each: Installation) -> None:
    with each.engine().connect() as connection:
        restated = connection.execute(
            text("select count(*), count(reason) from published.restatement")
        ).one()
        releases = connection.scalar(text("select count(*) from published.release"))
    assert releases and releases > 1
    assert restated[0] > 0
    assert restated[0] == restated[1]


def test_values_are_between_nought_and_one_where_they_are_shares(
    together: Installation,
) -> None:
    with together.engine().connect() as connection:
        rows = connection.execute(
            text("""
                select value.numerator, value.denominator, value.value
                from published.indicator_value as value
                inner join published.indicator using (indicator_code)
                where indicator.unit = 'share' and value.value is not null
            """)
        ).all()
    assert rows
    for row in rows:
        assert 0 <= row.value <= 1
        share = Fraction(int(row.numerator), int(row.denominator))
        assert abs(share - Fraction(row.value)) < Fraction(1, 10**9)


def test_grains_add_up_to_the_county(together: Installation) -> None:
    """Stays by institution and months of the year lose nobody."""
    with together.engine().connect() as connection:
        sums = dict(
            connection.execute(
                text("""
                    select case when length(period) = 6 then 'months' else grain end,
                           sum(denominator)
                    from published.indicator_value
                    where indicator_code = 'avg_los' and period like '2024%'
                      and grain in ('county', 'institution')
                      and not (grain = 'institution' and length(period) = 6)
                    group by 1
                """)
            ).all()
        )
    for one, other in combinations(sums, 2):
        assert sums[one] == sums[other]
