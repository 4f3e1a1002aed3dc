"""What systems say of people, by hand, and what is known of them afterwards.

Goes in: calls that read like the statement ("the insurer says this of him since that day").
Comes out: rows in the tables of staging and identity, and readers of the golden record.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Engine, Row, text

DELIVERED_ON = date(2025, 1, 6)

# The form, its system and table, where staging keeps it, and what dates its statements.
FORMS = {
    "hospital card": ("A", "MS_BRDA", "stg_a__ms_brda", "modified_at"),
    "front page": ("A", "BASY", "stg_a__basy", "discharged_on"),
    "tcm card": (
        "B",
        "TB_YL_PATIENT_INFORMATION",
        "stg_b__tb_yl_patient_information",
        "modified_at",
    ),
    "township card": ("C", "ms_brda", "stg_c__ms_brda", "modified_at"),
    "archive": ("D", "EHR_HealthRecord", "stg_d__ehr_healthrecord", "modified_on"),
    "death card": ("D", "DEA_DeathReportCard", "stg_d__dea_deathreportcard", "reported_on"),
    "contract": (
        "E",
        "SCM_SignContractRecord",
        "stg_e__scm_signcontractrecord",
        "signed_at",
    ),
    "insured": ("F", "PSN_INSU_D", "stg_f__psn_insu_d", None),
}  # fmt: skip


def number_of(born: str, sequence: str) -> str:
    """An identity number that passes the check, of a region that is nobody's."""
    body = f"991525{born.replace('-', '')}{sequence}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    rest = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[rest % 11]


class Statements:
    """Collects what is said of whom; `write` puts it into the warehouse."""

    def __init__(self) -> None:
        self._rows: dict[str, list[dict[str, object]]] = defaultdict(list)
        self._count = 0
        self._rows["audit.file_ledger"].append(
            {
                "batch_id": 1,
                "delivery_date": DELIVERED_ON,
                "system": "A",
                "folder": "20250106/A",
                "file_name": "statements",
                "sha256": "0" * 64,
                "state": "landed",
                "rows_read": 0,
                "rows_accepted": 0,
                "rows_rejected": 0,
                "rows_duplicate": 0,
                "rows_superseded": 0,
            }
        )

    def say(
        self,
        person: str,
        form: str,
        on: str | None = None,
        *,
        contested: bool = False,
        staged: dict[str, object] | None = None,
        **named: object,
    ) -> str:
        """One record: columns of source_person by name, further ones of its form `staged`.

        Returns the record key.
        """
        system, table, staging, dated_by = FORMS[form]
        self._count += 1
        key = f"{system}|{table}||{self._count}|"
        address = {"record_key": key, "source_system": system, "source_table": table}
        self._rows["identity.source_person"].append({**address, **named})
        self._rows["identity.person_link"].append(
            {
                **address,
                "org_code": "",
                "native_id": str(self._count),
                "native_part": "",
                "person_id": f"P {person}",
                "method": "statement",
                "rule": "statement",
                "first_delivery_on": DELIVERED_ON,
                "is_contested": contested,
            }
        )
        dated = {dated_by: date.fromisoformat(on)} if on and dated_by else {}
        self._rows[f"staging.{staging}"].append({**address, **dated, **(staged or {})})
        return key

    def write(self, engine: Engine) -> None:
        """Insert everything."""
        with engine.begin() as connection:
            for table, rows in self._rows.items():
                for row in rows:
                    columns = ", ".join(row)
                    values = ", ".join(f":{column}" for column in row)
                    connection.execute(
                        text(f"insert into {table} ({columns}) values ({values})"), row
                    )


@dataclass(frozen=True)
class Known:
    """The golden record, asked for by the names of the people."""

    engine: Engine

    def attribute(self, person: str, attribute: str) -> Row[Any] | None:
        """The row of an attribute, None when nothing is known."""
        found = self.rows(
            "select * from identity.golden_attribute"
            " where person_id = :person and attribute = :attribute",
            person=f"P {person}",
            attribute=attribute,
        )
        assert len(found) < 2, (person, attribute)
        return found[0] if found else None

    def value(self, person: str, attribute: str) -> str | None:
        """The value that survived, None when there is none."""
        row = self.attribute(person, attribute)
        return row.value if row else None

    def person(self, person: str) -> Row[Any]:
        """The person's golden record."""
        (found,) = self.rows(
            "select * from identity.golden_person where person_id = :person",
            person=f"P {person}",
        )
        return found

    def conflict(self, person: str, attribute: str) -> dict[str, bool]:
        """The values of a conflict, and which of them was taken."""
        return {
            row.value: row.is_chosen
            for row in self.rows(
                "select value, is_chosen from identity.golden_conflict"
                " where person_id = :person and attribute = :attribute",
                person=f"P {person}",
                attribute=attribute,
            )
        }

    def rows(self, query: str, **parameters: object) -> list[Row[Any]]:
        """Whatever else a test wants to see."""
        with self.engine.connect() as connection:
            return list(connection.execute(text(query), parameters))
