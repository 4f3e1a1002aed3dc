"""A relation is told with the institution of the record that proves it, be it another's."""

from __future__ import annotations

from sqlalchemy import text

from loaders.changes.shadow import check_record
from loaders.settings import load_settings
from tests.changes.building import build
from tests.changes.redelivery import Redelivery

SEED = 43
ARCHIVES = "d01_ehr_healthrecord"
# A relation that is proven by the archive of the other of the two, of whom nothing else
# leads to the one; and an institution that keeps other archives.
RELATION = """
    select relation.relation_id, link.native_id, relation.org_code
    from record.relation
    inner join identity.person_link as link
        on relation.evidence_record_key = link.record_key
    inner join staging.stg_d__ehr_healthrecord as archive
        on relation.evidence_record_key = archive.record_key
    where relation.relation = 'household' and link.person_id <> relation.person_id
    order by relation.relation_id
    limit 1
"""
OTHER = """
    select min(manage_unit_id) from staging.stg_d__ehr_healthrecord
    where manage_unit_id <> :unit
"""
TOLD = "select org_code from record.relation where relation_id = :relation"


def test_who_is_told_by_the_record_of_another(county: Redelivery) -> None:
    with county.engine.connect() as connection:
        relation, archive, unit = connection.execute(text(RELATION)).one()
        other = str(connection.scalar(text(OTHER), {"unit": unit}))
    county.send(ARCHIVES, f"\"manaUnitId\" = '{other}'", f"\"phrId\" = '{archive}'")
    build(county.today)
    with county.engine.connect() as connection:
        assert connection.scalar(text(TOLD), {"relation": relation}) == other
    assert check_record(county.engine, load_settings()).differences == ()
