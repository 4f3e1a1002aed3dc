"""Whether encounters and stays are all there, possible, and placed at an institution."""

from __future__ import annotations

from collections.abc import Iterator

from expectations.chance import tolerated_count
from expectations.check import Check, Severity, no_rows
from expectations.layout import Layout
from expectations.thresholds import RecordThresholds
from expectations.written import written

TABLE = "record.encounter"
LINE_KEY = "concat('file ', _file_id, ' line ', _line_number)"
# The models of staging that a visit or a stay is a row of.
SOURCES = {
    "outpatient": (
        "staging.stg_a__ys_mz_jzls",
        "staging.stg_b__tb_yl_mz_medical_record",
        "staging.stg_c__ys_mz_jzls",
    ),
    "inpatient": (
        "staging.stg_a__zy_brry",
        "staging.stg_b__tb_his_zy_adm_reg",
        "staging.stg_c__zy_brry",
    ),
}


def encounter_checks(layout: Layout, limits: RecordThresholds) -> Iterator[Check]:
    """The checks of `record.encounter`."""
    yield _ends_after_start(limits.ends_after_start.limit)
    yield Check(
        table=TABLE,
        name="kind_known",
        expectation="ExpectColumnValuesToBeInSet",
        severity="critical",
        zh="每次就诊是门诊或住院",
        en="Every encounter is an out-patient visit or a stay",
        look_at=TABLE,
        arguments={"column": "kind", "value_set": list(SOURCES)},
        failing=f"select {LINE_KEY} as key from {TABLE}"
        " where kind not in ('outpatient', 'inpatient')",
        told_by=(TABLE,),
        doubt=_among_written("kind not in ('outpatient', 'inpatient')"),
    )
    yield _counted_has(
        "start",
        "started_at is null",
        "每次计数的就诊都有开始时间",
        "Every counted encounter has a start",
        "critical",
    )
    yield _counted_has(
        "stay_length",
        "kind = 'inpatient' and ended_at is not null"
        " and coalesce(length_of_stay_days, 0) < 1",
        "每次已出院的计数住院至少一天",
        "Every counted discharge has a stay of at least one day",
        "warning",
    )
    yield _counted_has(
        "institution",
        "institution_code is null",
        "每次计数的就诊都属于名录中的机构",
        "Every counted encounter is at a listed institution",
        "warning",
    )
    yield _institution_share(limits.institution_known.limit)
    for kind, sources in SOURCES.items():
        there = [source for source in sources if layout.has(source)]
        if there:
            yield _none_lost(kind, there)


def _ends_after_start(share: float) -> Check:
    return Check(
        table=TABLE,
        name="ends_after_start",
        expectation="ExpectColumnPairValuesAToBeGreaterThanB",
        severity="critical",
        zh=f"至少 {share:.0%} 的就诊与住院在开始之后结束",
        en=f"At least {share:.0%} of encounters and stays end after they start",
        look_at=TABLE,
        arguments={
            "column_A": "ended_at",
            "column_B": "started_at",
            "or_equal": True,
            "ignore_row_if": "either_value_is_missing",
            "mostly": share,
        },
        failing=f"select {LINE_KEY} as key from {TABLE} where ended_at < started_at",
    )


def _counted_has(name: str, fails: str, zh: str, en: str, severity: Severity) -> Check:
    return no_rows(
        TABLE,
        f"counted_has_{name}",
        f"select {LINE_KEY} as key from {{batch}} where is_counted and ({fails})",
        severity=severity,
        zh=zh,
        en=en,
        look_at=TABLE,
        told_by=(TABLE,),
        doubt=_among_written(f"is_counted and ({fails})"),
    )


def _among_written(fails: str) -> str:
    return (
        f"select from {TABLE} where encounter_id in {written('row_key', TABLE)}"
        f" and ({fails})"
    )


def _institution_share(share: float) -> Check:
    return no_rows(
        TABLE,
        "institution_share",
        f"""
        select concat('system ', source_system) as key
        from {{batch}} as event
        where is_counted
        group by source_system
        having count(*) - count(institution_code)
            > {tolerated_count(f"(1 - {share})", "count(*)")}
        """,
        severity="critical",
        zh=f"每个系统至少 {share:.0%} 的计数就诊属于名录中的机构",
        en=f"At least {share:.0%} of every system's counted encounters are at a listed"
        " institution",
        look_at=TABLE,
    )


def _none_lost(kind: str, sources: list[str]) -> Check:
    parsed = " union all ".join(
        f"select record_key, _file_id, _line_number from {source}" for source in sources
    )
    return no_rows(
        TABLE,
        f"none_lost:{kind}",
        f"""
        with parsed as ({parsed}),
        recorded as (
            select encounter_id, _file_id, _line_number
            from {{batch}} as event where kind = '{kind}'
        )
        select concat('file ', coalesce(parsed._file_id, recorded._file_id), ' line ',
                      coalesce(parsed._line_number, recorded._line_number)) as key
        from parsed
        full join recorded on parsed.record_key = recorded.encounter_id
        where parsed.record_key is null or recorded.encounter_id is null
        """,
        severity="critical",
        zh="贴源层的每次就诊在档案中恰有一行",
        en="Every parsed encounter is in the record, and no other",
        look_at=TABLE,
        told_by=(TABLE, *sources),
        doubt=f"""
        select from {written("distinct row_key", TABLE, *sources)} as named
        where
            named.row_key is null
            or exists (
                select from {TABLE} where encounter_id = named.row_key and kind = '{kind}'
            )
            <> exists (select from ({parsed}) as parsed where record_key = named.row_key)
        """,
    )
