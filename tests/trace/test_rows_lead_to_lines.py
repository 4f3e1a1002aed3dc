"""From every row there is a way to lines of files; what has none is named with a reason."""

from __future__ import annotations

import pytest

from loaders.console.trace.lines import line_columns, own_lines, source_lines
from loaders.lineage.written import without_lines
from tests.trace.conftest import Built, Walking

TRACED = ("identity", "record", "indicators", "published")


def traced_tables(walking: Walking) -> list[str]:
    exempt = without_lines(walking.project)
    return [
        name
        for name in walking.walk.stored
        if name.startswith(TRACED) and name not in exempt
    ]


def test_few_tables_have_no_line_and_each_has_a_reason(walking: Walking) -> None:
    exempt = without_lines(walking.project)
    found = {name for name in exempt if name.startswith(TRACED)}
    assert "record.reporting_year" in found
    assert "published.indicator" in found
    assert all(" / " in reason for reason in exempt.values())
    # What has edges has lines: nothing is exempt that could be traced.
    assert not {edge.made for edge in walking.walk.edges.edges} & found


def test_every_query_of_the_project_is_understood(walking: Walking) -> None:
    # The edges of an installation that is new: nothing was kept of them when it began.
    assert walking.walk.edges.edges
    assert walking.walk.edges.unread == {}


def test_every_table_that_a_model_reads_is_the_source_of_an_edge(walking: Walking) -> None:
    edges = {(edge.made, edge.source) for edge in walking.walk.edges.edges}
    nodes = walking.project.nodes
    missing = [
        (name, read)
        for name, node in walking.project.models.items()
        if name.startswith(TRACED)
        for read in node.reads
        if nodes[read].kind != "seed" and not read.startswith("audit.")
        if (name, read) not in edges and not _only_keeps_out(node.sql, read)
    ]
    assert missing == []


def _only_keeps_out(sql: str, read: str) -> bool:
    """Whether rows of the table can only prevent a row: joined to find none."""
    table = read.partition(".")[2]
    return f"{table}." in sql and (f"{table}.attribute is null" in sql or
                                   f"{table}.person_id is null" in sql)  # fmt: skip


def test_every_table_has_a_way_to_staging(walking: Walking) -> None:
    """Also a table that a later model adds; else it is declared in WITHOUT_LINES."""
    walk = walking.walk
    lost = []
    for name in traced_tables(walking):
        places = walk.find(name, "true", ())
        if places and not _leads_somewhere(walking, name, places):
            lost.append(name)
    assert lost == []


def _leads_somewhere(walking: Walking, name: str, places: set[str]) -> bool:
    reached = walking.walk.back(name, set(sorted(places)[:3]))
    lines = source_lines(walking.connection, walking.project, walking.walk.stored, reached)
    # A row can be made of all rows of a table and of no single one, such as a total.
    return bool(lines or reached.whole)


def test_every_row_of_the_record_leads_to_its_own_line(
    built: Built, walking: Walking
) -> None:
    walk = walking.walk
    known = {(row[0], row[1]) for row in built.ask(_every_landed_line(walking))}
    assert len(known) > 1000
    for name in traced_tables(walking):
        table = walk.stored[name]
        if not name.startswith(("record.", "indicators.")) or not line_columns(table):
            continue
        places = walk.find(name, "true", ())
        own = own_lines(walking.connection, table, places)
        reached = walk.back(name, places)
        lines = {
            line[:2]
            for line in source_lines(
                walking.connection, walking.project, walk.stored, reached
            )
        }
        assert own <= lines, name
        assert lines <= known, name


def _every_landed_line(walking: Walking) -> str:
    landed = [
        name
        for name, node in walking.project.nodes.items()
        if name.startswith("landing.") and node.meta.get("feed")
    ]
    return " union all ".join(f"select _file_id, _line_number from {t}" for t in landed)


def test_each_row_of_the_record_leads_to_its_own_line_by_itself(walking: Walking) -> None:
    """One row at a time: no row borrows the line of another."""
    walk = walking.walk
    for name in traced_tables(walking):
        table = walk.stored[name]
        if not name.startswith("record.") or not line_columns(table):
            continue
        for place in sorted(walk.find(name, "true", ()))[::97][:6]:
            own = own_lines(walking.connection, table, {place})
            lines = source_lines(
                walking.connection, walking.project, walk.stored, walk.back(name, {place})
            )
            assert own <= {line[:2] for line in lines}, name


@pytest.mark.parametrize(
    "table", ["indicators.indicator_value", "published.indicator_case"]
)
def test_a_number_leads_to_the_lines_of_its_cases(
    built: Built, walking: Walking, table: str
) -> None:
    (row, *_) = built.ask(
        "select indicator_code, period, grain, org_code from published.indicator_value"
        " where grain = 'county' and numerator > 1 and indicator_code = 'avg_los'"
        " order by 1, 2, 3, 4"
    )
    key = (row.indicator_code, row.period, row.grain, row.org_code)
    places = walking.walk.find(
        table, "indicator_code = %s and period = %s and grain = %s and org_code = %s", key
    )
    reached = walking.walk.back(table, places)
    listed = {
        tuple(r)
        for r in built.ask(
            "select file_name, member_name, delivery_date, line_number"
            " from published.indicator_case"
            " where indicator_code = :code and period = :period and grain = :grain"
            " and org_code = :org",
            code=key[0], period=key[1], grain=key[2], org=key[3],
        )
    }  # fmt: skip
    files = {
        r.file_id: (r.file_name, r.member_name, r.delivery_date)
        for r in built.ask("select * from audit.file_ledger")
    }
    lines = source_lines(walking.connection, walking.project, walking.walk.stored, reached)
    assert listed
    assert listed <= {(*files[line.file_id], line.number) for line in lines}
