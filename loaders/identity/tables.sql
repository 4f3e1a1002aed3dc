create table if not exists identity.person_link (
    record_key text primary key,
    source_system text not null,
    source_table text not null,
    org_code text not null,
    native_id text not null,
    native_part text not null,
    person_id text,
    method text not null,
    rule text not null,
    probability numeric(7, 6),
    linked_to text,
    first_delivery_on date not null,
    is_contested boolean not null
);
alter table identity.person_link add column if not exists named_since text;
create index if not exists person_link_person on identity.person_link (person_id);
comment on table identity.person_link is
'人员关联：每条来源记录属于哪个人 / one row per source record: whose it is';
comment on column identity.person_link.record_key is '来源记录键 / key of the source record';
comment on column identity.person_link.source_system is '来源系统 / source system';
comment on column identity.person_link.source_table is '来源表 / source table';
comment on column identity.person_link.org_code is '机构代码 / institution as the source spells it';
comment on column identity.person_link.native_id is '源系统主键 / key in the source';
comment on column identity.person_link.native_part is '源系统主键其余部分 / rest of that key';
comment on column identity.person_link.person_id is '人员编号；搁置记录为空 / person; null when the record is set aside';
comment on column identity.person_link.method is '关联方法 first deterministic reference probabilistic set_aside / how it was linked';
comment on column identity.person_link.rule is '规则 / the rule that linked it';
comment on column identity.person_link.probability is '同一人的概率 / probability of being the same person';
comment on column identity.person_link.linked_to is '关联到的记录；首条记录为空 / the record it was linked to; null for a person''s first';
comment on column identity.person_link.first_delivery_on is '首次交付日 / day of its first delivery, or since when it names this person';
comment on column identity.person_link.named_since is '主键曾指他人的，自何日何文件何行起改指此人 / where a key that named somebody else before came to name this person; null for any other';
comment on column identity.person_link.is_contested is '证件号码有争议 / its number is used by clearly different people';

create table if not exists identity.person_ledger (
    person_id text primary key,
    anchor_record_key text not null,
    issued_on date not null,
    status text not null check (status in ('active', 'retired')),
    retired_into text,
    issued_run_id bigint not null,
    changed_run_id bigint not null
);
alter table identity.person_ledger add column if not exists anchor_named_since text;
create index if not exists person_ledger_led_to on identity.person_ledger (retired_into)
where retired_into is not null;
create index if not exists person_ledger_lost_anchor on identity.person_ledger (anchor_record_key)
where status = 'retired';
comment on table identity.person_ledger is
'人员编号台账：编号只增不删，退役可恢复，永不他用 / every person id ever issued; retired, reinstated, never re-used';
comment on column identity.person_ledger.person_id is '人员编号 / person';
comment on column identity.person_ledger.anchor_record_key is '定编号的记录：核实程度最高者，其次最早者 / the record that the id derives from: the best verified, then the first delivered';
comment on column identity.person_ledger.anchor_named_since is '该记录主键曾指他人的，自何处起改指此人 / where the key of that record, if it named somebody else before, came to name this person';
comment on column identity.person_ledger.issued_on is '定编号记录的首次交付日 / day that record was first delivered';
comment on column identity.person_ledger.status is '状态 active retired / state';
comment on column identity.person_ledger.retired_into is '现在何人名下：其定编号记录所属的在用编号；已无记录则为空 / the living person who has its anchor record, or most of its last records when that is gone or names somebody else; null when no record is left';
comment on column identity.person_ledger.issued_run_id is '发号的运行编号 / run that issued it';
comment on column identity.person_ledger.changed_run_id is '最近变更的运行编号 / run that last changed it';

create table if not exists identity.review_task (
    task_id text primary key,
    kind text not null,
    record_key_a text not null,
    record_key_b text not null,
    probability numeric(7, 6),
    reason text not null,
    evidence jsonb not null,
    state text not null default 'open',
    first_seen_on date not null
);
create index if not exists review_task_record_a on identity.review_task (record_key_a);
create index if not exists review_task_record_b on identity.review_task (record_key_b);
comment on table identity.review_task is
'人工复核任务 / one row per pair of records that a person must look at';
comment on column identity.review_task.task_id is '任务编号 / task';
comment on column identity.review_task.kind is '类型 possible_duplicate contested_id newborn overlay / kind';
comment on column identity.review_task.record_key_a is '记录甲 / one record';
comment on column identity.review_task.record_key_b is '记录乙 / the other record';
comment on column identity.review_task.probability is '同一人的概率 / probability of being the same person';
comment on column identity.review_task.reason is '未自动关联的原因 / why it was not decided automatically';
comment on column identity.review_task.evidence is '各项比较的等级，不含任何值 / level of each comparison, no values';
comment on column identity.review_task.state is '状态 / state';
comment on column identity.review_task.first_seen_on is '两条记录都已交付之日 / the day both records had been delivered';
