-- A warehouse of before has it with its next run; stewards need not wait for that.
do $$
begin
    if to_regclass('identity.source_person') is not null then
        alter table identity.source_person add column if not exists named_since text;
    end if;
end
$$;

create table if not exists identity.steward_decision (
    decision_id bigint generated always as identity primary key,
    decided_at timestamptz not null default clock_timestamp(),
    actor text not null check (btrim(actor) <> ''),
    verdict text not null
    check (verdict in ('same', 'different', 'split', 'approve', 'undo')),
    record_key_a text not null,
    record_key_b text not null check (record_key_b <> record_key_a),
    reason_code text not null check (reason_code <> ''),
    note text not null default '',
    act_id bigint not null,
    needs_approval boolean not null default false,
    approves bigint references identity.steward_decision,
    undoes bigint references identity.steward_decision,
    check ((verdict = 'approve') = (approves is not null)),
    check ((verdict = 'undo') = (undoes is not null))
);
alter table identity.steward_decision add column if not exists named_since_a text;
alter table identity.steward_decision add column if not exists named_since_b text;
create index if not exists steward_decision_pair on identity.steward_decision (
    least(record_key_a, record_key_b), greatest(record_key_a, record_key_b)
);
create index if not exists steward_decision_act on identity.steward_decision (act_id);
comment on table identity.steward_decision is
'人工裁决，只增不改 / what stewards decided; rows are only ever added';
comment on column identity.steward_decision.decision_id is '裁决编号 / number of the decision';
comment on column identity.steward_decision.decided_at is '时间 / when';
comment on column identity.steward_decision.actor is '裁决人 / who';
comment on column identity.steward_decision.verdict is
'结论 same 同一人 different 不是同一人 split 拆出 approve 同意 undo 撤销 / verdict';
comment on column identity.steward_decision.record_key_a is '记录甲；拆出时为被拆出的记录 / one record; of a split, the one that goes';
comment on column identity.steward_decision.record_key_b is '记录乙；拆出时为留下的首条记录 / the other record; of a split, the anchor of those that stay';
comment on column identity.steward_decision.reason_code is '理由代码 / code of the reason';
comment on column identity.steward_decision.note is '备注，不含任何个人信息 / note, without personal values';
comment on column identity.steward_decision.act_id is '同一次操作的首个裁决编号 / first decision of those that were made in one act';
comment on column identity.steward_decision.needs_approval is '须第二人同意 / takes effect only when a second person agrees';
comment on column identity.steward_decision.approves is '同意的裁决 / the decision that this one approves';
comment on column identity.steward_decision.undoes is '撤销的裁决 / the decision that this one undoes';

comment on column identity.steward_decision.named_since_a is '裁决时甲的主键自何处起指其人；曾未改指的为空 / since when the key of A named its person when it was decided; null when it had named nobody else';
comment on column identity.steward_decision.named_since_b is '裁决时乙的主键自何处起指其人 / the same of B';

create or replace function identity.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception using
        message = tg_table_name || ' is only ever added to', errcode = '55000';
end
$$;
create or replace trigger steward_decision_is_kept
before update or delete or truncate on identity.steward_decision
for each statement execute function identity.refuse_change();

create table if not exists audit.reveal (
    reveal_id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    who text not null,
    record_key text not null,
    fields text[] not null,
    reason_code text not null,
    asked_in text not null
);
comment on table audit.reveal is
'明文查看记录，只增不改 / who saw which record unmasked; rows are only ever added';
comment on column audit.reveal.reveal_id is '编号 / number';
comment on column audit.reveal.at is '时间 / when';
comment on column audit.reveal.who is '查看人 / who';
comment on column audit.reveal.record_key is '记录键 / the record';
comment on column audit.reveal.fields is '查看的字段 / the fields that were shown';
comment on column audit.reveal.reason_code is '理由代码 / code of the reason';
comment on column audit.reveal.asked_in is '所处理的问题 / the question in which it was asked';
create or replace trigger reveal_is_kept
before update or delete or truncate on audit.reveal
for each statement execute function identity.refuse_change();

-- Who else was of the person of either record when it was decided: people decide about persons,
-- and a person is still there when the source has deleted the record that was shown, or has
-- given its key to somebody else. Nothing was said of who has the key then.
create table if not exists identity.decision_record (
    decision_id bigint not null references identity.steward_decision,
    stands_for text not null,
    place integer not null,
    record_key text not null,
    primary key (decision_id, stands_for, place)
);
alter table identity.decision_record add column if not exists named_since text;
comment on table identity.decision_record is
'裁决时同属一人的其他记录，原记录被来源删除或改指他人后由其顶替；只增不改 / the other records of either person when it was decided; they take the place of a record that its source has deleted or given to somebody else; rows are only ever added';
comment on column identity.decision_record.decision_id is '裁决编号 / number of the decision';
comment on column identity.decision_record.stands_for is '所顶替的裁决记录 / the record of the decision whose place it takes';
comment on column identity.decision_record.place is '顶替次序 / the lower, the sooner';
comment on column identity.decision_record.record_key is '顶替的记录 / the record that takes the place';
comment on column identity.decision_record.named_since is '裁决时其主键自何处起指其人 / since when its key named its person when it was decided';
create or replace trigger decision_record_is_kept
before update or delete or truncate on identity.decision_record
for each statement execute function identity.refuse_change();

-- Of which records a decision is by now; one of which a key names somebody else and nobody
-- stands in is of none. Not a plain view: dbt drops source_person, and all
-- that looks at it, whenever it builds it anew.
create or replace function identity.decision_ends()
returns table (decision_id bigint, record_key_a text, record_key_b text)
language plpgsql stable as $$
#variable_conflict use_column
begin
    if to_regclass('identity.source_person') is null then
        return query
        select decision_id, record_key_a, record_key_b from identity.steward_decision;
        return;
    end if;
    return query
    with
    -- Few are, and only of these others have to be looked up.
    gone as (
        select
            decision.decision_id, shown.stands_for, own.record_key is not null as is_given_away
        from identity.steward_decision as decision
        cross join lateral (
            values
            (decision.record_key_a, decision.named_since_a),
            (decision.record_key_b, decision.named_since_b)
        ) as shown (stands_for, named_since)
        left join identity.source_person as own on shown.stands_for = own.record_key
        where
            decision.verdict in ('same', 'different', 'split')
            and (
                own.record_key is null
                or own.named_since is distinct from shown.named_since
            )
    ),

    stand_in as (
        select distinct on (other.decision_id, other.stands_for)
            other.decision_id, other.stands_for, other.record_key
        from gone
        inner join identity.decision_record as other
            on gone.decision_id = other.decision_id and gone.stands_for = other.stands_for
        inner join identity.source_person as there
            on
                other.record_key = there.record_key
                and other.named_since is not distinct from there.named_since
        order by other.decision_id, other.stands_for, other.place
    )

    select
        decision.decision_id,
        coalesce(for_a.record_key, decision.record_key_a),
        coalesce(for_b.record_key, decision.record_key_b)
    from identity.steward_decision as decision
    left join stand_in as for_a
        on
            decision.decision_id = for_a.decision_id
            and decision.record_key_a = for_a.stands_for
    left join stand_in as for_b
        on
            decision.decision_id = for_b.decision_id
            and decision.record_key_b = for_b.stands_for
    where not exists (
        select from gone
        left join stand_in
            on
                gone.decision_id = stand_in.decision_id
                and gone.stands_for = stand_in.stands_for
        where
            gone.decision_id = decision.decision_id
            and gone.is_given_away
            and stand_in.record_key is null
    );
end
$$;
comment on function identity.decision_ends() is
'各裁决现在所指的两条记录 / the two records that each decision is about by now';

-- However a name is typed, it is one person's.
create or replace function identity.plain_name(name text) returns text
language sql immutable as $$
select lower(regexp_replace(normalize(name, nfkc), '\s', '', 'g'))
$$;
comment on function identity.plain_name(text) is
'姓名的比较形式：全角半角、大小写、空格不论 / a name without what typing adds: width, case, spaces';

-- Where every act stands. An undo can itself be undone: the latest word of the chain counts,
-- and what was brought back must be approved anew. Approval is by somebody else or it is none.
create or replace view identity.decision_state as
with recursive

chain as (
    select decision_id as root_id, decision_id, actor, 0 as depth
    from identity.steward_decision
    where undoes is null and (approves is not null or decision_id = act_id)

    union all

    select chain.root_id, undo.decision_id, undo.actor, chain.depth + 1
    from identity.steward_decision as undo
    inner join chain on undo.undoes = chain.decision_id
),

standing as (
    select distinct on (root_id)
        root_id, decision_id as said_id, actor as said_by, mod(depth, 2) = 1 as is_undone
    from chain
    order by root_id, decision_id desc
),

approval as (
    select approving.approves as act_id, standing.said_id, standing.said_by
    from identity.steward_decision as approving
    inner join standing on approving.decision_id = standing.root_id
    where approving.approves is not null and not standing.is_undone
),

-- Joined, not looked up for each act: that would read every decision for every decision.
approved as (
    select approval.act_id, min(approval.said_id) as approved_id
    from approval
    inner join standing on approval.act_id = standing.root_id
    where
        approval.said_id > standing.said_id
        and identity.plain_name(approval.said_by) <> identity.plain_name(standing.said_by)
    group by approval.act_id
),

act as (
    select
        decision.decision_id as act_id,
        standing.said_id,
        standing.said_by,
        standing.is_undone,
        decision.needs_approval,
        approved.approved_id
    from identity.steward_decision as decision
    inner join standing on decision.decision_id = standing.root_id
    left join approved on decision.decision_id = approved.act_id
    where decision.approves is null
),

pair as (
    select
        decision.decision_id,
        least(decision.record_key_a, decision.record_key_b) as record_key_a,
        greatest(decision.record_key_a, decision.record_key_b) as record_key_b,
        -- Whoever had the keys then.
        case
            when decision.record_key_a < decision.record_key_b
                then array[decision.named_since_a, decision.named_since_b]
            else array[decision.named_since_b, decision.named_since_a]
        end as named_since,
        case decision.verdict when 'same' then 'same' else 'different' end as verdict,
        act.*,
        case
            when act.is_undone then 'undone'
            when act.needs_approval and act.approved_id is null then 'pending'
            else 'in_force'
        end as state,
        greatest(act.said_id, act.approved_id) as effective_id
    from identity.steward_decision as decision
    inner join act on decision.act_id = act.act_id
    where decision.undoes is null and decision.approves is null
),

-- The latest word on a pair counts; what was only proposed before it is past as well.
latest as (
    select distinct on (record_key_a, record_key_b, named_since)
        record_key_a, record_key_b, named_since, decision_id, effective_id
    from pair
    where state = 'in_force'
    order by record_key_a, record_key_b, named_since, effective_id desc, decision_id desc
),

settled as (
    select
        pair.*,
        case
            when pair.state = 'in_force' and latest.decision_id <> pair.decision_id
                then latest.decision_id
            when pair.state = 'pending' and latest.effective_id > pair.said_id
                then latest.decision_id
        end as replaced_by
    from pair
    left join latest
        on
            pair.record_key_a = latest.record_key_a
            and pair.record_key_b = latest.record_key_b
            and pair.named_since = latest.named_since
)

select
    decision_id,
    act_id,
    record_key_a,
    record_key_b,
    verdict,
    case when replaced_by is null then state else 'replaced' end as state,
    replaced_by,
    said_id,
    said_by,
    approved_id,
    effective_id
from settled;
comment on view identity.decision_state is
'每个裁决的现状 / where every decision stands: in_force, pending, undone, replaced';
comment on column identity.decision_state.decision_id is '裁决编号 / number of the decision';
comment on column identity.decision_state.act_id is '同一次操作的首个裁决编号 / first decision of those that were made in one act';
comment on column identity.decision_state.record_key_a is '记录甲（键较小者） / one record, the one with the smaller key';
comment on column identity.decision_state.record_key_b is '记录乙（键较大者） / the other record';
comment on column identity.decision_state.verdict is '结论 same 同一人 different 不是同一人 / verdict';
comment on column identity.decision_state.state is
'现状 in_force 生效 pending 待同意 undone 已撤销 replaced 已被取代 / where it stands';
comment on column identity.decision_state.replaced_by is '取代它的裁决 / the decision that counts in its place';
comment on column identity.decision_state.said_id is '最后一次表态的裁决 / the decision that said so last';
comment on column identity.decision_state.said_by is '最后表态的人 / who said so last';
comment on column identity.decision_state.approved_id is '同意它的裁决 / the decision that approved it';
comment on column identity.decision_state.effective_id is '自哪个裁决起生效 / the decision from which on it counts';

-- Where two decisions come to be about the same two records, the later one counts.
create or replace view identity.active_decision as
with standing as (
    select
        least(ends.record_key_a, ends.record_key_b) as record_key_a,
        greatest(ends.record_key_a, ends.record_key_b) as record_key_b,
        state.verdict,
        state.decision_id,
        state.effective_id
    from identity.decision_state as state
    inner join identity.decision_ends() as ends on state.decision_id = ends.decision_id
    where state.state = 'in_force'
),

latest as (
    select distinct on (record_key_a, record_key_b) standing.*
    from standing
    order by record_key_a, record_key_b, effective_id desc, decision_id desc
)

select
    latest.record_key_a,
    latest.record_key_b,
    latest.verdict,
    latest.decision_id,
    decision.actor,
    decision.reason_code
from latest
inner join identity.steward_decision as decision
    on latest.decision_id = decision.decision_id;
comment on view identity.active_decision is
'生效的裁决，每对记录一行；已被来源删除或改指他人的记录由同一人的其他记录顶替 / decisions in force, one row per pair of records; in place of a record that its source has deleted or given to somebody else, another of its person';
comment on column identity.active_decision.record_key_a is '记录甲（键较小者） / one record, the one with the smaller key';
comment on column identity.active_decision.record_key_b is '记录乙（键较大者） / the other record';
comment on column identity.active_decision.verdict is '结论 same 同一人 different 不是同一人 / verdict';
comment on column identity.active_decision.decision_id is '裁决编号 / number of the decision';
comment on column identity.active_decision.actor is '裁决人 / who';
comment on column identity.active_decision.reason_code is '理由代码 / code of the reason';
