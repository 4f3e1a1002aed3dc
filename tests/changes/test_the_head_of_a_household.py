"""Who heads a household decides nothing about who is who, and is told of its members."""

from __future__ import annotations

from sqlalchemy import text

from loaders.changes.shadow import check_record
from loaders.settings import load_settings
from tests.changes.building import build
from tests.changes.redelivery import Redelivery

SEED = 47
ARCHIVES = "d01_ehr_healthrecord"
# A household of three or more: who heads it, and of two members their archives. Of the one
# that is asked about none comes again.
HOUSEHOLD = """
    select
        head.native_id as head,
        min(member.native_id) as other,
        max(member.native_id) as member
    from identity.source_relation as told
    inner join staging.stg_d__ehr_healthrecord as head
        on told.other_record_key = head.record_key
    inner join staging.stg_d__ehr_healthrecord as member
        on told.record_key = member.record_key
    where told.relation = 'household'
    group by head.native_id
    having count(*) > 1
    order by head.native_id
    limit 1
"""
HEADED_BY = """
    select head.native_id
    from identity.person_relation as relation
    inner join identity.person_link as proof
        on relation.evidence_record_key = proof.record_key
    inner join identity.person_link as head
        on
            relation.person_id_a = head.person_id
            and proof.source_table = head.source_table
    where relation.relation = 'household' and proof.native_id = :member
"""


def test_members_are_told_of_another_head(county: Redelivery) -> None:
    with county.engine.connect() as connection:
        head, other, member = connection.execute(text(HOUSEHOLD)).one()
        assert head in connection.scalars(text(HEADED_BY), {"member": member}).all()
    county.send(ARCHIVES, "\"masterFlag\" = 'n'", f"\"phrId\" = '{head}'")
    county.send(ARCHIVES, "\"masterFlag\" = 'y'", f"\"phrId\" = '{other}'")
    build(county.today)
    with county.engine.connect() as connection:
        headed_by = connection.scalars(text(HEADED_BY), {"member": member}).all()
    assert other in headed_by
    assert head not in headed_by
    assert check_record(county.engine, load_settings()).differences == ()
