"""A code that its list does not know is kept, counted and listed, never made another."""

from __future__ import annotations

from tests.staging.sent_rows import Deliveries


def test_codes_that_no_list_knows_are_listed_with_their_column(
    deliveries: Deliveries,
) -> None:
    known = {"phrId": "P1", "sexCode": "1", "manaUnitId": "991525100"}
    deliveries.file("D01", "2025-01-01", known, known | {"phrId": "P2", "sexCode": " 7 "})
    deliveries.file("D01", "2025-01-02", known | {"phrId": "P3", "sexCode": "7"})
    # A cell with several codes: only the one that is not known is listed.
    deliveries.file("E02", "2025-01-02", {"SCID": "Q1", "peopleFlag": "03、X9"}, full=True)
    # A file that was replaced was never sent.
    withdrawn = known | {"phrId": "P4", "sexCode": "8"}
    deliveries.file("D01", "2025-01-03", withdrawn, state="replaced")
    deliveries.build("sent_code")
    found = {
        (row["feed"], row["column_name"], row["code_list"], row["code"]): row["row_count"]
        for row in deliveries.asked("unmapped_code")
    }
    assert found == {
        ("D01", "sexCode", "D-SEX1", "7"): 2,
        ("E02", "peopleFlag", "D-PEOPLE", "X9"): 1,
    }


def test_staging_keeps_such_a_code_as_it_was_sent(deliveries: Deliveries) -> None:
    row = {"phrId": "P1", "sexCode": "7", "maritalStatusCode": "77"}
    deliveries.file("D01", "2025-01-01", row)
    (staged,) = deliveries.staged("stg_d__ehr_healthrecord")
    assert staged["sex_code_raw"] == "7"
    assert "77" in (staged.get("marital_code"), staged.get("marital_code_raw"))
