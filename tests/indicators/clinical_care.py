"""What hospitals write about care: bills, front pages, medicines, tests and operations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from tests.indicators.books import HOSPITAL, TCM_CODE22, moment
from tests.indicators.hospital_care import HospitalCare

SOURCES = {
    "A": (HOSPITAL, "stg_a__zy_fymx", "ZY_FYMX"),
    "B": (TCM_CODE22, "stg_b__tb_his_zy_fee_detail", "TB_HIS_ZY_FEE_DETAIL"),
    "C": ("1001", "stg_c__zy_fymx", "zy_fymx"),
}
PAGE_FEES = (
    "general_service_fee_fen",
    "diagnostic_fee_fen",
    "treatment_fee_fen",
    "western_medicine_fee_fen",
    "proprietary_medicine_fee_fen",
    "herb_fee_fen",
    "consumables_fee_fen",
    "other_fee_fen",
)


class ClinicalCare(HospitalCare):
    """The papers of visits and stays."""

    def number_of(self, name: str) -> str:
        """The number of a visit or stay in its own system."""
        return self.ids[name].split("|")[3]

    def line(self, name: str, stay: str, fen: int, *, refund: bool = False) -> None:
        """A charged line of a stay, in the dialect of its hospital."""
        system = self.ids[stay][0]
        org, model, table = SOURCES[system]
        sign = -1 if refund else 1
        # The TCM hospital sends refunds without their sign.
        sent = fen if system == "B" else sign * fen
        number = str(self._number())
        self._event(
            name,
            f"staging.{model}",
            (system, table, org),
            native_id=number,
            charge_line_number=number,
            stay_number=self.number_of(stay),
            item_code="110900001",
            charged_at=moment("2022-03-02"),
            quantity=Decimal(1 if system == "B" else sign),
            line_fee_fen=sent,
            net_fee_fen=sign * fen,
            is_refund=refund,
            **({"net_quantity": Decimal(sign)} if system == "B" else {}),
        )

    def bill(
        self, name: str, stay: str, fen: int, *, ordinal: int = 1, void: bool = False
    ) -> None:
        """A settlement of a stay at the county hospital."""
        self._event(
            name,
            "staging.stg_a__zy_zyjs",
            ("A", "ZY_ZYJS", HOSPITAL),
            native_id=self.number_of(stay),
            native_part=str(ordinal),
            stay_number=self.number_of(stay),
            settlement_ordinal=ordinal,
            settled_at=moment("2022-03-09"),
            total_fee_fen=fen,
            is_void=void,
        )

    def numbered_stay(self, stay: str, record_number: str, printed: str) -> None:
        """The record number and the printed number of a stay at the county hospital."""
        for row in self._rows["staging.stg_a__zy_brry"]:
            if row["record_key"] == self.ids[stay]:
                row |= {
                    "medical_record_number": record_number,
                    "stay_ordinal": 1,
                    "printed_stay_number": printed,
                }

    def page_a(
        self,
        name: str,
        person: str,
        admitted: str,
        left: str,
        *,
        record_number: str,
        fen: int = 0,
        diagnoses: tuple[str, ...] = ("K35.800",),
        operations: tuple[tuple[str, str | None, str], ...] = (),
        receiver: str | None = None,
    ) -> None:
        """A front page of the county hospital; operations are (code, level, day)."""
        columns: dict[str, object] = dict.fromkeys(PAGE_FEES, 0)
        columns["treatment_fee_fen"] = fen
        for rank, code in enumerate(diagnoses):
            stem = "main_diagnosis" if rank == 0 else "other_diagnosis"
            end = "" if rank == 0 else f"_{rank}"
            columns |= {f"{stem}_code{end}": code, f"{stem}_name{end}": code}
        for place, (code, level, day) in enumerate(operations, start=1):
            columns |= {
                f"operation_code_{place}": code,
                f"operation_level_{place}": level,
                f"operated_on_{place}": date.fromisoformat(day),
            }
        self._event(
            name,
            "staging.stg_a__basy",
            ("A", "BASY", HOSPITAL),
            native_id=record_number,
            native_part=f"1+{left[:10]}",
            person=person,
            medical_record_number=record_number,
            stay_ordinal=1,
            admitted_on=moment(admitted).date(),
            admitted_hour=moment(admitted).hour,
            discharged_on=moment(left).date(),
            discharged_hour=moment(left).hour,
            receiving_institution_name=receiver,
            total_fee_fen=fen,
            **columns,
        )

    def prescription_a(
        self,
        name: str,
        visit: str,
        *,
        lines: dict[str, tuple[int, int]],
        doses: int | None = None,
        void: bool = False,
    ) -> None:
        """A prescription of the county hospital; lines are {name: (quantity, fen each)}."""
        number = str(self._number())
        self._event(
            name,
            "staging.stg_a__ms_cf01",
            ("A", "MS_CF01", HOSPITAL),
            native_id=number,
            prescription_number=number,
            visit_number=self.number_of(visit),
            prescription_type_code="3" if doses else "1",
            dose_count=doses,
            prescribed_at=moment("2022-03-01 09:30:00"),
            is_dispensed=not void,
            has_returned_drugs=void,
            is_void=void,
        )
        for line, (quantity, fen) in lines.items():
            self._event(
                line,
                "staging.stg_a__ms_cf02",
                ("A", "MS_CF02", HOSPITAL),
                prescription_number=number,
                item_code=line,
                quantity=Decimal(quantity),
                unit_price_fen=fen,
                line_fee_fen=quantity * fen * (doses or 1),
            )

    def medicine_c(self, name: str, visit: str, quantity: int, fen: int) -> None:
        """A medicine that a centre prescribed."""
        self._event(
            name,
            "staging.stg_c__ms_cf02",
            ("C", "ms_cf02", self.ids[visit].split("|")[2]),
            visit_number=self.number_of(visit),
            item_code=name,
            item_name=name,
            quantity=Decimal(quantity),
            unit_price_fen=fen,
            line_fee_fen=quantity * fen,
        )

    def sample_a(
        self,
        name: str,
        person: str,
        *,
        visit: str | None = None,
        printed_stay: str | None = None,
        withdrawn: bool = False,
        recognised: str | None = None,
        day: str = "2022-03-05",
        panel: str | None = None,
        results: tuple[tuple[str, str, str, str, str], ...] = (),
        references: Mapping[str, tuple[str, str]] = MappingProxyType({}),
        findings: Mapping[str, tuple[str, str]] = MappingProxyType({}),
    ) -> None:
        """A sample of the county hospital.

        Results are (item, number, unit, usual number, usual unit); references (low, high)
        and findings (words, code) go by item; all is as staging holds it.
        """
        number = str(self._number())
        self._event(
            name,
            "staging.stg_a__l_patientinfo",
            ("A", "L_PATIENTINFO", HOSPITAL),
            native_id=number,
            sample_number=number,
            patient_id=self._card("A", HOSPITAL, person, person),
            visit_number=self.number_of(visit) if visit else None,
            printed_stay_number=printed_stay,
            recognition_code="1" if recognised else "0",
            recognised_org_code=recognised,
            panel_code=panel,
            requested_at=moment("2022-03-04 08:00:00"),
            checked_at=None if recognised else moment(f"{day} 10:00:00"),
            is_withdrawn=withdrawn,
        )
        for item, figure, unit, usual_figure, usual_unit in results:
            low, high = references.get(item, (None, None))
            self._result(
                name,
                number,
                item,
                result_text=figure,
                result_number=Decimal(figure),
                unit=unit,
                standard_number=Decimal(usual_figure),
                standard_unit=usual_unit,
                reference_low=Decimal(low) if low else None,
                reference_high=Decimal(high) if high else None,
            )
        for item, (words, code) in findings.items():
            self._result(name, number, item, result_text=words, finding_code=code)

    def _result(self, sample: str, number: str, item: str, **said: object) -> None:
        self._event(
            f"{sample} {item}",
            "staging.stg_a__l_testresult",
            ("A", "L_TESTRESULT", HOSPITAL),
            native_id=number,
            native_part=item,
            sample_number=number,
            test_item_code=item,
            **said,
        )

    def image_a(
        self,
        name: str,
        person: str,
        *,
        asked_by: str,
        card_of: tuple[str, str],
        status: str = "2",
        revises: str | None = None,
        concluded: str | None = None,
    ) -> None:
        """A report of the county hospital's reading centre; `card_of` is (system, org)."""
        number = str(self._number())
        system, org = card_of
        self._event(
            name,
            "staging.stg_a__pacs_bgjg",
            ("A", "PACS_BGJG", HOSPITAL),
            native_id=number,
            report_number=number,
            replaced_report_number=self.number_of(revises) if revises else None,
            patient_id=self._card(system, org, person, person),
            applying_org_code=asked_by,
            reading_org_code=HOSPITAL,
            exam_type_code="ECG",
            conclusion=concluded,
            report_status_code=status,
            examined_at=moment("2022-03-06"),
        )

    def theatre_b(self, name: str, stay: str, code: str, level: str | None) -> None:
        """An operation in the theatre of the TCM hospital."""
        self._event(
            name,
            "staging.stg_b__tb_operation_detail",
            ("B", "TB_OPERATION_DETAIL", TCM_CODE22),
            stay_number=self.number_of(stay),
            operation_code=code,
            operation_level=level,
            operated_at=moment("2022-03-03 14:00:00"),
        )

    def diagnosis_words(self, name: str, visit: str, words: str, code: str | None) -> None:
        """A diagnosis of a visit to the county hospital, as the doctor worded it."""
        self._event(
            name,
            "staging.stg_a__ms_brzd",
            ("A", "MS_BRZD", HOSPITAL),
            visit_number=self.number_of(visit),
            diagnosis_kind_code="1",
            diagnosis_code=code,
            second_diagnosis_code="E11.900" if words == "two in a cell" else None,
            diagnosis_name=words,
            diagnosis_rank=1,
        )
