create table if not exists identity.event_decision (
    decision_id bigint generated always as identity primary key,
    decided_at timestamptz not null default clock_timestamp(),
    actor text not null check (btrim(actor) <> ''),
    event_record_key text not null,
    owner_record_key text check (owner_record_key <> event_record_key),
    reason_code text not null check (reason_code <> ''),
    note text not null default ''
);
create index if not exists event_decision_event on identity.event_decision (event_record_key);
comment on table identity.event_decision is
'某次就诊或住院属于谁，只增不改，后说的算 / to whom an event belongs by a steward''s word; rows are only ever added, the latest counts';
comment on column identity.event_decision.decision_id is '编号 / number';
comment on column identity.event_decision.decided_at is '时间 / when';
comment on column identity.event_decision.actor is '裁决人 / who';
comment on column identity.event_decision.event_record_key is '就诊或住院的记录键 / the event';
comment on column identity.event_decision.owner_record_key is '所属之人的一条记录；空为撤回，归还就诊卡 / a record of the person to whom it belongs; null takes the word back';
comment on column identity.event_decision.reason_code is '理由代码 / code of the reason';
comment on column identity.event_decision.note is '备注，不含任何个人信息 / note, without personal values';

create or replace function identity.keep_event_decision() returns trigger language plpgsql as $$
begin
    raise exception using
        message = 'event_decision is only ever added to', errcode = '55000';
end
$$;
create or replace trigger event_decision_is_kept
before update or delete or truncate on identity.event_decision
for each statement execute function identity.keep_event_decision();

create or replace view identity.event_owner as
select event_record_key, owner_record_key, decision_id, actor, decided_at
from (
    select distinct on (event_record_key) *
    from identity.event_decision
    order by event_record_key, decision_id desc
) as latest
where owner_record_key is not null;
comment on view identity.event_owner is
'现行的事件归属裁决 / to whom stewards say that an event belongs, as it stands';
comment on column identity.event_owner.event_record_key is '就诊或住院的记录键 / the event';
comment on column identity.event_owner.owner_record_key is '所属之人的一条记录 / a record of the person to whom it belongs';
comment on column identity.event_owner.decision_id is '裁决编号 / number of the decision';
comment on column identity.event_owner.actor is '裁决人 / who decided';
comment on column identity.event_owner.decided_at is '裁决时间 / when it was decided';
