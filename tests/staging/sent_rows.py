"""Files and rows of landing for one test, and staging's view of them."""

from __future__ import annotations

import hashlib
from datetime import date
from itertools import count
from typing import Any

from sqlalchemy import Connection, text

from loaders.contracts.model import contract_of, load_contracts
from loaders.landing.schema import landing_table, quoted


def digest(row: dict[str, str | None]) -> str:
    """Equal for rows that say the same, as the digest that landing stores is."""
    return hashlib.md5(
        repr(sorted(row.items())).encode(), usedforsecurity=False
    ).hexdigest()


class Deliveries:
    """Files and rows of landing, forgotten when the test ends."""

    def __init__(self, connection: Connection, queries: dict[str, str]) -> None:
        self._connection = connection
        self._queries = queries
        self._numbers = count(1)

    def file(
        self,
        feed: str,
        day: str,
        *rows: dict[str, str | None],
        delivered: str | None = None,
        state: str = "landed",
        full: bool = False,
        page: int | None = None,
        revision: int = 0,
    ) -> int:
        """A file of a `day` (or month, or year), with its rows; returns its number."""
        contract = contract_of(feed)
        logical = date.fromisoformat(day + "-01-01"[len(day) - 4 :])
        number = next(self._numbers)
        file_id = self._connection.execute(
            text(
                """
                insert into audit.file_ledger (
                    batch_id, delivery_date, system, folder, file_name, feed, sha256,
                    logical_date, period, is_full, page, revision, state
                ) values (
                    1, :delivered, :system, 'folder', :file_name, :feed, :sha256,
                    :logical_date, :period, :is_full, :page, :revision, :state
                ) returning file_id
                """
            ),
            {
                "delivered": delivered or logical,
                "system": contract.system,
                "file_name": f"{feed}_{day}_{page}_{revision}_{delivered}",
                "feed": feed,
                "sha256": f"content {number}",
                "logical_date": logical,
                "period": day.replace("-", ""),
                "is_full": full,
                "page": page,
                "revision": revision,
                "state": state,
            },
        ).scalar_one()
        for line, row in enumerate(rows, start=2):
            self._row(feed, int(file_id), line, row)
        return int(file_id)

    def change(self, file_id: int, **facts: object) -> None:
        """Let the ledger say something else of a file."""
        changes = ", ".join(f"{name} = :{name}" for name in facts)
        self._connection.execute(
            text(f"update audit.file_ledger set {changes} where file_id = :file_id"),
            {"file_id": file_id, **facts},
        )

    def forget(self, files: list[int]) -> None:
        """Take files and their rows back."""
        for contract in load_contracts():
            self._connection.execute(
                text(f"delete from {landing_table(contract)} where _file_id = any(:files)"),
                {"files": files},
            )
        self._connection.execute(
            text("delete from audit.file_ledger where file_id = any(:files)"),
            {"files": files},
        )

    def staged(self, model: str) -> list[dict[str, Any]]:
        """The rows of a staging model as they would be built now, by record key."""
        return sorted(self.asked(model), key=lambda row: str(row["record_key"]))

    def asked(self, model: str) -> list[dict[str, Any]]:
        """The rows of any model of the layer as they would be built now."""
        found = self._connection.exec_driver_sql(self._queries[model].replace("%", "%%"))
        return [dict(row) for row in found.mappings()]

    def build(self, model: str) -> None:
        """Fill the table of a model that others read, with its rows as they stand now."""
        named = model.removeprefix("idn_")
        table = f"staging.{model}" if named == model else f"identity.{named}"
        self._connection.exec_driver_sql(f"delete from {table}")
        query = self._queries[model].replace("%", "%%")
        self._connection.exec_driver_sql(f"insert into {table} {query}")

    def model_of(self, feed: str) -> str:
        """The staging model of a feed: the one that keys the rows of its landing table."""
        table = landing_table(contract_of(feed)).replace('"', "").split(".")[-1]
        (model,) = (
            name
            for name, query in self._queries.items()
            if name.startswith("stg_")
            and f'"landing"."{table}"' in query
            and " as record_key" in query
        )
        return model

    def set_hospital(self, system: str, institution_code: str) -> None:
        """Say which institution a system without a code of its own belongs to."""
        self._connection.execute(
            text(
                "update staging.system_institution set institution_code = :code"
                " where source_system = :system"
            ),
            {"code": institution_code, "system": system},
        )

    def execute(self, statement: str) -> None:
        """Whatever else stands in the warehouse for this test."""
        self._connection.execute(text(statement))

    def _row(self, feed: str, file_id: int, line: int, row: dict[str, str | None]) -> None:
        columns = {"_file_id": file_id, "_line_number": line, "_row_hash": digest(row)}
        names = [*columns, *row]
        values = ", ".join(f":v{place}" for place in range(len(names)))
        self._connection.execute(
            text(
                f"insert into {landing_table(contract_of(feed))}"
                f" ({', '.join(map(quoted, names))}) values ({values})"
            ),
            {f"v{n}": value for n, value in enumerate([*columns.values(), *row.values()])},
        )
