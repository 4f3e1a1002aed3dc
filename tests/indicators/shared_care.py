"""Care that several systems report: settlements of it, front pages, referrals, doses."""

from __future__ import annotations

from datetime import date
from json import dumps

from tests.indicators.books import CENTRE, COUNTY, HOSPITAL, TCM_HOSPITAL, moment
from tests.indicators.hospital_care import HospitalCare


class SharedCare(HospitalCare):
    """What the insurer, coders and the referral platform say of care."""

    def insured_care(
        self,
        name: str,
        person: str,
        begins: str,
        *,
        total: int,
        where: str = "H99152501001",
        ends: str | None = None,
        at: str | None = None,
        category: str = "11",
        treatment: str | None = None,
        reverses: str | None = None,
        diagnosis: str | None = None,
    ) -> None:
        """A settlement of somebody's care, in fen; a reversal names what it takes back."""
        ends = ends or begins
        self._event(
            name,
            "staging.stg_f__setl_d",
            ("F", "SETL_D", where),
            native_id=name,
            person=person,
            settlement_id=name,
            reversed_settlement_id=reverses,
            treatment_id=treatment or f"M {name}",
            org_division_code=COUNTY,
            started_on=date.fromisoformat(begins),
            ended_on=date.fromisoformat(ends),
            settled_at=moment(at or ends),
            medical_category_code=category,
            diagnosis_code=diagnosis,
            total_fee_fen=-total if reverses else total,
            is_valid=True,
        )

    def coded_page(
        self,
        name: str,
        person: str,
        admitted: str,
        left: str,
        *,
        number: str,
        total: int | None = None,
        operation: tuple[str, str] | None = None,
        at_tcm_hospital: bool = False,
    ) -> None:
        """A front page; `number` is that of the medical record, 0 when there is none."""
        columns: dict[str, object] = {
            "medical_record_number": number,
            "stay_ordinal": 1,
            "total_fee_fen": total,
        }
        if operation:
            columns["operation_code_1"] = operation[0]
            columns["operated_on_1"] = date.fromisoformat(operation[1])
        if at_tcm_hospital:
            source, model = ("B", "HQMS", TCM_HOSPITAL), "staging.stg_b__hqms"
            columns |= {"admitted_at": moment(admitted), "discharged_at": moment(left)}
        else:
            source, model = ("A", "BASY", HOSPITAL), "staging.stg_a__basy"
            columns |= {
                "admitted_on": date.fromisoformat(admitted),
                "discharged_on": date.fromisoformat(left),
            }
        self._event(name, model, source, native_id=name, person=person, **columns)

    def stay_with_record(
        self, name: str, person: str, admitted: str, left: str, *, number: str
    ) -> None:
        """A first stay at the county hospital, with the number of its medical record."""
        stay_number = str(self._number())
        self._event(
            name,
            "staging.stg_a__zy_brry",
            ("A", "ZY_BRRY", HOSPITAL),
            native_id=stay_number,
            stay_number=stay_number,
            patient_id=self._card("A", HOSPITAL, person, person),
            medical_record_number=number,
            stay_ordinal=1,
            admitted_at=moment(admitted),
            discharged_at=moment(left),
            is_cancelled=False,
        )

    def listed_operation(self, name: str, stay: str, code: str, at: str) -> None:
        """An operation on the TCM hospital's list, under the number of its stay."""
        org = self.ids[stay].split("|")[2]
        self._event(
            name,
            "staging.stg_b__tb_operation_detail",
            ("B", "TB_OPERATION_DETAIL", org),
            native_id=name,
            stay_number=self.ids[stay].split("|")[3],
            operation_code=code,
            operated_at=moment(at),
        )

    def stay_line(self, stay: str, fee: int) -> None:
        """A charged line of a stay at the county hospital, or one that gives back."""
        self._add(
            "staging.stg_a__zy_fymx",
            ("A", "ZY_FYMX", HOSPITAL),
            stay_number=self.ids[stay].split("|")[3],
            net_fee_fen=fee,
        )

    def referral(
        self,
        name: str,
        person: str,
        accepted: str,
        *,
        to: str = HOSPITAL,
        direction: str = "1",
        status: str = "3",
        left: str | None = None,
        diagnosis: str | None = None,
    ) -> None:
        """A referral; it was submitted an hour before the decision."""
        decided = moment(accepted)
        self._event(
            name,
            "staging.stg_g__dr_referrals",
            ("G", "DR_Referrals", CENTRE),
            native_id=name,
            person=person,
            referral_number=name,
            from_institution_code=CENTRE,
            to_institution_code=to,
            referral_direction_code=direction,
            referral_status_code=status,
            submitted_at=decided.replace(hour=decided.hour - 1),
            accepted_at=decided,
            discharged_on=date.fromisoformat(left) if left else None,
            diagnosis_name=diagnosis,
        )

    def types_referral(self, visit: str, referral: str) -> None:
        """At a visit to the county hospital the doctor types the number of a referral."""
        number = self._visit_numbers[visit]
        for row in self._rows["staging.stg_a__ys_mz_jzls"]:
            if row["visit_number"] == number:
                row["referral_number"] = referral

    def consultation(self, name: str, person: str, at: str, experts: list[str]) -> None:
        """A consultation with an opinion; experts by their institutions."""
        self._event(
            name,
            "staging.stg_g__cons_consultationrecord",
            ("G", "CONS_ConsultationRecord", CENTRE),
            native_id=name,
            person=person,
            consultation_number=name,
            applying_institution_code=CENTRE,
            experts=dumps([{"unit": unit, "name": "某某"} for unit in experts]),
            consultation_status_code="3",
            applied_at=moment(at),
            opinion_issued_at=moment(at),
        )

    def dose(self, name: str, person: str, day: str, *, number: str, unit: str) -> None:
        """The first dose of one vaccine, as one clinic entered it."""
        self._event(
            name,
            "staging.stg_d__piv_vaccinaterecord",
            ("D", "PIV_VaccinateRecord", ""),
            native_id=name,
            person=person,
            vaccinee_number=number,
            vaccine_code="0201",
            dose_number=1,
            vaccinated_on=date.fromisoformat(day),
            vaccination_unit_name=unit,
        )
