"""Checks of the ledger: every line accounted for, nothing missing, nothing twice."""

from __future__ import annotations

from collections.abc import Iterator

from expectations.chance import tolerated_count
from expectations.check import Check, literal, no_rows
from expectations.thresholds import LandingThresholds
from loaders.contracts.model import load_contracts

LEDGER = "audit.file_ledger"
STATES = ["landed", "replaced", "duplicate", "refused", "missing", "no_contract"]
FULL_DELIVERIES = ("snapshot", "delta_and_full")


def ledger_checks(limits: LandingThresholds) -> Iterator[Check]:
    """The checks that hold for all feeds at once."""
    yield Check(
        table=LEDGER,
        name="something_landed",
        expectation="ExpectTableRowCountToBeBetween",
        severity="critical",
        zh="台账不为空",
        en="The ledger is not empty",
        look_at="onecard audit",
        arguments={"min_value": 1},
    )
    yield Check(
        table=LEDGER,
        name="file_id_unique",
        expectation="ExpectColumnValuesToBeUnique",
        severity="critical",
        zh="台账中每个文件只有一个编号",
        en="A file has one number in the ledger",
        look_at=LEDGER,
        arguments={"column": "file_id"},
        failing=f"select 'file ' || file_id as key from {LEDGER}"
        " group by file_id having count(*) > 1",
    )
    yield Check(
        table=LEDGER,
        name="state_known",
        expectation="ExpectColumnValuesToBeInSet",
        severity="critical",
        zh="每个文件的处理状态都是已知的几种之一",
        en="What became of every file is one of the known states",
        look_at="onecard audit --files",
        arguments={"column": "state", "value_set": STATES},
        failing=f"select 'file ' || file_id as key from {LEDGER} where state not in ("
        + ", ".join(literal(state) for state in STATES)
        + ")",
    )
    yield _files(
        "balanced",
        "rows_read is distinct from"
        " rows_accepted + rows_rejected + rows_duplicate + rows_superseded",
        "critical",
        "每个文件：读入 = 接收 + 拒收 + 重复 + 被取代，一行不少",
        "Every file: rows read = accepted + rejected + duplicate + superseded",
    )
    yield _files(
        "rows_as_in_manifest",
        "state in ('landed', 'replaced', 'duplicate')"
        " and rows_manifest is not null and rows_read <> rows_manifest",
        "critical",
        "读入的行数等于随文件清单所报的行数",
        "As many rows were read as the manifest beside the file announces",
    )
    yield _files(
        "columns_missing",
        "state in ('landed', 'replaced') and cardinality(columns_missing) > 0",
        "warning",
        "文件缺少契约中的非必需列，缺列按空值处理",
        "Optional columns of the contract are missing from a file; they are read as empty",
    )
    yield _files(
        "columns_added",
        "state = 'landed' and cardinality(columns_added) > 0",
        "warning",
        "厂商新增了契约没有的列，已原样保存，请更新契约",
        "A vendor has added columns that no contract describes; they are kept as sent",
    )
    yield _landed_once()
    yield _waiting()
    yield _rejects_kept()
    yield from _rejected_share(limits)
    if any(c.delivery in FULL_DELIVERIES for c in load_contracts()):
        yield _snapshot_kept(limits)
    yield _fresh()


def _files(name: str, fails: str, severity: str, zh: str, en: str) -> Check:
    return no_rows(
        LEDGER,
        name,
        f"select 'file ' || file_id as key from {{batch}} where {fails}",
        severity="critical" if severity == "critical" else "warning",
        zh=zh,
        en=en,
        look_at="onecard audit --files",
    )


def _landed_once() -> Check:
    return no_rows(
        LEDGER,
        "landed_once",
        """
        select 'file ' || max(file_id) as key from {batch}
        where state in ('landed', 'replaced') and sha256 is not null
        group by feed, period, sha256
        having count(*) > 1
        """,
        severity="critical",
        zh="同一数据、同一期间、同样内容的文件只入库一次",
        en="The same content of the same feed and period is landed once",
        look_at="onecard audit --files",
    )


def _waiting() -> Check:
    return no_rows(
        LEDGER,
        "nothing_waiting",
        """
        select 'file ' || file_id as key
        from {batch}
        where state in ('refused', 'missing') and replaced_by is null
        """,
        severity="warning",
        zh="有残缺或缺失的文件，等待对方重发完好的一份",
        en="Broken or missing files of which no good copy has arrived yet",
        look_at="onecard audit --files",
    )


def _rejects_kept() -> Check:
    return no_rows(
        LEDGER,
        "rejects_kept",
        """
        with kept as (
            select file_id, count(*) as row_count,
                   count(*) filter (where coalesce(reason_code, '') = '') as without_reason
            from landing.reject group by file_id
        )
        select 'file ' || ledger.file_id as key
        from {batch} as ledger left join kept on ledger.file_id = kept.file_id
        where ledger.state in ('landed', 'replaced')
          and (
              coalesce(kept.row_count, 0) <> ledger.rows_rejected
              or kept.without_reason > 0
          )
        """,
        severity="critical",
        zh="每一条拒收的行都原样保存并写明原因",
        en="Every rejected line is kept as it was sent, with a reason",
        look_at="onecard audit --rejects",
    )


def _rejected_share(limits: LandingThresholds) -> Iterator[Check]:
    for name, bound, severity in (
        ("rejected_share", limits.rejected_share, "critical"),
        ("rejected_noted", limits.rejected_share_noted, "warning"),
    ):
        allowed = ", ".join(
            f"({literal(c.feed)}, {bound.of(c.feed)})" for c in load_contracts()
        )
        most = "allowed.share * sum(ledger.rows_read)"
        if severity == "critical":
            most = tolerated_count("allowed.share", "sum(ledger.rows_read)")
        yield no_rows(
            LEDGER,
            name,
            f"""
            select 'feed ' || ledger.feed as key
            from {{batch}} as ledger
            inner join (values {allowed}) as allowed (feed, share)
                on ledger.feed = allowed.feed
            where ledger.state = 'landed'
            group by ledger.feed, allowed.share
            having sum(ledger.rows_rejected) > {most}
            """,
            severity="critical" if severity == "critical" else "warning",
            zh=f"每种数据被拒收的行不超过 {bound.limit:.0%}",
            en=f"No feed has more than {bound.limit:.0%} of its lines rejected",
            look_at="onecard audit --rejects",
        )


def _snapshot_kept(limits: LandingThresholds) -> Check:
    allowed = ", ".join(
        f"({literal(c.feed)}, {limits.snapshot_kept.of(c.feed)})"
        for c in load_contracts()
        if c.delivery in FULL_DELIVERIES
    )
    return no_rows(
        LEDGER,
        "snapshot_kept",
        f"""
        with snapshots as (
            select feed, logical_date, sum(rows_read) as row_count,
                   row_number() over (partition by feed order by logical_date desc) as age
            from {{batch}}
            where state = 'landed' and is_full
            group by feed, logical_date
        )
        select 'feed ' || newest.feed as key
        from snapshots as newest
        inner join snapshots as earlier on newest.feed = earlier.feed and earlier.age = 2
        inner join (values {allowed}) as allowed (feed, share) on newest.feed = allowed.feed
        where
            newest.age = 1
            and earlier.row_count - newest.row_count
            > {tolerated_count("(1 - allowed.share)", "earlier.row_count")}
        """,
        severity="critical",
        zh=f"全量数据没有比上一次少掉一半以上（下限 {limits.snapshot_kept.limit:.0%}）",
        en="No full list has lost so much since the one before that it must have broken off"
        f" (at least {limits.snapshot_kept.limit:.0%} is there)",
        look_at="onecard audit --files",
    )


def _fresh() -> Check:
    allowed = ", ".join(
        f"({literal(c.feed)}, {c.freshness_days})" for c in load_contracts()
    )
    return no_rows(
        LEDGER,
        "fresh",
        f"""
        with arrived as (
            select feed, max(delivery_date) as newest
            from {{batch}} where state in ('landed', 'duplicate') group by feed
        ),
        today as (select max(delivery_date) as newest from audit.file_ledger)
        select 'feed ' || expected.feed as key
        from (values {allowed}) as expected (feed, days)
        cross join today
        left join arrived on expected.feed = arrived.feed
        where arrived.newest is null or today.newest - arrived.newest > expected.days
        """,
        severity="warning",
        zh="每种数据都在约定的天数内来过",
        en="Every feed has arrived within the days that its contract promises",
        look_at="onecard audit",
    )
