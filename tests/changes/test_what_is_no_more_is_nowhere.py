"""A line of the county's own facts that is another one now leaves no trace of the first.

Of feeds that no life is told by: the record is not built anew for everybody then.
"""

from __future__ import annotations

from loaders.changes.leads import read_of_everybody, staged_models
from loaders.changes.persons import tables_of_persons
from loaders.changes.shadow import check_record
from loaders.contracts.model import load_contracts
from loaders.settings import load_settings
from tests.changes.building import build
from tests.changes.redelivery import Redelivery
from tests.changes.refiling import take_again_of

SEED = 41
OF_PERSONS = {model.name for model in tables_of_persons(())}
OF_COUNTY = [
    model.feed
    for model in staged_models()
    if model.is_kept and model.name not in OF_PERSONS | read_of_everybody()
]


def test_a_line_that_has_another_key_now(county: Redelivery) -> None:
    taken = []
    with county.engine.begin() as connection:
        for contract in load_contracts():
            if contract.feed in OF_COUNTY:
                said = take_again_of(county, connection, contract)
                if said and ": 0 rows" not in said:
                    taken.append(contract)
    assert len(taken) > 2, taken
    assert "everybody" not in build(county.today)["record"]
    assert check_record(county.engine, load_settings()).differences == ()
