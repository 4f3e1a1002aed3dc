create table if not exists identity.event_decision (
    decision_id bigint generated always as identity primary key,
    decided_at timestamptz not null default clock_timestamp(),
    actor text not null check (btrim(actor) <> ''),
    event_record_key text not null,
    owner_record_key text check (owner_record_key <> event_record_key),
    reason_code text not null check (reason_code <> ''),
    note text not null default ''
);
alter table identity.event_decision add column if not exists owner_named_since text;
create index if not exists event_decision_event on identity.event_decision (event_record_key);
comment on table identity.event_decision is
'某次就诊或住院属于谁，只增不改，后说的算 / to whom an event belongs by a steward''s word; rows are only ever added, the latest counts';
comment on column identity.event_decision.decision_id is '编号 / number';
comment on column identity.event_decision.decided_at is '时间 / when';
comment on column identity.event_decision.actor is '裁决人 / who';
comment on column identity.event_decision.event_record_key is '就诊或住院的记录键 / the event';
comment on column identity.event_decision.owner_record_key is '所属之人的一条记录；空为撤回，归还就诊卡 / a record of the person to whom it belongs; null takes the word back';
comment on column identity.event_decision.owner_named_since is '裁决时该记录主键自何处起指其人；曾未改指的为空 / since when the key of that record named its person when it was decided; null when it had named nobody else';
comment on column identity.event_decision.reason_code is '理由代码 / code of the reason';
comment on column identity.event_decision.note is '备注，不含任何个人信息 / note, without personal values';

create or replace function identity.keep_event_decision() returns trigger language plpgsql as $$
begin
    raise exception using
        message = tg_table_name || ' is only ever added to', errcode = '55000';
end
$$;
create or replace trigger event_decision_is_kept
before update or delete or truncate on identity.event_decision
for each statement execute function identity.keep_event_decision();

-- Who else was of the owner when it was decided, as with decisions about persons: a word about
-- an event outlasts the record that it names, and is not about who gets its key later.
create table if not exists identity.event_stand_in (
    decision_id bigint not null references identity.event_decision,
    place integer not null,
    record_key text not null,
    named_since text,
    primary key (decision_id, place)
);
comment on table identity.event_stand_in is
'裁决时属于此人的其他记录，原记录被来源删除或改指他人后由其顶替；只增不改 / the other records of the owner when it was decided; they take the place of a record that its source has deleted or given to somebody else; rows are only ever added';
comment on column identity.event_stand_in.decision_id is '裁决编号 / number of the decision';
comment on column identity.event_stand_in.place is '顶替次序 / the lower, the sooner';
comment on column identity.event_stand_in.record_key is '顶替的记录 / the record that takes the place';
comment on column identity.event_stand_in.named_since is '裁决时其主键自何处起指其人 / since when its key named its person when it was decided';
create or replace trigger event_stand_in_is_kept
before update or delete or truncate on identity.event_stand_in
for each statement execute function identity.keep_event_decision();

-- Whose an event is by a steward's word, as records stand. Not a plain view: dbt drops
-- source_person, and all that looks at it, whenever it builds it anew.
create or replace function identity.event_owners()
returns table (
    event_record_key text,
    owner_record_key text,
    decision_id bigint,
    actor text,
    decided_at timestamptz
)
language plpgsql stable as $$
#variable_conflict use_column
begin
    if to_regclass('identity.source_person') is null then
        return query
        select event_record_key, owner_record_key, decision_id, actor, decided_at
        from (
            select distinct on (event_record_key) *
            from identity.event_decision
            order by event_record_key, decision_id desc
        ) as latest
        where owner_record_key is not null;
        return;
    end if;
    return query
    with
    latest as (
        select distinct on (said.event_record_key)
            said.*,
            own.record_key is not null as is_there,
            own.record_key is not null
            and own.named_since is not distinct from said.owner_named_since as is_own
        from identity.event_decision as said
        left join identity.source_person as own on said.owner_record_key = own.record_key
        order by said.event_record_key, said.decision_id desc
    ),

    stand_in as (
        select distinct on (other.decision_id) other.decision_id, other.record_key
        from latest
        inner join identity.event_stand_in as other on latest.decision_id = other.decision_id
        inner join identity.source_person as there
            on
                other.record_key = there.record_key
                and other.named_since is not distinct from there.named_since
        where not latest.is_own
        order by other.decision_id, other.place
    )

    select
        latest.event_record_key,
        coalesce(stand_in.record_key, latest.owner_record_key),
        latest.decision_id,
        latest.actor,
        latest.decided_at
    from latest
    left join stand_in on latest.decision_id = stand_in.decision_id
    where
        latest.owner_record_key is not null
        -- Of a key that names somebody else, and nobody stands in, nothing was said.
        and (latest.is_own or not latest.is_there or stand_in.record_key is not null);
end
$$;
comment on function identity.event_owners() is
'现行的事件归属裁决，按现有记录 / to whom stewards say that an event belongs, as records stand';

create or replace view identity.event_owner as
select event_record_key, owner_record_key, decision_id, actor, decided_at
from identity.event_owners();
comment on view identity.event_owner is
'现行的事件归属裁决 / to whom stewards say that an event belongs, as it stands';
comment on column identity.event_owner.event_record_key is '就诊或住院的记录键 / the event';
comment on column identity.event_owner.owner_record_key is '所属之人的一条记录 / a record of the person to whom it belongs';
comment on column identity.event_owner.decision_id is '裁决编号 / number of the decision';
comment on column identity.event_owner.actor is '裁决人 / who decided';
comment on column identity.event_owner.decided_at is '裁决时间 / when it was decided';
