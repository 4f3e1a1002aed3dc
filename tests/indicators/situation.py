"""Tiny situations for the counting rules: rows as staging holds them, and whose they are.

Goes in: calls that read like the situation ("this person was seen there on that day").
Comes out: rows in the tables of staging and identity. Everything has a name; `ids` leads from
the name to the event, `people` to the person.
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
    (CITY_HOSPITAL, "A100", None, None, "991502", None, "H99150200001", None, None),
)
RESIDENTS = {(2024, TOWN): 10, (2024, OTHER_TOWN): 5}
DELIVERED_ON = date(2025, 1, 6)
LAST_DATA_DAY = "20250105"
NOBODYS_CARD = "nobody's"


def moment(written: str) -> datetime:
    """`2024-03-01` is nine in the morning of that day."""
    return datetime.fromisoformat(written if " " in written else f"{written} 09:00:00")


class Situation:
    """Collects rows; `write` puts them into the warehouse."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}
        self.people: dict[str, str] = {}
        self._rows: dict[str, list[dict[str, object]]] = defaultdict(list)
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
            self._add(
                "staging.stg_d__dea_deathreportcard",
                ("D", "DEA_DeathReportCard", ""),
                person=name,
                dead_on=date.fromisoformat(dead),
            )

    def visit_a(
        self,
        name: str,
        person: str | None,
        at: str | None,
        *,
        department: str = "0301",
        kind: str = "1",
        status: str = "9",
        invoices: str = "stands",
        card: str | None = None,
        aside: str | None = None,
    ) -> None:
        """At the county hospital; `invoices` lists what became of each invoice.

        Without a person it is a test patient, unless the `card` is one that nobody issued.
        """
        number = str(self._number())
        self._event(
            name,
            "staging.stg_a__ys_mz_jzls",
            ("A", "YS_MZ_JZLS", HOSPITAL),
            native_id=number,
            visit_number=number,
            patient_id=(
                card
                if card == NOBODYS_CARD
                else self._card("A", HOSPITAL, person, card or person or name)
            ),
            department_code=department,
            visit_type_code=kind,
            visit_status_code=status,
            started_at=moment(at) if at else None,
            set_aside_because=aside,
        )
        for word in invoices.split():
            self._add(
                "staging.stg_a__ms_mzxx",
                ("A", "MS_MZXX", HOSPITAL),
                visit_number=number,
                is_void={"stands": False, "void": True}[word],
                total_fee_fen=1000,
            )

    def visit_b(
        self,
        name: str,
        person: str,
        at: str,
        *,
        department: str = "5001",
        kind: str = "100",
        lines: str = "charged",
    ) -> None:
        """At the TCM hospital; `lines` lists what became of each charged line."""
        number = str(self._number())
        self._event(
            name,
            "staging.stg_b__tb_yl_mz_medical_record",
            ("B", "TB_YL_MZ_MEDICAL_RECORD", TCM_CODE22),
            native_id=number,
            visit_number=number,
            patient_id=self._card("B", TCM_CODE22, person, person),
            card_type_code="04",
            department_code=department,
            visit_type_code=kind,
            started_at=moment(at),
        )
        for word in lines.split():
            charged = f"MX{self._number()}"
            self._fee_line(number, charged, None)
            if word == "refunded":
                self._fee_line(number, f"MX{self._number()}", charged)

    def visit_c(
        self,
        name: str,
        person: str,
        at: str,
        *,
        at_clinic: bool = False,
        kind: str = "1",
        invoices: str = "stands",
    ) -> None:
        """At a township centre or its village clinic; the centre keeps the cards."""
        number = str(self._number())
        office = "100101" if at_clinic else "1001"
        self._event(
            name,
            "staging.stg_c__ys_mz_jzls",
            ("C", "ys_mz_jzls", office),
            native_id=number,
            visit_number=number,
            patient_org_code="1001",
            patient_id=self._card("C", "1001", person, person),
            department_code=None if at_clinic else "0201",
            visit_type_code=kind,
            started_at=moment(at),
        )
        for word in invoices.split():
            self._add(
                "staging.stg_c__ms_mzxx",
                ("C", "ms_mzxx", office),
                visit_number=number,
                is_void={"stands": False, "void": True}[word],
                total_fee_fen=500,
            )

    def stay_a(
        self,
        name: str,
        person: str,
        admitted: str,
        left: str | None,
        *,
        cancelled: bool = False,
    ) -> None:
        """A stay at the county hospital."""
        number = str(self._number())
        self._event(
            name,
            "staging.stg_a__zy_brry",
            ("A", "ZY_BRRY", HOSPITAL),
            native_id=number,
            stay_number=number,
            patient_id=self._card("A", HOSPITAL, person, person),
            admitted_at=moment(admitted),
            discharged_at=moment(left) if left else None,
            is_cancelled=cancelled,
        )

    def stay_b(
        self,
        name: str,
        person: str,
        admitted: str,
        left: str | None,
        *,
        cancelled: bool = False,
    ) -> None:
        """A stay at the TCM hospital; it ends with a discharge summary."""
        number = str(self._number())
        self._event(
            name,
            "staging.stg_b__tb_his_zy_adm_reg",
            ("B", "TB_HIS_ZY_ADM_REG", TCM_CODE22),
            native_id=number,
            stay_number=number,
            patient_id=self._card("B", TCM_CODE22, person, person),
            admitted_at=moment(admitted),
            is_cancelled=cancelled,
        )
        if left:
            self._add(
                "staging.stg_b__tb_cis_leavehospital_summary",
                ("B", "TB_CIS_LEAVEHOSPITAL_SUMMARY", TCM_CODE22),
                stay_number=number,
                # A few seconds off, as the two tables of this hospital are.
                admitted_at=moment(admitted),
                discharged_at=moment(left),
                is_cancelled=False,
            )

    def stay_c(self, name: str, person: str, admitted: str, left: str | None) -> None:
        """A stay at a township centre."""
        number = str(self._number())
        self._event(
            name,
            "staging.stg_c__zy_brry",
            ("C", "zy_brry", "1001"),
            native_id=number,
            stay_number=number,
            patient_id=self._card("C", "1001", person, person),
            admitted_at=moment(admitted),
            discharged_at=moment(left) if left else None,
            is_cancelled=False,
        )

    def settlement(
        self,
        name: str,
        at: str,
        *,
        where: str = "H99152501001",
        division: str | None = COUNTY,
        category: str = "11",
        treatment: str | None = None,
        reverses: str | None = None,
        pooled: int = 0,
        major: int = 0,
        aid: int = 0,
        valid: bool = True,
        flag: bool = False,
    ) -> None:
        """A settlement, in fen; a reversal names the settlement it takes back."""
        sign = -1 if reverses else 1
        self._event(
            name,
            "staging.stg_f__setl_d",
            ("F", "SETL_D", where),
            native_id=name,
            settlement_id=name,
            reversed_settlement_id=reverses,
            treatment_id=treatment or f"M {name}",
            org_division_code=division,
            settled_at=moment(at),
            medical_category_code=category,
            total_fee_fen=sign * (pooled + major + aid),
            pooled_fund_fee_fen=sign * pooled,
            major_illness_fee_fen=sign * major,
            medical_aid_fee_fen=sign * aid,
            is_reversal=flag,
            is_valid=valid,
        )

    def archive(
        self,
        name: str,
        person: str,
        created: str,
        *,
        unit: str = TOWN,
        closed: str | None = None,
        reason: str | None = None,
    ) -> None:
        """A health archive."""
        self._event(
            name,
            "staging.stg_d__ehr_healthrecord",
            ("D", "EHR_HealthRecord", unit),
            native_id=name,
            person=person,
            archive_id=name,
            manage_unit_id=unit,
            **_opened(created, closed, reason),
        )

    def hypertension(
        self,
        name: str,
        person: str,
        created: str,
        *,
        unit: str = TOWN,
        closed: str | None = None,
        reason: str | None = None,
        archive: str | None = None,
    ) -> None:
        """A hypertension record, in its archive."""
        self._event(
            name,
            "staging.stg_d__mdc_hypertensionrecord",
            ("D", "MDC_HypertensionRecord", unit),
            native_id=name,
            person=person,
            record_id=name,
            archive_id=archive,
            manage_unit_id=unit,
            **_opened(created, closed, reason),
        )

    def follow_up(
        self,
        person: str,
        day: str,
        pressure: str | None = "130/80",
        *,
        way: str = "1",
        result: str = "1",
        number: str | None = None,
    ) -> None:
        """A hypertension follow-up; `130/80` is a reading, None is none."""
        upper, _, lower = (pressure or "/").partition("/")
        name = number or f"SF{self._number():010d}"
        self._event(
            f"{person}: {name}",
            "staging.stg_d__mdc_hypertensionvisit",
            ("D", "MDC_HypertensionVisit", TOWN),
            native_id=name,
            person=person,
            follow_up_id=name,
            manage_unit_id=TOWN,
            followed_up_on=date.fromisoformat(day),
            follow_up_way_code=way,
            follow_up_result_code=result,
            systolic_mmhg=int(upper) if upper else None,
            diastolic_mmhg=int(lower) if lower else None,
        )

    def exam(self, person: str, day: str) -> None:
        """A health examination form."""
        self._add(
            "staging.stg_d__hc_healthcheck",
            ("D", "HC_HealthCheck", TOWN),
            person=person,
            manage_unit_id=TOWN,
            examined_on=date.fromisoformat(day),
        )

    def contract(
        self,
        name: str,
        person: str,
        begins: str,
        ends: str,
        *,
        stopped: str | None = None,
        team: str = "T1",
    ) -> None:
        """A family-doctor contract; its end is exclusive."""
        self._event(
            name,
            "staging.stg_e__scm_signcontractrecord",
            ("E", "SCM_SignContractRecord", ""),
            native_id=name,
            person=person,
            contract_id=name,
            team_id=team,
            begins_on=date.fromisoformat(begins),
            ends_on=date.fromisoformat(ends),
            stopped_on=date.fromisoformat(stopped) if stopped else None,
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
        self._rows["audit.file_ledger"].append(
            {
                "batch_id": 1,
                "delivery_date": DELIVERED_ON,
                "system": "H",
                "folder": "20250106/H_ADMIN",
                "file_name": "situation",
                "sha256": "0" * 64,
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

    def _card(self, system: str, org: str, person: str | None, card: str) -> str:
        """The number of a patient card, made when it is first used."""
        table, model, part = {
            "A": ("MS_BRDA", "stg_a__ms_brda", ""),
            "B": ("TB_YL_PATIENT_INFORMATION", "stg_b__tb_yl_patient_information", "04"),
            "C": ("ms_brda", "stg_c__ms_brda", ""),
        }[system]
        name = f"card {system} {card}"
        if name not in self.ids:
            number = str(self._number())
            columns: dict[str, object] = {"card_type_code": part} if part else {}
            self.ids[name] = number
            self._add(
                f"staging.{model}",
                (system, table, org),
                native_id=number,
                native_part=part,
                person=person,
                patient_id=number,
                set_aside_because="test_row" if person is None else None,
                **columns,
            )
        return self.ids[name]

    def _fee_line(self, visit: str, line: str, refunds: str | None) -> None:
        self._add(
            "staging.stg_b__tb_his_mz_fee_detail",
            ("B", "TB_HIS_MZ_FEE_DETAIL", TCM_CODE22),
            visit_number=visit,
            charge_line_number=line,
            refunded_line_number=refunds,
            charge_or_refund_code="2" if refunds else "1",
            line_fee_fen=700,
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


def _opened(created: str, closed: str | None, reason: str | None) -> dict[str, object]:
    return {
        "created_on": date.fromisoformat(created),
        "record_status_code": "1" if closed else "0",
        "cancelled_on": date.fromisoformat(closed) if closed else None,
        "cancel_reason_code": reason,
    }
