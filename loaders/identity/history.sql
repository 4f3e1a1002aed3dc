-- Who was who, and what happened: written beside the links, in their transaction, and never
-- changed afterwards but for the end of an interval.

create table if not exists identity.link_run (
    run_id bigint primary key,
    written_at timestamptz not null default now(),
    links_changed bigint not null,
    persons_changed bigint not null,
    ids_issued bigint not null,
    ids_retired bigint not null,
    ids_reinstated bigint not null
);
comment on table identity.link_run is
'改变过人员关联的运行 / one row per run that changed a link; a run that changed none has none';
comment on column identity.link_run.run_id is '运行编号 / run';
comment on column identity.link_run.written_at is '写入时间 / when it was written';
comment on column identity.link_run.links_changed is '变更的关联数 / links written or removed';
comment on column identity.link_run.persons_changed is '记录集合有变的人数 / persons whose set of records changed';
comment on column identity.link_run.ids_issued is '新发编号数 / ids issued';
comment on column identity.link_run.ids_retired is '退役编号数 / ids retired';
comment on column identity.link_run.ids_reinstated is '恢复编号数 / ids reinstated';

create table if not exists identity.person_link_history (
    record_key text not null,
    valid_from_run bigint not null,
    valid_to_run bigint,
    person_id text,
    method text not null,
    rule text not null,
    probability numeric(7, 6),
    linked_to text,
    is_contested boolean not null,
    primary key (record_key, valid_from_run)
);
alter table identity.person_link_history add column if not exists named_since text;
-- Whose a record is now is asked of person_link; of a person, what it had before.
drop index if exists identity.person_link_history_person;
create index if not exists person_link_history_former on identity.person_link_history (person_id)
where valid_to_run is not null;
comment on table identity.person_link_history is
'人员关联的各个版本：自某次运行起，至另一次运行止 / every version of every link: valid from one run until, but not in, another';
comment on column identity.person_link_history.record_key is '来源记录键 / key of the source record';
comment on column identity.person_link_history.valid_from_run is '自此运行起有效 / the run that wrote it';
comment on column identity.person_link_history.valid_to_run is '至此运行止；空为现行 / the run that replaced or removed it; null: it is the current one';
comment on column identity.person_link_history.person_id is '人员编号；搁置记录为空 / person; null when the record was set aside';
comment on column identity.person_link_history.method is '关联方法 / how it was linked';
comment on column identity.person_link_history.rule is '规则 / the rule that linked it';
comment on column identity.person_link_history.probability is '同一人的概率 / probability of being the same person';
comment on column identity.person_link_history.linked_to is '关联到的记录 / the record it was linked to';
comment on column identity.person_link_history.named_since is '主键曾指他人的，自何处起改指此人 / where a key that named somebody else before came to name this person';
comment on column identity.person_link_history.is_contested is '证件号码有争议 / its number was used by clearly different people';

create table if not exists identity.person_change (
    run_id bigint not null,
    person_id text not null,
    records_before integer not null,
    records_after integer not null,
    retired_into text,
    primary key (run_id, person_id)
);
comment on table identity.person_change is
'受影响人员：每次运行中记录集合有变的编号，含此前与此后的编号 / change feed: by run, every person id whose set of records changed, ids of before and of after';
comment on column identity.person_change.run_id is '运行编号 / run';
comment on column identity.person_change.person_id is '人员编号 / person';
comment on column identity.person_change.records_before is '此前记录数；0 为此前无此人 / records before the run; 0: there was no such person';
comment on column identity.person_change.records_after is '此后记录数；0 为编号退役 / records after the run; 0: the id is retired';
comment on column identity.person_change.retired_into is '退役时并入的编号 / for a retired id, where it leads to';

create table if not exists identity.person_event (
    seq bigint generated always as identity primary key,
    run_id bigint not null,
    at timestamptz not null default now(),
    type text not null check (
        type in ('create', 'attach', 'detach', 'merge', 'split', 'retire', 'reinstate')
    ),
    person_id text not null,
    other_person_id text,
    record_key text,
    method text,
    rule text,
    reason text not null,
    actor text not null,
    decision_id bigint,
    before jsonb,
    after jsonb
);
create index if not exists person_event_person on identity.person_event (person_id);
create index if not exists person_event_other on identity.person_event (other_person_id)
where other_person_id is not null;
comment on table identity.person_event is
'人员编号大事记，只增不改。凡记录归属之变动恰有一事说明：建档时同来的记录随 create 或 reinstate，并入随 merge，分出随 split，记录尽失随 retire，不再逐条写 attach、detach；逐条去向见 person_link_history / what happened to persons, append-only. Each change of a record''s person is told by exactly one event: records that come with a new or reinstated id by its create or reinstate, those that move in a merge or split by that, those of a person who vanishes by its retire, all others by attach and detach of their own. A first load of millions of records is therefore one event per person; record by record it is in person_link_history';
comment on column identity.person_event.seq is '顺序号 / order';
comment on column identity.person_event.run_id is '运行编号 / run';
comment on column identity.person_event.at is '时间 / when';
comment on column identity.person_event.type is '事件 create 建档 attach 归入 detach 移出 merge 合并 split 拆分 retire 退役 reinstate 恢复 / event';
comment on column identity.person_event.person_id is '人员编号：合并为存续者，拆分为原有者 / person; in a merge the survivor, in a split the one that others left';
comment on column identity.person_event.other_person_id is '另一编号：被并入、被分出、来自或去往者 / the other: merged into it, split off from it, where a record came from or went';
comment on column identity.person_event.record_key is '来源记录：归入移出者；合并时促成者；建档时定编号者 / the record that joined or left; in a merge the one that joined the two; in a create the anchor';
comment on column identity.person_event.method is '关联方法 / how that record is linked';
comment on column identity.person_event.rule is '规则 / the rule that links it';
comment on column identity.person_event.reason is '原因代码 / reason';
comment on column identity.person_event.actor is '何人所为：engine 为程序，否则为复核员 / engine, or the steward whose decision caused it';
comment on column identity.person_event.decision_id is '起因的人工决定 / the decision that caused it';
comment on column identity.person_event.before is '此前各编号的记录数，不含任何值 / records of each id before, no values';
comment on column identity.person_event.after is '此后各编号的记录数，不含任何值 / records of each id after, no values';

create or replace function identity.refuse_to_rewrite() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name;
end
$$;
comment on function identity.refuse_to_rewrite() is '大事记只增不改 / keeps what happened from being rewritten';
create or replace trigger person_event_is_append_only
before update or delete on identity.person_event
for each statement execute function identity.refuse_to_rewrite();

create or replace function identity.person_link_as_of(as_of_run bigint)
returns table (
    record_key text,
    person_id text,
    method text,
    rule text,
    probability numeric,
    linked_to text,
    is_contested boolean
) language sql stable as $$
select
    record_key, person_id, method, rule, probability, linked_to, is_contested
from identity.person_link_history
where
    valid_from_run <= as_of_run
    and (valid_to_run is null or valid_to_run > as_of_run)
$$;
comment on function identity.person_link_as_of(bigint) is
'某次运行之后谁是谁 / who was who after a run';

-- Not a plain SQL function: releases are published after the first links are written.
create or replace function identity.person_link_as_of_release(as_of_release bigint)
returns table (
    record_key text,
    person_id text,
    method text,
    rule text,
    probability numeric,
    linked_to text,
    is_contested boolean
) language plpgsql stable as $$
declare
    released_by bigint;
begin
    select release.run_id into released_by
    from published.release where release.release_id = as_of_release;
    if released_by is null then
        raise exception 'there is no release %', as_of_release;
    end if;
    if not exists (select from identity.link_run where link_run.run_id <= released_by) then
        raise exception 'release % is older than the history of links', as_of_release;
    end if;
    return query select * from identity.person_link_as_of(released_by);
end
$$;
comment on function identity.person_link_as_of_release(bigint) is
'某次发布所依据的谁是谁 / who was who in a release';

create or replace function identity.persons_changed_since(since_run bigint)
returns table (person_id text) language sql stable as $$
select distinct person_id from identity.person_change where run_id > since_run
$$;
comment on function identity.persons_changed_since(bigint) is
'某次运行之后受影响的人员 / persons affected by the runs after this one';
