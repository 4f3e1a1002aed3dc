-- Ids that were issued and lead to somebody else by now, through however many mergers.
select
    former_id,
    leads_to as person_id
from former_ids
