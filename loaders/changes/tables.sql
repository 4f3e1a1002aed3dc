-- The books of what has been built from what; nothing here is read by people.
create table if not exists changes.layer (
    layer text primary key,
    version text not null,
    built_at timestamptz not null default clock_timestamp()
);
comment on table changes.layer is
'每一层是用哪个版本的规则建成的 / by which version of the rules each layer was built';
comment on column changes.layer.layer is '层 / layer';
comment on column changes.layer.version is
'代码、规则与契约的摘要 / digest of code, rules and contracts';
comment on column changes.layer.built_at is '建成时间 / when it was built';

create table if not exists changes.known_file (
    feed text not null,
    file_id bigint not null,
    facts bigint not null,
    primary key (feed, file_id)
);
comment on table changes.known_file is
'贴源层已读过的文件及其状态 / files as staging has last seen them';
comment on column changes.known_file.feed is '数据编号 / feed';
comment on column changes.known_file.file_id is
'文件编号，见 audit.file_ledger / file, see audit.file_ledger';
comment on column changes.known_file.facts is
'影响读取的事实的摘要 / digest of the facts that decide what is read';

create table if not exists changes.waiting_feed (
    feed text primary key,
    is_whole boolean not null
);
comment on table changes.waiting_feed is
'等待重读的数据集 / feeds that staging has to read again';
comment on column changes.waiting_feed.feed is '数据编号 / feed';
comment on column changes.waiting_feed.is_whole is
'整个重读，因为清单之外的算作删除 / read as a whole, since what a list leaves out is deleted';

create table if not exists changes.waiting_key (
    feed text not null,
    key_hash bigint not null,
    primary key (feed, key_hash)
);
comment on table changes.waiting_key is
'等待重读的主键 / keys of which staging has to read the rows again';
comment on column changes.waiting_key.feed is '数据编号 / feed';
comment on column changes.waiting_key.key_hash is
'主键的摘要，同落地表的索引 / digest of the key, as in the index of the landed table';

create table if not exists changes.waiting_file (
    feed text not null,
    file_id bigint primary key
);
comment on table changes.waiting_file is
'来了或变了而贴源层还没读的文件 / files that came or changed and that staging has not read';
comment on column changes.waiting_file.feed is '数据编号 / feed';
comment on column changes.waiting_file.file_id is
'文件编号，见 audit.file_ledger / file, see audit.file_ledger';

-- Which persons are built again, and the rows from which. Empty when a build has ended; the
-- next build goes on from what one that did not end leaves here.
create table if not exists changes.affected_person (
    person_id text primary key,
    round integer not null,
    is_whole boolean not null default false
);
alter table changes.affected_person
add column if not exists is_whole boolean not null default false;
comment on table changes.affected_person is
'本次需要重建档案的居民 / persons whose record is built again this time';
comment on column changes.affected_person.person_id is '居民编号 / person';
comment on column changes.affected_person.round is
'第几轮找到的 / round of the search in which it was found';
comment on column changes.affected_person.is_whole is
'是否全部重建；否则只重建自成一体的表 / whether all of the record is built again, or what stands apart';

create table if not exists changes.affected_row (
    record_key text not null,
    source_system text not null,
    source_table text not null,
    org_code text not null,
    native_id text not null,
    native_part text not null,
    is_event boolean not null default false
);
alter table changes.affected_row
add column if not exists is_event boolean not null default false;
comment on table changes.affected_row is
'本次读取或消失的来源记录 / source records that are read this time, or are no more';
comment on column changes.affected_row.record_key is '记录键 / record key';
comment on column changes.affected_row.source_system is '来源系统 / source system';
comment on column changes.affected_row.source_table is '来源表 / source table';
comment on column changes.affected_row.org_code is '机构代码 / institution code of the source';
comment on column changes.affected_row.native_id is '来源主键 / key in the source';
comment on column changes.affected_row.native_part is
'来源主键的其余部分 / further parts of the key';
comment on column changes.affected_row.is_event is
'是否因所述事件有变而读取；否则因其人有变 / whether it was read because something of its event changed, else because of its person';

create table if not exists changes.seen_event (
    seq bigint not null
);
comment on table changes.seen_event is
'档案层已处理到的身份变动 / up to which event the record knows what became of person ids';
comment on column changes.seen_event.seq is
'编号，见 identity.person_event / number, see identity.person_event';

-- Of an earlier version, which compared all records with what they had said.
drop table if exists changes.seen_statement, changes.statement_difference;

create table if not exists changes.waiting_statement (
    record_key text primary key
);
comment on table changes.waiting_statement is
'等待重新择优的来源记录 / records that staging has read anew and golden has not';
comment on column changes.waiting_statement.record_key is '记录键 / record key';

create table if not exists changes.waiting_candidate (
    staged text not null,
    record_key text not null,
    primary key (record_key, staged)
);
comment on table changes.waiting_candidate is
'等待重新读出其指名之人的来源记录 / records that may name somebody otherwise since staging was read';
comment on column changes.waiting_candidate.staged is '贴源表 / staged table';
comment on column changes.waiting_candidate.record_key is '记录键 / record key';

create table if not exists changes.sent_again (
    staged text not null,
    record_key text not null,
    primary key (record_key, staged)
);
comment on table changes.sent_again is
'又送来一次的来源记录，其最近交付日待更新 / records that were sent once more; the day of their last delivery waits to be noted';
comment on column changes.sent_again.staged is '贴源表 / staged table';
comment on column changes.sent_again.record_key is '记录键 / record key';

create table if not exists changes.told_event_owner (
    event_record_key text not null,
    owner_record_key text not null
);
comment on table changes.told_event_owner is
'生平事实已据以判定的就诊归属裁决 / decisions on whose an event is, as facts of lives were last told';
comment on column changes.told_event_owner.event_record_key is '就诊或住院的记录键 / the event';
comment on column changes.told_event_owner.owner_record_key is
'所属之人的一条记录 / a record of the person to whom it belongs';

create table if not exists changes.model_sql (
    model text primary key,
    version text not null,
    statement text not null
);
comment on table changes.model_sql is
'模型的查询语句，每日照用 / queries of models that are asked every day without dbt';
comment on column changes.model_sql.model is '模型 / model';
comment on column changes.model_sql.version is '规则的摘要 / digest of the rules';
comment on column changes.model_sql.statement is '查询语句 / query';

create table if not exists changes.seen_day (
    last_data_on date
);
alter table changes.seen_day
add column if not exists full_run_id bigint;
comment on table changes.seen_day is
'择优信息上次建成时的数据截止日与关联 / last day of data, and links, when the golden tables were built';
comment on column changes.seen_day.last_data_on is '截止日 / day';
comment on column changes.seen_day.full_run_id is
'当时最近一次全部重新关联的运行 / the last run then that had linked everybody anew';

create table if not exists changes.promise (
    layer text not null,
    version text not null,
    test text not null,
    models text[] not null,
    statement text not null,
    primary key (layer, test)
);
comment on table changes.promise is
'每日更新后要问的测试 / tests that are asked of what a day has put into a layer';
comment on column changes.promise.layer is '层 / layer';
comment on column changes.promise.version is
'规则与所读表的摘要 / digest of the rules and of the tables that are read';
comment on column changes.promise.test is '测试 / test';
comment on column changes.promise.models is '所读的模型 / models that it reads';
comment on column changes.promise.statement is
'查询不应有的行 / query that gives the rows that should not be';

create table if not exists changes.prepared_model (
    layer text not null,
    version text not null,
    model text not null,
    way text not null,
    makes text not null,
    names text[] not null,
    statement text not null,
    primary key (layer, model, way)
);
comment on table changes.prepared_model is
'每日更新各模型所执行的语句 / statements by which a day brings the models of a layer up to date';
comment on column changes.prepared_model.layer is '层 / layer';
comment on column changes.prepared_model.version is
'规则与所读表的摘要 / digest of the rules and of the tables that are read';
comment on column changes.prepared_model.model is '模型 / model';
comment on column changes.prepared_model.way is
'读取方式：整体或只读等待的主键 / which way it reads a feed: whole, or the keys that wait';
comment on column changes.prepared_model.makes is '所写的表 / table that it writes';
comment on column changes.prepared_model.names is '语句所提到的表 / tables that it names';
comment on column changes.prepared_model.statement is '语句 / statement';

create table if not exists changes.attempt (
    layer text primary key,
    attempts integer not null
);
comment on table changes.attempt is
'未完成的更新已试过几次 / how often it was tried to bring a layer up to date, until it is';
comment on column changes.attempt.layer is '层 / layer';
comment on column changes.attempt.attempts is '次数 / how often';
