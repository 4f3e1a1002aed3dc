"""A landed county, delivered again in another order: held back, late, wrong, sent twice.

Works on the landed rows and their ledger, which is all that the layers above read of a
delivery. Every act is drawn from one seeded source of chance, and says what it did.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sqlalchemy import Connection, Engine, text

from loaders.contracts.model import Contract, load_contracts
from loaders.landing.schema import landing_table, quoted
from loaders.stewards.book import DecisionRefusedError
from loaders.stewards.decisions import approve, decide, split, undo
from loaders.stewards.event_owner import give_event, take_event_back
from loaders.stewards.event_owner import prepare as prepare_events

LEDGER = """
    batch_id, delivery_date, system, folder, file_name, member_name, feed, table_name,
    sha256, logical_date, period, is_full, page, revision, state, is_marked_full
"""
# A copy of a ledger row: a further file of the same feed and period, with its own content.
FURTHER_FILE = f"""
    insert into audit.file_ledger ({LEDGER})
    select
        batch_id, :delivered, system, folder, :name, member_name, feed, table_name,
        md5(:name), coalesce(:logical, logical_date), period, :is_full,
        case when :is_full then 1 end, revision, :state, :is_full
    from audit.file_ledger
    where file_id = :like
    returning file_id
"""
KEEP = "create schema if not exists held"
DAY = r"^(\d{4})(-?)(\d\d)(-?)(\d\d)"
REASON = "document_seen"


@dataclass(frozen=True)
class HeldFile:
    """Rows that wait to be delivered: of which file, in which table."""

    contract: Contract
    file_id: int


class Redelivery:
    """Deals out a county that has been landed whole, one random delivery after another."""

    def __init__(self, engine: Engine, seed: int, without: str = "") -> None:
        self.engine = engine
        self.dice = Random(seed)
        self.held: list[HeldFile] = []
        self.decisions: list[int] = []
        self.replaced: list[int] = []
        # Files that were refused, and like which file their good copies will be.
        self.refused: list[tuple[Contract, int, int]] = []
        self.given: list[str] = []
        self.number = 0
        with engine.begin() as connection:
            connection.exec_driver_sql("drop schema if exists held cascade")
            connection.exec_driver_sql(KEEP)
            self.contracts = [
                contract
                for contract in load_contracts()
                if contract.feed[0] not in without
                and connection.scalar(
                    text(f"select exists (select from {landing_table(contract)})")
                )
            ]
            for contract in self.contracts:
                connection.exec_driver_sql(
                    f"create table held.{quoted(contract.name)}"
                    f" (like {landing_table(contract)})"
                )
            self.today: date = connection.scalar(
                text("select max(delivery_date) from audit.file_ledger")
            )

    def hold_back(self) -> None:
        """Before the first build: take away whole files, and some rows of others."""
        with self.engine.begin() as connection:
            for contract in self.contracts:
                files = list(
                    connection.scalars(
                        text(
                            "select file_id from audit.file_ledger"
                            " where feed = :feed and state = 'landed' order by file_id"
                        ),
                        {"feed": contract.feed},
                    )
                )
                for file_id in files:
                    if self.dice.random() < 0.3:
                        share = self.dice.choice((1.0, 0.5, 0.1))
                        self._take_away(connection, contract, file_id, share)

    def deliver(self) -> list[str]:
        """One delivery of a random mixture; what was in it."""
        self.today += timedelta(days=self.dice.choice((0, 1, 1, 2)))
        done: list[str] = []
        with self.engine.begin() as connection:
            for held in self.dice.sample(self.held, min(len(self.held), 6)):
                done.append(self._bring(connection, held))
            for _ in range(self.dice.randint(3, 8)):
                act = self.dice.choice(
                    (self._correct, self._correct, self._correct, self._post_date,
                     self._send_again, self._replace, self._reinstate, self._list,
                     self._refuse, self._good_copy, self._take_again)
                )  # fmt: skip
                done.append(act(connection))
        for _ in range(self.dice.randint(0, 3)):
            done.append(self._steward())
        return [line for line in done if line]

    def _take_away(
        self, connection: Connection, contract: Contract, file_id: int, share: float
    ) -> None:
        name = quoted(contract.name)
        moved = connection.execute(
            text(
                f"with gone as (delete from {landing_table(contract)}"
                " where _file_id = :file"
                " and mod(abs(hashtextextended(_line_number::text, :salt)), 1000) < :share"
                f" returning *) insert into held.{name} select * from gone"
            ),
            {
                "file": file_id,
                "salt": self.dice.randint(0, 10**6),
                "share": int(share * 1000),
            },
        ).rowcount
        if not moved:
            return
        self.held.append(HeldFile(contract, file_id))
        if share == 1.0:
            # Nothing of it has come: the day that it was delivered on is not known either.
            connection.execute(
                text(
                    "update audit.file_ledger set state = 'missing' where file_id = :file"
                ),
                {"file": file_id},
            )

    def _bring(self, connection: Connection, held: HeldFile) -> str:
        """What was held back, as the file that it was or as a later one."""
        self.held.remove(held)
        late = self.dice.random() < 0.5
        file_id = self._further_file(
            connection, held.file_id, logical=None if late else self.today
        )
        name = quoted(held.contract.name)
        connection.execute(
            text(f"update held.{name} set _file_id = :new where _file_id = :old"),
            {"new": file_id, "old": held.file_id},
        )
        rows = connection.execute(
            text(
                f"with come as (delete from held.{name} where _file_id = :new returning *)"
                f" insert into {landing_table(held.contract)} select * from come"
            ),
            {"new": file_id},
        ).rowcount
        return f"{held.contract.name}: {rows} rows {'late' if late else 'new'}"

    def _correct(self, connection: Connection) -> str:
        """Some rows come again with one cell changed to what another row says there."""
        contract = self.dice.choice(self.contracts)
        cells = [name for name in contract.column_names if name not in contract.key]
        column = quoted(self.dice.choice(cells)) if cells else ""
        if not column:
            return ""
        other = (
            f"(select {column} from {landing_table(contract)} order by random() limit 1)"
        )
        return self._send(connection, contract, f"{column} = {other}", "corrected")

    def _post_date(self, connection: Connection) -> str:
        """Days that lie after the last that is known; the next delivery reaches them."""
        contract = self.dice.choice(self.contracts)
        dates = [
            column.name
            for column in contract.columns
            if column.type in ("date", "datetime") and column.name not in contract.key
        ]
        if not dates:
            return ""
        column = quoted(self.dice.choice(dates))
        day = self.today + timedelta(days=self.dice.randint(0, 2))
        put = f"{day:%Y}\\2{day:%m}\\4{day:%d}"
        changed = f"{column} = regexp_replace({column}, '{DAY}', '{put}')"
        return self._send(connection, contract, changed, "post-dated")

    def _send_again(self, connection: Connection) -> str:
        contract = self.dice.choice(self.contracts)
        return self._send(connection, contract, "_line_number = _line_number", "again")

    def send(self, name: str, changed: str, which: str = "", rows: int = 4) -> None:
        """Rows of a feed come again today with these cells changed.

        Those of any file, or all newest ones of which a condition holds.
        """
        (contract,) = (known for known in self.contracts if known.name == name)
        with self.engine.begin() as connection:
            assert self._send(connection, contract, changed, "sent", rows, which)

    def _send(
        self,
        connection: Connection,
        contract: Contract,
        changed: str,
        what: str,
        rows: int | None = None,
        which: str = "",
    ) -> str:
        like = self._a_file(connection, contract, "landed")
        if like is None:
            return ""
        table = landing_table(contract)
        rows = self.dice.randint(1, 4) if rows is None else rows
        connection.exec_driver_sql("drop table if exists pg_temp.sent")
        connection.execute(text(f"select setseed({self.dice.random()})"))
        some = f"where _file_id = {like} order by random() limit {rows}"
        keys = ", ".join(quoted(n) for n in contract.key if not n.startswith("_"))
        newest = f"distinct on ({keys}) *"
        connection.exec_driver_sql(
            f"create temporary table sent on commit drop as"
            f" select {newest if which else '*'} from {table}"
            f" {f'where {which} order by {keys}, _file_id desc' if which else some}"
        )
        connection.exec_driver_sql(f"update sent set {changed}")
        file_id = self._further_file(connection, like, logical=self.today)
        cells = ", ".join(quoted(name) for name in contract.column_names)
        connection.execute(
            text(
                "update sent set _file_id = :file,"
                f" _row_hash = md5(cast(row({cells}) as text))::uuid"
                if what != "again"
                else "update sent set _file_id = :file"
            ),
            {"file": file_id},
        )
        connection.exec_driver_sql(f"insert into {table} select * from sent")
        return f"{contract.name}: {rows} rows {what}"

    def _replace(self, connection: Connection) -> str:
        """A file turns out to have been replaced by another."""
        contract = self.dice.choice(self.contracts)
        file_id = self._a_file(connection, contract, "landed")
        by = self._a_file(connection, contract, "landed")
        if file_id is None or by is None or by == file_id:
            return ""
        connection.execute(
            text(
                "update audit.file_ledger set state = 'replaced', replaced_by = :by"
                " where file_id = :file"
            ),
            {"by": by, "file": file_id},
        )
        self.replaced.append(file_id)
        return f"{contract.name}: a file replaced"

    def _reinstate(self, connection: Connection) -> str:
        if not self.replaced:
            return ""
        file_id = self.replaced.pop(self.dice.randrange(len(self.replaced)))
        connection.execute(
            text(
                "update audit.file_ledger set state = 'landed', replaced_by = null"
                " where file_id = :file"
            ),
            {"file": file_id},
        )
        return "a replaced file stands again"

    def _list(self, connection: Connection) -> str:
        """A full list that leaves some records out: they were deleted."""
        having = [c for c in self.contracts if c.delivery in ("delta_and_full", "snapshot")]
        contract = self.dice.choice(having)
        like = self._a_file(connection, contract, "landed")
        if like is None:
            return ""
        table = landing_table(contract)
        file_id = self._further_file(connection, like, logical=self.today, is_full=True)
        cells = ", ".join(
            quoted(n) for n in ("_row_hash", "_extra", *contract.column_names)
        )
        rows = connection.execute(
            text(
                f"insert into {table} (_file_id, _line_number, {cells})"
                f" select :file, row_number() over (), {cells} from {table}"
                " where mod(abs(hashtextextended(_row_hash::text, :salt)), 1000) < 950"
            ),
            {"file": file_id, "salt": self.dice.randint(0, 10**6)},
        ).rowcount
        return f"{contract.name}: a full list of {rows} rows"

    def _refuse(self, connection: Connection) -> str:
        """A file that nobody can read; a list may be incomplete without it."""
        contract = self.dice.choice(self.contracts)
        like = self._a_file(connection, contract, "landed")
        if like is None:
            return ""
        is_list = contract.delivery in ("delta_and_full", "snapshot")
        file_id = self._further_file(
            connection,
            like,
            self.today,
            is_full=is_list and self.dice.random() < 0.5,
            state="refused",
        )
        self.refused.append((contract, file_id, like))
        return f"{contract.name}: a file refused"

    def _good_copy(self, connection: Connection) -> str:
        """The good copy of a refused file, of the same day and the same part of a list."""
        if not self.refused:
            return ""
        of = self.refused.pop(self.dice.randrange(len(self.refused)))
        contract, refused, like = of
        was = connection.execute(
            text("select is_full, logical_date from audit.file_ledger where file_id = :f"),
            {"f": refused},
        ).one()
        file_id = self._further_file(connection, like, was.logical_date, was.is_full)
        table = landing_table(contract)
        cells = ", ".join(
            quoted(n) for n in ("_row_hash", "_extra", *contract.column_names)
        )
        rows = connection.execute(
            text(
                f"insert into {table} (_file_id, _line_number, {cells})"
                f" select :file, row_number() over (), {cells} from {table}"
                " where _file_id = :like"
            ),
            {"file": file_id, "like": like},
        ).rowcount
        connection.execute(
            text("update audit.file_ledger set replaced_by = :by where file_id = :f"),
            {"by": file_id, "f": refused},
        )
        return f"{contract.name}: {rows} rows of the good copy of a refused file"

    def _take_again(self, connection: Connection) -> str:
        """As `onecard replay` does: lines of a file are other rows, of other keys."""
        contract = self.dice.choice(self.contracts)
        file_id = self._a_file(connection, contract, "landed")
        keys = [name for name in contract.key if not name.startswith("_")]
        if file_id is None or not keys:
            return ""
        table, cells = (
            landing_table(contract),
            ", ".join(map(quoted, contract.column_names)),
        )
        key = quoted(self.dice.choice(keys))
        some = f"_file_id = {file_id} and mod(_line_number, 4) = {self.dice.randint(0, 3)}"
        connection.exec_driver_sql(f"update {table} set {key} = {key} || '9' where {some}")
        rows = connection.exec_driver_sql(
            f"update {table} set _row_hash = md5(cast(row({cells}) as text))::uuid"
            f" where {some}"
        ).rowcount
        connection.execute(
            text(
                "insert into audit.replay (who, file_id, source, lines_before, lines_after)"
                " values ('redelivery', :file, 'file', 0, 0)"
            ),
            {"file": file_id},
        )
        return f"{contract.name}: {rows} rows taken again under other keys"

    def _further_file(
        self,
        connection: Connection,
        like: int,
        logical: date | None,
        is_full: bool = False,
        state: str = "landed",
    ) -> int:
        self.number += 1
        return int(
            connection.scalar(
                text(FURTHER_FILE),
                {
                    "like": like,
                    "delivered": self.today,
                    "name": f"further_{self.number:05d}",
                    "logical": logical,
                    "is_full": is_full,
                    "state": state,
                },
            )
            or 0
        )

    def _a_file(self, connection: Connection, contract: Contract, state: str) -> int | None:
        files = list(
            connection.scalars(
                text(
                    "select file_id from audit.file_ledger"
                    " where feed = :feed and state = :state order by file_id"
                ),
                {"feed": contract.feed, "state": state},
            )
        )
        return self.dice.choice(files) if files else None

    def _steward(self) -> str:
        """Two persons become one, one becomes two, or a decision is taken back."""
        what = self.dice.choice(("same", "split", "undo", "event"))
        if what == "event":
            return self._event()
        try:
            with self.engine.begin() as connection:
                if what == "undo":
                    if not self.decisions:
                        return ""
                    number = self.decisions.pop(self.dice.randrange(len(self.decisions)))
                    undo(connection, "redelivery", number, "decided_by_mistake")
                    return "a decision undone"
                links = connection.execute(
                    text(
                        "select person_id,"
                        " array_agg(record_key order by record_key) as keys"
                        " from identity.person_link where person_id is not null"
                        " group by person_id order by person_id"
                    )
                ).all()
                if what == "split":
                    of = self.dice.choice([row for row in links if len(row.keys) > 1])
                    going = [self.dice.choice(of.keys)]
                    done = split(
                        connection, "redelivery", of.person_id, going, "wrong_link"
                    )
                else:
                    one, other = self.dice.sample(links, 2)
                    done = decide(
                        connection, "redelivery", "same", one.keys[0], other.keys[0], REASON
                    )
                    if done.waits_for_approval:
                        approve(connection, "second steward", done.decision_id)
                self.decisions.append(done.decision_id)
                return f"a steward: {what}"
        except DecisionRefusedError:
            return ""

    def _event(self) -> str:
        """A visit or stay is said to be somebody else's than its card's, or so no more."""
        prepare_events(self.engine)
        with self.engine.begin() as connection:
            try:
                if self.given and self.dice.random() < 0.4:
                    event = self.given.pop(self.dice.randrange(len(self.given)))
                    take_event_back(connection, "redelivery", event, "decided_by_mistake")
                    return "an event taken back"
                asked = (
                    "select encounter_id from record.encounter order by encounter_id",
                    "select distinct person_id from identity.person_link"
                    " where person_id is not null order by person_id",
                )
                event, owner = (
                    self.dice.choice(list(connection.scalars(text(one)))) for one in asked
                )
                give_event(connection, "redelivery", event, owner, "borrowed_card")
            except DecisionRefusedError:
                return ""
        self.given.append(event)
        return "an event given"
