"""The forms of the public-health platform, as staging holds them."""

from __future__ import annotations

from datetime import date

from tests.indicators.books import HOSPITAL, TOWN, Books, moment

# Without a manage unit: these name the institution, or nobody.
ELSEWHERE = frozenset({"D18", "D19"})
FORMS = {
    "D01": ("stg_d__ehr_healthrecord", "EHR_HealthRecord"),
    "D02": ("stg_d__hc_healthcheck", "HC_HealthCheck"),
    "D05": ("stg_d__mdc_diabetesrecord", "MDC_DiabetesRecord"),
    "D06": ("stg_d__mdc_diabetesvisit", "MDC_DiabetesVisit"),
    "D07": ("stg_d__mdc_oldpeoplerecord", "MDC_OldPeopleRecord"),
    "D08": ("stg_d__psy_psychosisrecord", "PSY_PsychosisRecord"),
    "D09": ("stg_d__psy_psychosisvisit", "PSY_PsychosisVisit"),
    "D10": ("stg_d__tb_tuberculosisrecord", "TB_TuberculosisRecord"),
    "D11": ("stg_d__tb_tuberculosisvisit", "TB_TuberculosisVisit"),
    "D12": ("stg_d__mhc_pregnantrecord", "MHC_PregnantRecord"),
    "D13": ("stg_d__mhc_visitrecord", "MHC_VisitRecord"),
    "D14": ("stg_d__mhc_postnatalvisit", "MHC_PostnatalVisit"),
    "D15": ("stg_d__mhc_babyvisit", "MHC_BabyVisit"),
    "D16": ("stg_d__cdh_healthcard", "CDH_HealthCard"),
    "D17": ("stg_d__cdh_checkup", "CDH_Checkup"),
    "D18": ("stg_d__piv_vaccinaterecord", "PIV_VaccinateRecord"),
    "D19": ("stg_d__idr_report", "IDR_Report"),
}
# Numbers by which other forms name this one; by default they are the form's name.
NUMBERS = {
    "D01": "archive_id",
    "D02": "exam_id",
    "D12": "pregnancy_record_id",
    "D16": "child_card_id",
    "D17": "exam_id",
    "D18": "vaccinee_number",
    "D19": "disease_report_id",
} | dict.fromkeys(("D05", "D07", "D08", "D10"), "record_id")


class PublicHealth(Books):
    """What clerks fill in: records, visits, exams, doses and reports."""

    def form(self, feed: str, name: str, person: str | None, **said: object) -> None:
        """A form; columns that end in `_on` and `_at` take a day or moment as text."""
        model, table = FORMS[feed]
        columns: dict[str, object] = {NUMBERS.get(feed, "follow_up_id"): name}
        if feed not in ELSEWHERE:
            columns["manage_unit_id"] = TOWN
        for column, value in said.items():
            if isinstance(value, str) and column.endswith("_on"):
                value = date.fromisoformat(value)
            elif isinstance(value, str) and column.endswith("_at"):
                value = moment(value)
            columns[column] = value
        self._event(
            name,
            f"staging.{model}",
            ("D", table, ""),
            native_id=name,
            person=person,
            **columns,
        )

    def diagnosed(
        self, visit: str, code: str | None, words: str = "", *, kind: str = "1"
    ) -> None:
        """A diagnosis of a visit to the county hospital; `kind` 2 is Chinese medicine."""
        self._add(
            "staging.stg_a__ms_brzd",
            ("A", "MS_BRZD", HOSPITAL),
            visit_number=self._visit_numbers[visit],
            diagnosis_kind_code=kind,
            diagnosis_code=code,
            diagnosis_name=words or None,
            diagnosis_rank=0,
        )

    def settled(self, name: str, person: str, day: str, code: str, category: str) -> None:
        """A settlement of the insurer, with the diagnosis that it names."""
        self._event(
            name,
            "staging.stg_f__setl_d",
            ("F", "SETL_D", "H99152500001"),
            native_id=name,
            person=person,
            settlement_id=name,
            treatment_id=f"M {name}",
            settled_at=moment(day),
            started_on=date.fromisoformat(day),
            medical_category_code=category,
            diagnosis_code=code,
            is_reversal=False,
            is_valid=True,
        )
