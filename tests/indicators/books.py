"""The books of the situations: rows of staging and identity, and names that lead to them.

Goes in: the county of all situations, and people. Comes out: rows, written by `write`. What
happens to people is described in `hospital_care` and `programmes`.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from sqlalchemy import Engine, text

COUNTY = "991525"
HOSPITAL = "12991525MB000002C2"
TCM_HOSPITAL = "12991525MB000003D3"
PRIVATE_HOSPITAL = "12991525MB000125F5"
CENTRE = "12991525MB000005F5"
CLINIC = "12991525MB000022C2"
OTHER_CENTRE = "12991525MB000013D3"
CITY_HOSPITAL = "12991502MB000128J8"

TCM_CODE22 = "400000039991525A210013"
TOWN = "991525100"
OTHER_TOWN = "991525400"

# code, class, group, parent, division, code22, insurer's, township system's, D and E
OTHER_CODE22 = "29 of a branch"
INSTITUTIONS = (
    (HOSPITAL, "A100", "G1", None, TOWN, None, "H99152500001", None, "991525901"),
    (TCM_HOSPITAL, "A210", "G2", None, TOWN, TCM_CODE22, "H99152500002", None, None),
    (PRIVATE_HOSPITAL, "A100", None, None, TOWN, None, "H99152500031", None, None),
    (CENTRE, "C220", "G1", None, TOWN, None, "H99152501001", "1001", TOWN),
    (CLINIC, "D600", None, CENTRE, TOWN, None, "H99152501101", "100101", TOWN + "200"),
    (
        OTHER_CENTRE,
        "C210",
        "G2",
        None,
        OTHER_TOWN,
        None,
        "H99152501009",
        "1009",
        OTHER_TOWN,
    ),
    # The list knows the other centre by a second code, under which it has no group.
    (OTHER_CENTRE, "C210", None, None, OTHER_TOWN, OTHER_CODE22, None, "1010", None),
    (CITY_HOSPITAL, "A100", None, None, "991502", None, "H99150200001", None, None),
)
RESIDENTS = {(2024, TOWN): 10, (2024, OTHER_TOWN): 5}
DELIVERED_ON = date(2025, 1, 6)
LAST_DATA_DAY = "20250105"
NOBODYS_CARD = "nobody's"


def moment(written: str) -> datetime:
    """`2024-03-01` is nine in the morning of that day."""
    return datetime.fromisoformat(written if " " in written else f"{written} 09:00:00")


class Books:
    """Collects rows; `write` puts them into the warehouse."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}
        self.people: dict[str, str] = {}
        self._rows: dict[str, list[dict[str, object]]] = defaultdict(list)
        self._visit_numbers: dict[str, str] = {}
        self._numbers = 0
        self._county()

    def person(
        self, name: str, *, born: str | None = None, dead: str | None = None
    ) -> None:
        """Someone; a death counts only by its card."""
        assert name not in self.people, name
        self.people[name] = f"P {name}"
        key = self._source("D", "Somewhere", "", name, person=name)
        self._rows["identity.source_person"].append(
            {"record_key": key, "born_on": date.fromisoformat(born) if born else None}
        )
        if dead:
            self.death(name, dead)

    def death(self, person: str, day: str) -> None:
        """A death card."""
        self._add(
            "staging.stg_d__dea_deathreportcard",
            ("D", "DEA_DeathReportCard", ""),
            person=person,
            dead_on=date.fromisoformat(day),
        )

    def named(
        self,
        person: str,
        *,
        system: str = "D",
        born: str | None = None,
        sex: str | None = None,
        id_number: str | None = None,
    ) -> None:
        """A record that some system keeps of the person."""
        key = self._source(system, "Somewhere", "", str(self._number()), person=person)
        self._rows["identity.source_person"].append(
            {
                "record_key": key,
                "source_system": system,
                "born_on": date.fromisoformat(born) if born else None,
                "sex_code": sex,
                "id_number": id_number,
            }
        )

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

    def _county(self) -> None:
        # One file holds it all, and every feed that an indicator needs has come.
        for feed in (None, "C02", "D01", "D03", "D04", "E02", "F02"):
            self._rows["audit.file_ledger"].append(
                {
                    "batch_id": 1,
                    "delivery_date": DELIVERED_ON,
                    "system": feed[0] if feed else "H",
                    "folder": "20250106/H_ADMIN",
                    "file_name": "situation",
                    "feed": feed,
                    "sha256": (feed or "").rjust(64, "0"),
                    "state": "landed",
                    "rows_read": 0,
                    "rows_accepted": 0,
                    "rows_rejected": 0,
                    "rows_duplicate": 0,
                    "rows_superseded": 0,
                }
            )
        for row in INSTITUTIONS:
            code, kind, group, parent, division, code22, insurance, township, unit = row
            self._add(
                "staging.stg_h__institution",
                ("H", "机构名录", ""),
                institution_code=code,
                code22=code22 or f"22 {code}",
                insurance_code=insurance,
                township_id=township,
                manage_unit_id=unit,
                institution_name=code,
                class_code=kind,
                group_code=group,
                group_name=group,
                parent_institution_code=parent,
                division_code=division,
            )
        for (year, town), count in RESIDENTS.items():
            self._add(
                "staging.stg_h__population",
                ("H", "常住人口", ""),
                year=year,
                town_code=town,
                town_name=town,
                sex_code="1",
                resident_count=count,
            )
        for team, unit in (("T1", TOWN), ("T2", OTHER_TOWN)):
            self._add(
                "staging.stg_e__pub_familyteam",
                ("E", "PUB_FamilyTeam", ""),
                team_id=team,
                team_name=team,
                manage_unit_id=unit,
            )

    def _event(
        self, name: str, table: str, source: tuple[str, str, str], **columns: object
    ) -> None:
        assert name not in self.ids, name
        self.ids[name] = self._add(table, source, **columns)

    def _add(
        self,
        table: str,
        source: tuple[str, str, str],
        *,
        native_id: object = None,
        native_part: str = "",
        person: str | None = None,
        **columns: object,
    ) -> str:
        system, source_table, org = source
        native = str(native_id or self._number())
        key = self._source(system, source_table, org, native, native_part, person)
        self._rows[table].append(
            {
                "record_key": key,
                "source_system": system,
                "source_table": source_table,
                "org_code": org,
                "native_id": native,
                "native_part": native_part,
                "_file_id": 1,
                "_line_number": self._number(),
                **columns,
            }
        )
        return key

    def _source(
        self,
        system: str,
        table: str,
        org: str,
        native: str,
        part: str = "",
        person: str | None = None,
    ) -> str:
        key = "|".join((system, table, org, native, part))
        if person:
            self._rows["identity.person_link"].append(
                {
                    "record_key": key,
                    "source_system": system,
                    "source_table": table,
                    "org_code": org,
                    "native_id": native,
                    "native_part": part,
                    "person_id": self.people[person],
                    "method": "situation",
                    "rule": "situation",
                    "probability": 1,
                    "first_delivery_on": DELIVERED_ON,
                    "is_contested": False,
                }
            )
        return key

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers
