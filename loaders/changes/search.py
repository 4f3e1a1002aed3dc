"""The search for who is affected: from rows to persons to rows, until nothing new is found.

Goes in: rows and persons to begin with. Comes out: `changes.affected_person`, and in the
schema `affected` every staged row that leads to one of them, in tables of the same shape.
The search follows the leads (leads.py) up and down: to everything of a person and of
everybody who shares a row with that person, and from rows that lead to nobody to all that
hangs on them. A search for events goes from rows to rows only.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, text

from loaders.changes.leads import Lead, StagedModel

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
SOURCE = "record_key, source_system, source_table, org_code, native_id, native_part"
# Who is known to be affected in part is found once more when it is as a whole.
TAKE_IN = """
    insert into changes.affected_person (person_id, round, is_whole)
    select distinct found.person_id, {round}, {is_whole}
    from ({found}) as found
    where found.person_id is not null
    on conflict (person_id) do update
    set round = excluded.round, is_whole = excluded.is_whole
    where excluded.is_whole and not affected_person.is_whole
"""


@dataclass
class Search:
    """One search through some staged tables: of persons affected as a whole, or in part.

    `named` are the tables that name persons, and their system and table. One `of_events`
    does not go from a person to the person's other rows.
    """

    connection: Connection
    models: Sequence[StagedModel]
    named: dict[str, tuple[str, str]]
    is_whole: bool
    # What is laid out in the schema `affected` bears the name of the table after this.
    prefix: str = ""
    round: int = 0
    of_events: bool = False
    fresh: set[str] = field(default_factory=set)
    has_new_persons: bool = False
    # In which round rows of a table were last found.
    found_in: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.begun_at = self.round
        names = {model.name for model in self.models}
        self.named = {name: self.named[name] for name in self.named.keys() & names}
        self.leads = [
            lead for model in self.models for lead in model.leads if lead.parent in names
        ]

    def lay_out(self) -> None:
        """Make the tables in which rows are laid out."""
        for model in self.models:
            laid_out = self.laid_out(model.name)
            self.run(
                f"create unlogged table {laid_out} (like staging.{model.name});"
                f" alter table {laid_out} add column _round integer;"
                f" alter table {laid_out} add primary key (record_key)"
            )

    def laid_out(self, name: str) -> str:
        """The table in which the rows of a staged table are laid out."""
        return f"affected.{self.prefix}{name}"

    def follow(self, most: int | None = None) -> bool:
        """Round by round, until nobody and nothing new is found.

        False where the search has found more than `most` persons, and went no further.
        """
        while True:
            found_before, self.fresh = self.fresh, set()
            if not self.of_events:
                self._persons_of(found_before)
            if most is not None and self._persons_found() > most:
                return False
            self.round += 1
            if not self.of_events and (
                self.has_new_persons or self.round == self.begun_at + 1
            ):
                self.has_new_persons = False
                self._rows_of_persons()
            last = f"_round = {self.round - 1}"
            for lead in self.leads:
                if lead.child in found_before:
                    self.follow_up(lead, self.laid_out(lead.child), last)
                if lead.parent in found_before:
                    self.follow_down(lead, self.laid_out(lead.parent), last)
            if not self.fresh:
                return True

    def end(self, noted: Collection[str]) -> int:
        """Note which rows of some tables were found, and make statistics; how many are new.

        That of the others nothing has changed.
        """
        rows = 0
        for model in self.models:
            laid_out = self.laid_out(model.name)
            found = f"_round >= {self.begun_at}"
            if self.found_since(model.name, self.begun_at):
                # An attempt that did not end may have noted the same; twice does no harm.
                note_or_count = self.note_rows if model.name in noted else self.count
                rows += note_or_count(laid_out, found)
            self.run(f"alter table {laid_out} drop column _round; analyze {laid_out}")
        return rows

    def found_since(self, name: str, round_number: int) -> bool:
        """Whether rows of a table were found in that round or later."""
        return self.found_in.get(name, -1) >= round_number

    def note_rows(self, table: str, which: str) -> int:
        """Note source records as read this time, or as no more; how many."""
        return self.run(
            f"insert into changes.affected_row ({SOURCE}, is_event)"
            f" select {SOURCE}, {self.of_events} from {table} where {which}"
        )

    def take_in(self, found: str) -> int:
        """Take in persons whom a query finds; how many are new."""
        count = self.run(
            TAKE_IN.format(found=found, round=self.round, is_whole=self.is_whole)
        )
        self.has_new_persons |= count > 0
        return count

    def read(self, name: str, condition: str) -> None:
        """Lay out rows of a staged table."""
        if self.run(
            f"insert into {self.laid_out(name)} select staged.*, {self.round}"
            f" from staging.{name} as staged where {condition}"
            " on conflict do nothing"
        ):
            self.fresh.add(name)
            self.found_in[name] = self.round

    def follow_up(self, lead: Lead, children: str, which: str) -> None:
        """Lay out what rows of a lead's child lead to."""
        own, theirs = _columns_of(lead)
        said = f"select * from {children} where {which}"
        if lead.at:
            said = (
                f"select said.*, place.other as _place from ({said}) as said"
                f" inner join same_place as place on said.{lead.at[0]} = place.code"
            )
            own, theirs = [*own, "_place"], [*theirs, lead.at[1]]
        self.read(
            lead.parent,
            f"({', '.join(theirs)}) in (select {', '.join(own)} from ({said}) as child)",
        )

    def follow_down(self, lead: Lead, parents: str, which: str) -> None:
        """Lay out what leads to rows of a lead's parent."""
        own, theirs = _columns_of(lead)
        said = f"select * from {parents} where {which}"
        if lead.at:
            said = (
                f"select said.*, place.code as _place from ({said}) as said"
                f" inner join same_place as place on said.{lead.at[1]} = place.other"
            )
            own, theirs = [*own, lead.at[0]], [*theirs, "_place"]
        self.read(
            lead.child,
            f"({', '.join(own)}) in (select {', '.join(theirs)} from ({said}) as parent)",
        )

    def count(self, table: str, which: str = "true") -> int:
        """How many rows of a table there are."""
        return int(
            self.connection.scalar(text(f"select count(*) from {table} where {which}")) or 0
        )

    def run(self, statement: str) -> int:
        """Run a statement; how many rows it has written."""
        return self.connection.exec_driver_sql(statement).rowcount

    def _persons_found(self) -> int:
        return self.count("changes.affected_person", f"is_whole = {self.is_whole}")

    def _persons_of(self, found: set[str]) -> None:
        """Take in whose the rows are that the round has found."""
        naming = [
            f"select record_key from {self.laid_out(name)} where _round = {self.round}"
            for name in sorted(found & self.named.keys())
        ]
        if not naming:
            return
        # Of all tables together, and counted: few keys are looked up by index.
        self.run("drop table if exists record_found")
        self.run(
            "create temporary table record_found on commit drop as"
            f" {' union '.join(naming)}"
        )
        self.run("analyze record_found")
        self.take_in(owners_of("record_found"))

    def _rows_of_persons(self) -> None:
        self.run("drop table if exists record_of_person")
        self.run("analyze changes.affected_person")
        wanted = [f"{system}|{table}" for system, table in self.named.values()]
        owned = " union all ".join(
            "select link.record_key from changes.affected_person"
            f" inner join {links} as link on affected_person.person_id = link.person_id"
            f" where affected_person.round = {self.round - 1}"
            f" and affected_person.is_whole = {self.is_whole}"
            for links in LINKS
        )
        self.connection.execute(
            text(
                f"""
                create temporary table record_of_person on commit drop as
                select record_key, source
                from (
                    select
                        record_key,
                        split_part(record_key, '|', 1)
                        || '|' || split_part(record_key, '|', 2) as source
                    from ({owned}) as owned
                ) as record
                where source = any(:wanted)
                """
            ),
            {"wanted": wanted},
        )
        self.run("analyze record_of_person")
        sources = set(
            self.connection.scalars(text("select distinct source from record_of_person"))
        )
        for name, (system, table) in self.named.items():
            if (source := f"{system}|{table}") in sources:
                # In no other table are its keys to be found, and each costs a look.
                self.read(
                    name,
                    "record_key in (select record_key from record_of_person"
                    f" where source = '{source}')",
                )


def owners_of(records: str) -> str:
    """A query for the persons whose the records of a table are."""
    return " union ".join(
        f"select link.person_id from {records} as of_record"
        f" inner join {links} as link on of_record.record_key = link.record_key"
        for links in LINKS
    )


def _columns_of(lead: Lead) -> tuple[list[str], list[str]]:
    return [own for own, _ in lead.by], [theirs for _, theirs in lead.by]
