"""A warehouse in which the situations of a folder's test files are counted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Row, text

from loaders.settings import Settings
from loaders.transform import run_dbt
from tests.indicators.situation import Situation


@dataclass(frozen=True)
class Counted:
    """What came of the situations, asked for by their names."""

    engine: Engine
    situation: Situation

    def encounter(self, name: str) -> Row[Any]:
        """The encounter or stay of that name."""
        return self._one(
            "select * from record.encounter where encounter_id = :id",
            id=self.situation.ids[name],
        )

    def settlement(self, name: str) -> Row[Any]:
        """The settlement of that name."""
        return self._one(
            "select * from record.settlement where settlement_id = :id", id=name
        )

    def person(self, name: str) -> Row[Any]:
        """The person of that name."""
        return self._one(
            "select * from record.person where person_id = :id",
            id=self.situation.people[name],
        )

    def institution(self, code: str) -> Row[Any]:
        """The institution with that credit code."""
        return self._one(
            "select * from record.institution where institution_code = :code", code=code
        )

    def case_of_person(
        self, code: str, person: str, period: str = "2024"
    ) -> Row[Any] | None:
        """The person's case in the list of an indicator, if there is one."""
        return self._maybe(
            "select * from indicators.indicator_case where indicator_code = :code"
            " and period = :period and case_kind = 'person' and case_id = :id",
            code=code,
            period=period,
            id=self.situation.people[person],
        )

    def case(self, code: str, case_id: str, period: str = "2024") -> Row[Any] | None:
        """A case in the list of an indicator, if it is there."""
        return self._maybe(
            "select * from indicators.indicator_case where indicator_code = :code"
            " and period = :period and case_id = :id",
            code=code,
            period=period,
            id=self.situation.ids.get(case_id, case_id),
        )

    def value(
        self, code: str, period: str = "2024", grain: str = "county", org: str = "991525"
    ) -> Row[Any]:
        """A value of an indicator."""
        return self._one(
            "select * from indicators.indicator_value where indicator_code = :code"
            " and period = :period and grain = :grain and org_code = :org",
            code=code,
            period=period,
            grain=grain,
            org=org,
        )

    def rows(self, query: str, **parameters: object) -> list[Row[Any]]:
        """Whatever else a test wants to see."""
        with self.engine.connect() as connection:
            return list(connection.execute(text(query), parameters))

    def _maybe(self, query: str, **parameters: object) -> Row[Any] | None:
        found = self.rows(query, **parameters)
        assert len(found) < 2, parameters
        return found[0] if found else None

    def _one(self, query: str, **parameters: object) -> Row[Any]:
        found = self._maybe(query, **parameters)
        assert found is not None, parameters
        return found


def count_situations(
    session: pytest.Session,
    folder: Path,
    engine: Engine,
    settings: Settings,
) -> Counted:
    """The situations of every test file of a folder, through the real models.

    Goes in: a warehouse with empty layers up to who is named. Situations of other folders
    stay out: a value of the county says how many cases there are.
    """
    situation = Situation()
    modules = {item.module for item in session.items if isinstance(item, pytest.Function)}
    for module in sorted(modules, key=lambda module: module.__name__):
        describe = getattr(module, "describe_situation", None)
        if describe and Path(str(module.__file__)).parent == folder:
            describe(situation)
    situation.write(engine)
    for layer in ("2_identity/golden", "3_record", "4_indicators", "5_audit"):
        run_dbt(settings, layer)
    return Counted(engine, situation)
