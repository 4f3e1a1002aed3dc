"""Care that several systems report: settlements of it, front pages, services, referrals."""

from __future__ import annotations

from datetime import date
from json import dumps

from tests.indicators.books import CENTRE, COUNTY, HOSPITAL, TCM_HOSPITAL, moment
from tests.indicators.hospital_care import HospitalCare


class SharedCare(HospitalCare):
    """What the insurer, coders, family doctors and the referral platform say of care."""

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

    def service(
        self,
        name: str,
        contract: str,
        day: str,
        *,
        item: str = "I01",
        mode: str = "1",
        visit: str | None = None,
        cancelled: bool = False,
        index: str | None = None,
    ) -> None:
        """A service under a contract; it may name a visit to the township."""
        org, number = self.ids[visit].split("|")[2:4] if visit else (None, None)
        self._event(
            name,
            "staging.stg_e__scm_servicerecords",
            ("E", "SCM_ServiceRecords", ""),
            native_id=name,
            service_id=name,
            contract_id=contract,
            health_index_id=index,
            item_code=item,
            service_mode_code=mode,
            visit_reference=f"{org}/{number}" if visit else None,
            visit_org_code=org,
            visit_number=number,
            served_on=date.fromisoformat(day),
            is_cancelled=cancelled,
        )

    def package(self, code: str, items: dict[str, int]) -> None:
        """A service package, and how often it promises each service."""
        table = ("E", "SCM_ServicePackage", "")
        self._add(
            "staging.stg_e__scm_servicepackage",
            table,
            native_id=code,
            package_code=code,
            package_price_fen=0,
        )
        for place, (item, count) in enumerate(items.items(), 1):
            self._add(
                "staging.stg_e__scm_servicepackage_item",
                table,
                native_id=code,
                native_part=str(place),
                package_code=code,
                item_code=item,
                service_count=count,
            )

    def contract_with(self, name: str, person: str, begins: str, packages: str) -> None:
        """A contract of two years whose packages are listed as the client wrote them."""
        begins_on = date.fromisoformat(begins)
        self._event(
            name,
            "staging.stg_e__scm_signcontractrecord",
            ("E", "SCM_SignContractRecord", ""),
            native_id=name,
            person=person,
            contract_id=name,
            team_id="T1",
            package_codes=packages,
            begins_on=begins_on,
            ends_on=begins_on.replace(year=begins_on.year + 2),
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

    def staff(
        self, name: str, number: str, id_number: str, *, where: str = HOSPITAL
    ) -> None:
        """A member of staff on the roster; institutions are called by their codes here."""
        self._add(
            "staging.stg_h__staff",
            ("H", "人员花名册", ""),
            native_id=id_number,
            staff_number=number,
            staff_name=name,
            staff_id_number=id_number,
            institution_name=where,
            professional_title="主治医师",
            joined_on=date(2010, 1, 1),
        )

    def posting(self, name: str, id_number: str, begins: str, *, to: str) -> None:
        """A posting of whoever has that number."""
        self._add(
            "staging.stg_h__posting",
            ("H", "派驻登记", ""),
            native_id=id_number,
            native_part=f"{to}+{begins}",
            staff_id_number=id_number,
            staff_name=name,
            from_institution_name=HOSPITAL,
            to_institution_name=to,
            started_on=date.fromisoformat(begins),
        )
