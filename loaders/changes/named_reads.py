"""What records that name somebody read besides their own rows, said once.

A form reads its archive, a front page its stay and the card of it: `READS` says so as the
models in 2_identity/named join. Followed down it leads from a changed row to the records
that read it; followed up, from records to all rows that they read (named.py).
"""

from __future__ import annotations

from dataclasses import dataclass

ARCHIVE = "stg_d__ehr_healthrecord"
PREGNANCY = "stg_d__mhc_pregnantrecord"
CHILD_CARD = "stg_d__cdh_healthcard"
INSURED = "stg_f__psn_insu_d"
CARD_A, CARD_C = "stg_a__ms_brda", "stg_c__ms_brda"
CARD_B = "stg_b__tb_yl_patient_information"
STAY_A, STAY_B, STAY_C = "stg_a__zy_brry", "stg_b__tb_his_zy_adm_reg", "stg_c__zy_brry"
DISCHARGE_B = "stg_b__tb_cis_leavehospital_summary"
VISIT_A, VISIT_B = "stg_a__ys_mz_jzls", "stg_b__tb_yl_mz_medical_record"
VISIT_C = "stg_c__ys_mz_jzls"
FRONT_PAGE_A, FRONT_PAGE_B = "stg_a__basy", "stg_b__hqms"
EXAM, DEATH, SETTLEMENT = (
    "stg_d__hc_healthcheck", "stg_d__dea_deathreportcard", "stg_f__setl_d",
)  # fmt: skip
# They tell of places, not of persons: another one of them, and every record is read again.
OF_PLACES = ("stg_h__institution", "stg_c__sys_office_jg")


@dataclass(frozen=True)
class Reads:
    """Records of `child` read rows of `parent` where these columns are equal.

    Of a parent only rows count for which `where` holds. A child reads `through` a parent
    what that reads in turn. What is only `told` bears on the facts of the child's life.
    """

    child: str
    own: str
    parent: str
    theirs: str
    where: str = "true"
    through: bool = False
    told: bool = False


def _same(columns: str, parent: str, *children: str) -> list[Reads]:
    return [Reads(child, columns, parent, columns) for child in children]


NUMBER = "org_code, patient_id"
# Parents first, where a child reads through one.
READS: tuple[Reads, ...] = (
    # Forms that hang on an archive, and households.
    *_same(
        "archive_id", ARCHIVE,
        EXAM, "stg_d__mdc_hypertensionrecord", "stg_d__mdc_hypertensionvisit",
        "stg_d__mdc_diabetesrecord", "stg_d__mdc_diabetesvisit",
        "stg_d__mdc_oldpeoplerecord", "stg_d__psy_psychosisrecord",
        "stg_d__psy_psychosisvisit", "stg_d__tb_tuberculosisrecord",
        "stg_d__tb_tuberculosisvisit", PREGNANCY, "stg_d__mhc_visitrecord",
        "stg_d__mhc_postnatalvisit", CHILD_CARD, "stg_d__cdh_checkup",
    ),
    *_same("household_id", ARCHIVE, ARCHIVE),
    # Mothers and children.
    *_same(
        "pregnancy_record_id", PREGNANCY,
        "stg_d__mhc_visitrecord", "stg_d__mhc_postnatalvisit", "stg_d__mhc_babyvisit",
    ),
    *_same("child_card_id", CHILD_CARD, "stg_d__cdh_checkup"),
    Reads("stg_d__piv_vaccinaterecord", "vaccinee_number", CHILD_CARD, "child_card_id"),
    # Contracts, settlements and filings.
    *_same("team_id", "stg_e__pub_familyteam", "stg_e__scm_signcontractrecord"),
    *_same("insurance_number", INSURED, SETTLEMENT, "stg_f__out_appy_d"),
    # Reports name a patient by the number of whatever institution applied for them.
    *(
        Reads(report, "patient_id", card, "patient_id")
        for report in ("stg_a__pacs_bgjg", "stg_b__tb_ris_report")
        for card in (CARD_A, CARD_B, CARD_C)
    ),
    *_same(NUMBER, CARD_A, "stg_a__l_patientinfo"),
    *_same(NUMBER, CARD_B, "stg_b__tb_lis_report"),
    # Newborns on the stays of their mothers.
    *_same("patient_id", CARD_A, STAY_A),
    Reads(STAY_A, "stay_number", "stg_a__zy_fymx", "stay_number", "is_newborn"),
    *_same(NUMBER, CARD_B, STAY_B),
    Reads(
        STAY_B, "org_code, stay_number",
        "stg_b__tb_his_zy_fee_detail", "org_code, stay_number", "is_newborn",
    ),
    Reads(
        FRONT_PAGE_A, "medical_record_number, stay_ordinal",
        STAY_A, "medical_record_number, stay_ordinal", "medical_record_number <> '0'",
        through=True,
    ),
    # What hangs on a card is told of whom it names; a number on two cards names nobody.
    Reads(
        STAY_B, "org_code, stay_number", DISCHARGE_B, "org_code, stay_number", told=True
    ),
    *(
        Reads(card, NUMBER, parent, theirs, through=parent == STAY_B, told=True)
        for card, parent, theirs in (
            (CARD_A, CARD_A, NUMBER), (CARD_A, STAY_A, NUMBER), (CARD_A, VISIT_A, NUMBER),
            (CARD_B, CARD_B, NUMBER), (CARD_B, STAY_B, NUMBER), (CARD_B, VISIT_B, NUMBER),
            (CARD_C, CARD_C, NUMBER), (CARD_C, STAY_C, NUMBER),
            (CARD_C, VISIT_C, "patient_org_code, patient_id"),
        )
    ),
)  # fmt: skip
# Records of these name somebody, whatever else they read.
NAMED = frozenset(
    {reads.child for reads in READS}
    | {CARD_A, CARD_B, CARD_C, ARCHIVE, INSURED, FRONT_PAGE_B, DEATH}
    | {"stg_d__idr_report", "stg_g__dr_referrals", "stg_g__cons_consultationrecord"}
)
PARENTS = frozenset(reads.parent for reads in READS if not reads.told)
