"""A landed county, delivered again in another order: held back, late, wrong, sent twice.

Works on the landed rows and their ledger, which is all that the layers above read of a
delivery. Every act is drawn from one seeded source of chance, and says what it did.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sqlalchemy import Connection, Engine, text

from loaders.contracts.model import Contract, load_contracts
from loaders.landing.schema import landing_table, quoted
from tests.changes.acts import ACTS
from tests.changes.deciding import Stewards

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
        self.stewards = Stewards(engine, self.dice)
        self.held: list[HeldFile] = []
        self.replaced: list[int] = []
        # Files that were refused, and like which file their good copies will be.
        self.refused: list[tuple[Contract, int, int]] = []
        self.number = 0
        with engine.begin() as connection:
            connection.exec_driver_sql("drop schema if exists held cascade")
            connection.exec_driver_sql("create schema held")
            self.contracts = [
                contract
                for contract in load_contracts()
                if not contract.feed.startswith(tuple(without.split()))
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

    def on(self, engine: Engine, seed: int) -> Redelivery:
        """The same on a copy of its database; what comes there is drawn by another seed."""
        other = copy(self)
        other.engine, other.dice = engine, Random(seed)
        other.stewards = Stewards(engine, other.dice)
        other.held, other.replaced = list(self.held), list(self.replaced)
        other.refused = list(self.refused)
        return other

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
                act = self.dice.choice(ACTS)
                done.append(act(self, connection))
        for _ in range(self.dice.randint(0, 3)):
            done.append(self.stewards.decide())
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
        file_id = self.further_file(
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

    def send(self, name: str, changed: str, which: str = "", rows: int = 4) -> None:
        """Rows of a feed come again today with these cells changed.

        Those of any file, or all newest ones of which a condition holds.
        """
        (contract,) = (known for known in self.contracts if known.name == name)
        with self.engine.begin() as connection:
            assert self.send_rows(connection, contract, changed, "sent", rows, which)

    def send_rows(
        self,
        connection: Connection,
        contract: Contract,
        changed: str,
        what: str,
        rows: int | None = None,
        which: str = "",
    ) -> str:
        """As `send`, with a number of rows at random; says what it did."""
        like = self.a_file(connection, contract, "landed")
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
        file_id = self.further_file(connection, like, logical=self.today)
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

    def further_file(
        self,
        connection: Connection,
        like: int,
        logical: date | None,
        is_full: bool = False,
        state: str = "landed",
    ) -> int:
        """A further entry of the ledger, like that of another file of its feed."""
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

    def a_file(self, connection: Connection, contract: Contract, state: str) -> int | None:
        """The number of any file of a feed in a state, if there is one."""
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
