"""From staged rows that changed to the records whose statement of a person may be another.

What a record says of a person is read from its own row and from rows that it refers to: a
form reads its archive, a front page its stay and the card of it. `READS` says so, once, as
the models in 2_identity/named join. Followed down it leads from a changed row to the
records that read it; followed up, from records to all rows that they read.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from loaders.changes.leads import staged_models
from loaders.changes.reading import CANDIDATES, note_unbuilt

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


def note_candidates(connection: Connection) -> None:
    """Let the records wait that read what staging has just read, and those sent once more.

    Called in the transaction that says that staging was read, before it is forgotten which
    keys waited for it.
    """
    changed = _changed_tables(connection)
    if _places_changed(connection, changed):
        note_unbuilt(connection, CANDIDATES)
    for name in sorted(changed & NAMED):
        _let_wait(
            connection, name, f"record_key in (select record_key from changes.{name})"
        )
        # Of a record that is no more there is no row to be found.
        connection.exec_driver_sql(
            "insert into changes.waiting_candidate (staged, record_key)"
            f" select distinct '{name}', record_key from changes.{name}"
            " on conflict do nothing"
        )
    reached = set(changed)
    for reads in READS:
        parents = []
        if reads.parent in changed:
            parents.append(
                f"select {reads.theirs} from changes.{reads.parent} where {reads.where}"
            )
        if reads.through and reads.parent in reached:
            parents.append(
                f"select {reads.theirs} from staging.{reads.parent}"
                f" where {reads.where} and record_key in (select record_key"
                f" from changes.waiting_candidate where staged = '{reads.parent}')"
            )
        if parents:
            said = " union ".join(parents)
            _let_wait(connection, reads.child, f"({reads.own}) in ({said})")
            reached.add(reads.child)
    _note_sent_again(connection)


def make_indexes(connection: Connection) -> None:
    """By what rows are looked for here: the columns of `READS`, where no lead has them."""
    for reads in READS:
        for table, columns in ((reads.child, reads.own), (reads.parent, reads.theirs)):
            name = f"read_{table[4:]}_{columns.replace(', ', '_')}"[:63]
            # The leads of the record have most of them already.
            if not connection.scalar(
                text(
                    "select exists (select from pg_indexes where schemaname = 'staging'"
                    " and tablename = :table and indexdef like '%(' || :columns || '%')"
                ),
                {"table": table, "columns": columns},
            ):
                connection.exec_driver_sql(
                    f"create index {name} on staging.{table} ({columns})"
                )


def lay_out_named(connection: Connection) -> None:
    """In the schema `affected`, the records that wait and every row that they read."""
    for name in sorted(NAMED):
        _read(
            connection, name,
            "record_key in (select record_key from changes.waiting_candidate"
            f" where staged = '{name}')",
        )  # fmt: skip
    for reads in reversed(READS):
        if not reads.told:
            children = f"select {reads.own} from affected.{reads.child}"
            _read(
                connection, reads.parent,
                f"({reads.theirs}) in ({children}) and {reads.where}",
            )  # fmt: skip
    # Which hospitals give patients numbers is told by their cards: one of each is enough.
    connection.exec_driver_sql(
        f"""
        insert into affected.{CARD_B}
        with recursive hospital as (
            select min(org_code) as org_code from staging.{CARD_B}
            union all
            select (
                select min(card.org_code) from staging.{CARD_B} as card
                where card.org_code > hospital.org_code
            )
            from hospital
            where hospital.org_code is not null
        )
        select card.*
        from hospital
        cross join lateral (
            select * from staging.{CARD_B} as card
            where card.org_code = hospital.org_code
            limit 1
        ) as card
        on conflict do nothing
        """
    )


def _places_changed(connection: Connection, changed: set[str]) -> bool:
    """Whether something is said otherwise by which numbers of all patients are read."""
    if changed & set(OF_PLACES):
        return True
    return CARD_B in changed and bool(
        connection.scalar(
            text(
                f"""
                select exists (
                    select from (select distinct org_code from changes.{CARD_B}) as hospital
                    where not exists (
                        select from staging.{CARD_B} as card
                        where card.org_code = hospital.org_code
                          and not exists (
                            select from changes.{CARD_B} as changed
                            where changed.record_key = card.record_key
                          )
                    )
                )
                """
            )
        )
    )


def _changed_tables(connection: Connection) -> set[str]:
    """The staged tables of which anything is noted that changed."""
    names = connection.scalars(
        text(
            "select tablename from pg_tables"
            " where schemaname = 'changes' and tablename like 'stg\\_%'"
        )
    )
    return {
        name
        for name in list(names)
        if connection.exec_driver_sql(
            f"select exists (select from changes.{name})"
        ).scalar()
    }


def _let_wait(connection: Connection, name: str, condition: str) -> None:
    connection.exec_driver_sql(
        "insert into changes.waiting_candidate (staged, record_key)"
        f" select '{name}', record_key from staging.{name} where {condition}"
        " on conflict do nothing"
    )


def _note_sent_again(connection: Connection) -> None:
    """Rows that were read again and say what they said: the day of their delivery moves."""
    waiting = {
        row.feed: row.is_whole
        for row in connection.execute(
            text("select feed, is_whole from changes.waiting_feed")
        )
    }
    for model in staged_models():
        if model.name in NAMED and model.feed in waiting:
            keys = f"select key_hash from changes.waiting_key where feed = '{model.feed}'"
            which = "true" if waiting[model.feed] else f"_key_hash in ({keys})"
            connection.exec_driver_sql(
                "insert into changes.sent_again (staged, record_key)"
                f" select '{model.name}', record_key from staging.{model.name}"
                f" where {which} on conflict do nothing"
            )


def _read(connection: Connection, name: str, condition: str) -> None:
    connection.exec_driver_sql(
        f"insert into affected.{name} select * from staging.{name} where {condition}"
        " on conflict do nothing"
    )
