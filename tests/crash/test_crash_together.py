"""Of two landings that run at once one is killed: the other ends, and no lock is left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from loaders.warehouse.connect import WRITER_LOCK, WarehouseBusyError, writer_lease
from tests.crash.conftest import dsn_of
from tests.crash.killing import Killing
from tests.crash.lander import Lander
from tests.crash.small_county import BULK_FROM
from tests.crash.state import (
    SERVER_NOTICES_WITHIN,
    differences,
    state_of,
    wait_until_unlocked,
)
from tests.landing.sending import Sender

# Between them they have all systems of the small county.
ONE, OTHER = "BDF", "ACE"


@pytest.fixture
def second_lander(crash_database: Engine) -> Iterator[Lander]:
    lander = Lander({"ONECARD_DSN": dsn_of(crash_database)}, BULK_FROM)
    yield lander
    lander.close()


@pytest.mark.parametrize("point", ["schema_table_made:40", "rows_chunk:4", "table_done:2"])
def test_one_of_two_landings_is_killed(
    crash_database: Engine,
    lander: Lander,
    second_lander: Lander,
    county: Sender,
    point: str,
) -> None:
    killing = Killing(crash_database, lander, county.root)
    killing.undisturbed()
    killing.start_over(completely=True)
    lander.begin(county.root, kill_at=point, systems=ONE)
    second_lander.begin(county.root, systems=OTHER)
    killed, ended = lander.end(), second_lander.end()
    assert killed.was_killed
    assert (ended.code, ended.complained) == (0, "")
    wait_until_unlocked(crash_database)
    # The next writer is let in at once, also one that wants the warehouse for itself.
    with writer_lease(crash_database):
        pass
    assert lander.land(county.root, systems=ONE).code == 0
    assert killing.wanted is not None
    assert differences(state_of(crash_database), killing.wanted) == []


def test_a_client_that_is_gone_keeps_no_lock_until_its_statement_ends(
    crash_database: Engine,
) -> None:
    with crash_database.connect() as connection:
        connection.execute(text(f"select pg_advisory_lock({WRITER_LOCK})"))
        driver = connection.connection.driver_connection
        assert driver is not None
        # Sent and not waited for, as by a process that is killed at that moment.
        driver.pgconn.send_query(b"select pg_sleep(60)")
        with pytest.raises(WarehouseBusyError), writer_lease(crash_database):
            pass
        driver.pgconn.finish()
        connection.invalidate()
    with writer_lease(crash_database, wait_seconds=SERVER_NOTICES_WITHIN):
        pass
