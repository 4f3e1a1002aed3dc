"""From rows that changed to the persons whose record must be built again.

Goes in: what staging noted in changes.<table>, and what became of person ids. Comes out:
`changes.affected_person`, and in the schema `affected` every staged and identity row that
leads to one of them, in tables of the same shape. The models of the record read these in
place of the whole tables (macro `ref`), so the SQL of the record is written once.

The search follows the leads (leads.py) up and down until it finds nothing new: everything
of a person, of everybody who shares a row with that person, and of rows that lead to nobody
all that hangs on them. What the record says of them therefore is what it would say if it
were built from everything.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import Connection, text

from loaders.changes.leads import Lead, StagedModel, identity_tables, staged_models
from loaders.contracts.model import load_contracts
from loaders.warehouse.connect import BY_INDEX

# Whose a source record is; and whose an event is that was booked on somebody else's card.
LINKS = ("identity.person_link", "identity.event_person")
# Codes of one institution in all systems; a clinic also goes by those of its centre.
SAME_PLACE = """
    create temporary table same_place on commit drop as
    select code.source_code as code, other.source_code as other
    from record.institution_code as code
    inner join record.institution_code as other
        on code.institution_code = other.institution_code
    union
    select code.source_code, other.source_code
    from record.institution as clinic
    inner join record.institution_code as code
        on clinic.institution_code = code.institution_code
    inner join record.institution_code as other
        on clinic.parent_institution_code = other.institution_code
"""
LINK_TABLE = "person_link"
EVENT_TABLE = "idn_event_person"
# Why an encounter is set aside that is dated after the last day of the newest delivery.
NOT_YET = "later_than_the_delivery"
PERSON_COLUMN = r"^person_id(_\w+)?$"
RECORD_COLUMN = r"record_key$"
SOURCE = "record_key, source_system, source_table, org_code, native_id, native_part"


@dataclass(frozen=True)
class Affected:
    """How many persons are built again, and how many staged rows are read for it."""

    persons: int
    rows: int


def tables_of_persons(named: Collection[str]) -> list[StagedModel]:
    """The staged tables whose rows lead to a person, or are `named` as naming one."""
    models = [model for model in staged_models() if model.is_kept]
    linked = {lead.parent for model in models for lead in model.leads}
    return [
        model
        for model in models
        if model.leads or model.name in linked or model.name in named
    ]


def named_tables(connection: Connection) -> dict[str, tuple[str, str]]:
    """Staged tables with rows that name a person, and their system and table."""
    feeds = {contract.feed: contract for contract in load_contracts()}
    linked = {
        (row.source_system, row.source_table)
        for row in connection.execute(
            text(
                """
                select distinct source_system, source_table
                from identity.person_link
                union
                select
                    split_part(record_key, '|', 1) as source_system,
                    split_part(record_key, '|', 2) as source_table
                from identity.event_person
                """
            )
        )
    }
    sources = {
        model.name: (feeds[model.feed].system, feeds[model.feed].table)
        for model in staged_models()
        if model.is_kept and model.feed
    }
    return {name: source for name, source in sources.items() if source in linked}


def find_affected(
    connection: Connection, named: dict[str, tuple[str, str]] | None = None
) -> Affected:
    """Fill `changes.affected_person` and the schema `affected`; how much there is.

    `named` are the tables that name persons, where they are known.
    """
    search = _Search(connection, named or named_tables(connection))
    search.begin()
    search.follow()
    return search.end()


@dataclass
class _Search:
    connection: Connection
    named: dict[str, tuple[str, str]]
    models: list[StagedModel] = field(init=False)
    fresh: set[str] = field(default_factory=set)
    round: int = 0

    def __post_init__(self) -> None:
        self.models = tables_of_persons(self.named)

    def begin(self) -> None:
        """What changed itself, what it belonged to, and whose ids were touched."""
        self.connection.execute(BY_INDEX)
        self._run("drop schema if exists affected cascade; create schema affected")
        # Who was found by an attempt that did not end is still to be built: what led there
        # may be gone from a record that was built in part.
        self._run("update changes.affected_person set round = 0")
        self._run(SAME_PLACE)
        for model in self.models:
            name = model.name
            self._run(
                f"create unlogged table affected.{name} (like staging.{name});"
                f" alter table affected.{name} add column _round integer;"
                f" alter table affected.{name} add primary key (record_key)"
            )
        for model in self.models:
            name = model.name
            for changed in (name, "affected_row"):
                self._read(
                    name, f"record_key in (select record_key from changes.{changed})"
                )
            # Whom a row led to before it changed.
            for lead in model.leads:
                self._follow_up(lead, f"changes.{name}", "true")
                self._follow_down(lead, f"changes.{lead.parent}", "true")
        # Whatever is no more, also of the county: where each row comes from is told of all.
        for model in staged_models():
            if model.is_kept:
                self._run(
                    f"insert into changes.affected_row ({SOURCE})"
                    f" select distinct {SOURCE} from changes.{model.name} where not _is_now"
                )
        # What was dated after the last day that was known may lie before it now.
        self._run(
            "create temporary table not_yet on commit drop as"
            " select encounter_id from record.encounter"
            f" where set_aside_because = '{NOT_YET}'"
        )
        for model in self.models:
            self._read(model.name, "record_key in (select encounter_id from not_yet)")
        self._run(
            """
            insert into changes.affected_person (person_id, round)
            select distinct touched.person_id, 0
            from identity.person_event
            cross join lateral (
                values (person_event.person_id), (person_event.other_person_id)
            ) as touched (person_id)
            where person_event.seq > (select seq from changes.seen_event)
              and touched.person_id is not null
            on conflict do nothing
            """
        )
        for name in identity_tables():
            if name != LINK_TABLE:
                self._persons_who_differ(name)
        self._events_that_differ()

    def follow(self) -> None:
        """Round by round, until nobody and nothing new is found."""
        while True:
            found_before, self.fresh = self.fresh, set()
            persons = self._persons_of(found_before)
            self.round += 1
            if persons or self.round == 1:
                self._rows_of_persons()
            last = f"_round = {self.round - 1}"
            for model in self.models:
                for lead in model.leads:
                    if lead.child in found_before:
                        self._follow_up(lead, f"affected.{lead.child}", last)
                    if lead.parent in found_before:
                        self._follow_down(lead, f"affected.{lead.parent}", last)
            if not self.fresh:
                return

    def end(self) -> Affected:
        """The same of identity, and statistics for the planner."""
        # To look at thirty thousand rows of each takes longer than it saves.
        self._run("set local default_statistics_target = 10")
        rows = 0
        for model in self.models:
            # An attempt that did not end may have noted the same; twice does no harm.
            self._run(
                f"insert into changes.affected_row ({SOURCE})"
                f" select {SOURCE} from affected.{model.name}"
            )
            rows += self._count(f"affected.{model.name}")
            self._run(f"alter table affected.{model.name} drop column _round")
            self._run(f"analyze affected.{model.name}")
        # Links last: they are also looked up for the records that the others name.
        for name in sorted(identity_tables(), key=LINK_TABLE.__eq__):
            self._cut_out(name)
        self._run("analyze changes.affected_person; analyze changes.affected_row")
        return Affected(self._count("changes.affected_person"), rows)

    def _persons_of(self, found: set[str]) -> int:
        """Take in whose the rows are that the round has found; how many are new."""
        naming = [
            f"select record_key from affected.{name} where _round = {self.round}"
            for name in sorted(found & self.named.keys())
        ]
        if not naming:
            return 0
        # Of all tables together, and counted: few keys are looked up by index.
        self._run("drop table if exists record_found")
        self._run(
            "create temporary table record_found on commit drop as"
            f" {' union '.join(naming)}"
        )
        self._run("analyze record_found")
        owned = " union ".join(
            f"select link.person_id from record_found inner join {links} as link"
            " on record_found.record_key = link.record_key"
            for links in LINKS
        )
        return self._run(
            f"""
            insert into changes.affected_person (person_id, round)
            select owned.person_id, {self.round} from ({owned}) as owned
            where owned.person_id is not null
            on conflict do nothing
            """
        )

    def _rows_of_persons(self) -> None:
        self._run("drop table if exists record_of_person")
        self._run("analyze changes.affected_person")
        owned = " union all ".join(
            "select link.record_key from changes.affected_person"
            f" inner join {links} as link on affected_person.person_id = link.person_id"
            f" where affected_person.round = {self.round - 1}"
            for links in LINKS
        )
        self._run(
            f"""
            create temporary table record_of_person on commit drop as
            select owned.record_key,
                   split_part(owned.record_key, '|', 1) as source_system,
                   split_part(owned.record_key, '|', 2) as source_table
            from ({owned}) as owned
            """
        )
        self._run("analyze record_of_person")
        sources = {
            (row.source_system, row.source_table)
            for row in self.connection.execute(
                text("select distinct source_system, source_table from record_of_person")
            )
        }
        for name, source in self.named.items():
            if source in sources:
                self._read(name, "record_key in (select record_key from record_of_person)")

    def _persons_who_differ(self, name: str) -> None:
        """Of whom identity says something else than when the record last looked."""
        for column in self._columns(name, PERSON_COLUMN):
            self._run(
                f"""
                insert into changes.affected_person (person_id, round)
                select distinct {column}, 0 from ({_differing(name)}) as differing
                where {column} is not null
                on conflict do nothing
                """
            )

    def _events_that_differ(self) -> None:
        """Events that are no longer another's than their card's; the card leads to whom."""
        self._run(
            "create temporary table event_that_differs on commit drop as"
            f" select distinct record_key from ({_differing(EVENT_TABLE)}) as differing"
        )
        if not self._count("event_that_differs"):
            return
        for model in self.models:
            self._read(
                model.name, "record_key in (select record_key from event_that_differs)"
            )

    def _cut_out(self, name: str) -> None:
        """What a table of identity says of the affected persons."""
        conditions = [
            f"{column} in (select person_id from changes.affected_person)"
            for column in self._columns(name, PERSON_COLUMN)
        ]
        if name == LINK_TABLE:
            conditions += [
                f"record_key in (select {column} from affected.{other})"
                for other in identity_tables()
                if other != LINK_TABLE
                for column in self._columns(other, RECORD_COLUMN)
            ]
        # Each by an index of its own; either of two conditions would be a scan of all.
        found = " union ".join(
            f"select * from {identity_tables()[name]} where {condition}"
            for condition in conditions
        )
        self._run(f"create unlogged table affected.{name} as {found}")
        self._run(f"analyze affected.{name}")

    def _columns(self, name: str, pattern: str) -> list[str]:
        return list(
            self.connection.scalars(
                text(
                    """
                    select attname from pg_attribute
                    where attrelid = to_regclass(:relation) and attname ~ :pattern
                      and attnum > 0 and not attisdropped
                    """
                ),
                {"relation": identity_tables()[name], "pattern": pattern},
            )
        )

    def _follow_up(self, lead: Lead, children: str, which: str) -> None:
        own, theirs = _columns_of(lead)
        said = f"select * from {children} where {which}"
        if lead.at:
            said = (
                f"select said.*, place.other as _place from ({said}) as said"
                f" inner join same_place as place on said.{lead.at[0]} = place.code"
            )
            own, theirs = [*own, "_place"], [*theirs, lead.at[1]]
        self._read(
            lead.parent,
            f"({', '.join(theirs)}) in (select {', '.join(own)} from ({said}) as child)",
        )

    def _follow_down(self, lead: Lead, parents: str, which: str) -> None:
        own, theirs = _columns_of(lead)
        said = f"select * from {parents} where {which}"
        if lead.at:
            said = (
                f"select said.*, place.code as _place from ({said}) as said"
                f" inner join same_place as place on said.{lead.at[1]} = place.other"
            )
            own, theirs = [*own, lead.at[0]], [*theirs, "_place"]
        self._read(
            lead.child,
            f"({', '.join(own)}) in (select {', '.join(theirs)} from ({said}) as parent)",
        )

    def _read(self, name: str, condition: str) -> None:
        if self._run(
            f"insert into affected.{name} select staged.*, {self.round}"
            f" from staging.{name} as staged where {condition}"
            " on conflict do nothing"
        ):
            self.fresh.add(name)

    def _count(self, table: str) -> int:
        return int(self.connection.scalar(text(f"select count(*) from {table}")) or 0)

    def _run(self, statement: str) -> int:
        return self.connection.exec_driver_sql(statement).rowcount


def _differing(name: str) -> str:
    """The rows of a table of identity that the record has not seen, or that are no more."""
    now, seen = identity_tables()[name], f"changes.seen_{name}"
    return f"""
        (select * from {now} except select * from {seen})
        union all
        (select * from {seen} except select * from {now})
    """


def _columns_of(lead: Lead) -> tuple[list[str], list[str]]:
    return [own for own, _ in lead.by], [theirs for _, theirs in lead.by]
