create table if not exists identity.identifier_assertion (
    record_key text not null,
    id_type text not null,
    assigner text not null,
    value_raw text not null,
    value_normalised text,
    is_valid boolean not null,
    verification_level smallint not null,
    flags text[] not null,
    is_own boolean not null,
    first_seen_on date not null,
    last_seen_on date not null
);
create index if not exists identifier_assertion_record
on identity.identifier_assertion (record_key);
create index if not exists identifier_assertion_value
on identity.identifier_assertion (id_type, value_normalised);
comment on table identity.identifier_assertion is
'标识断言：哪条记录说谁有哪个号码，可信到什么程度；不选定任何一张卡为主键 / one row per number that a record gives for a person, and how far it can be trusted; none of them is the person''s key';
comment on column identity.identifier_assertion.record_key is '来源记录键 / key of the source record';
comment on column identity.identifier_assertion.id_type is '标识种类 / kind of identifier';
comment on column identity.identifier_assertion.assigner is '发号者：机构代码或系统字母，全国号码为空 / who gave it: institution or system, empty for numbers of the nation';
comment on column identity.identifier_assertion.value_raw is '号码（原样） / number as delivered';
comment on column identity.identifier_assertion.value_normalised is '可比形式；不可读者为空 / comparable form, null when there is none';
comment on column identity.identifier_assertion.is_valid is '是否合乎该种类的规则 / whether it is a right one of its kind';
comment on column identity.identifier_assertion.verification_level is '核实级别：4 读卡 3 见证件 2 手录 1 推导 0 无效 / 4 read from a chip, 3 document seen, 2 typed, 1 derived, 0 invalid';
comment on column identity.identifier_assertion.flags is '异常标记 / what was odd about it';
comment on column identity.identifier_assertion.is_own is '是否本人号码；母亲的号码为否 / whether it is the person''s own; a mother''s is not';
comment on column identity.identifier_assertion.first_seen_on is '首次交付日 / first delivered on';
comment on column identity.identifier_assertion.last_seen_on is '最近交付日 / last delivered on';
