"""What hospitals, centres and clinics send: cards, visits, charges, diagnoses and stays."""

from __future__ import annotations

from tests.indicators.books import HOSPITAL, NOBODYS_CARD, TCM_CODE22, Books, moment


class HospitalCare(Books):
    """Care in the three hospital systems."""

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
        number = self._visit_numbers[name] = str(self._number())
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

    def diagnosis_a(self, visit: str, code: str, *, rank: int | None) -> None:
        """A diagnosis of a visit to the county hospital; rank 0 is the main one."""
        self._add(
            "staging.stg_a__ms_brzd",
            ("A", "MS_BRZD", HOSPITAL),
            visit_number=self._visit_numbers[visit],
            diagnosis_kind_code="1",
            diagnosis_code=code,
            diagnosis_rank=rank,
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
        pressure: str | None = None,
        said: str | None = None,
    ) -> None:
        """At a township centre or its village clinic; the centre keeps the cards.

        `130/80` is a blood pressure; `said` is the main diagnosis in the visit's own words.
        """
        upper, _, lower = (pressure or "/").partition("/")
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
            main_diagnosis_text=said,
            started_at=moment(at),
            systolic_mmhg=int(upper) if upper else None,
            diastolic_mmhg=int(lower) if lower else None,
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

    def newborn_charge(self, name: str, stay: str, child: str) -> None:
        """A charge for the child on its mother's stay at the county hospital."""
        key = self.ids[stay]
        number = next(
            str(row["stay_number"])
            for row in self._rows["staging.stg_a__zy_brry"]
            if row["record_key"] == key
        )
        self._event(
            name,
            "staging.stg_a__zy_fymx",
            ("A", "ZY_FYMX", HOSPITAL),
            stay_number=number,
            is_newborn=True,
            net_fee_fen=4200,
        )
        self._source("A", "ZY_BRRY", HOSPITAL, number, "newborn", child)
        # The child's record stands under the key of the stay.
        self._rows["identity.person_link"][-1]["record_key"] = f"{key}|newborn"

    def belongs(self, event: str, person: str) -> None:
        """A steward says that an event is another person's than its card's."""
        owner = next(
            row["record_key"]
            for row in self._rows["identity.person_link"]
            if row["person_id"] == self.people[person]
        )
        self._rows["identity.event_decision"].append(
            {
                "actor": "steward",
                "event_record_key": self.ids[event],
                "owner_record_key": owner,
                "reason_code": "borrowed_card",
            }
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
            is_refund=refunds is not None,
            line_fee_fen=700,
            net_fee_fen=-700 if refunds else 700,
        )
