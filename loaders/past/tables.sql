-- What a build was made from, as far as it is not kept elsewhere: valid from one run until,
-- but not in, another, as the links are (identity.person_link_history).

create table if not exists audit.file_ledger_history (
    file_id bigint not null,
    valid_from_run bigint not null,
    valid_to_run bigint,
    system char(1) not null,
    feed text,
    delivery_date date not null,
    file_name text not null,
    member_name text not null,
    sha256 text,
    logical_date date,
    period text,
    is_full boolean not null,
    page integer,
    revision integer not null,
    state text not null,
    replaced_by bigint,
    rows_read integer not null,
    rows_accepted integer not null,
    rows_rejected integer not null,
    rows_duplicate integer not null,
    rows_superseded integer not null,
    primary key (file_id, valid_from_run)
);
create index if not exists file_ledger_history_content
on audit.file_ledger_history (feed, period, sha256);
comment on table audit.file_ledger_history is
'台账的各个版本：每次构建读到的文件与其状态 / every version of the ledger that a build has read: which files were known, and in which state';
comment on column audit.file_ledger_history.file_id is '文件编号，见 audit.file_ledger / file, see audit.file_ledger';
comment on column audit.file_ledger_history.valid_from_run is '首次读到此版本的运行 / the first run that read it so';
comment on column audit.file_ledger_history.valid_to_run is '首次不再如此的运行；空为现行 / the first run that did not; null: it is the current one';
comment on column audit.file_ledger_history.system is '来源系统字母 / letter of the delivering system';
comment on column audit.file_ledger_history.feed is '数据编号 / feed';
comment on column audit.file_ledger_history.delivery_date is '交付日期 / day of delivery';
comment on column audit.file_ledger_history.file_name is '文件名 / name of the file';
comment on column audit.file_ledger_history.member_name is '压缩包内文件名或数据库表名 / member of the zip or table of the database';
comment on column audit.file_ledger_history.sha256 is '内容摘要 / digest of the content';
comment on column audit.file_ledger_history.logical_date is '文件名所示日期 / day that the name carries';
comment on column audit.file_ledger_history.period is '文件名所示期间 / period that the name carries';
comment on column audit.file_ledger_history.is_full is '是否全量 / whether it is part of a complete list';
comment on column audit.file_ledger_history.page is '页号 / number of the page';
comment on column audit.file_ledger_history.revision is '更正序号 / number of the correction';
comment on column audit.file_ledger_history.state is '当时的状态 / its state then';
comment on column audit.file_ledger_history.replaced_by is '当时取代它的文件 / what had taken its place then';
comment on column audit.file_ledger_history.rows_read is '读入行数 / rows read';
comment on column audit.file_ledger_history.rows_accepted is '接收行数 / rows accepted';
comment on column audit.file_ledger_history.rows_rejected is '拒收行数 / rows rejected';
comment on column audit.file_ledger_history.rows_duplicate is '重复行数 / rows that were there before';
comment on column audit.file_ledger_history.rows_superseded is '被取代行数 / rows of which a newer version was there';

create table if not exists identity.event_owner_history (
    event_record_key text not null,
    valid_from_run bigint not null,
    valid_to_run bigint,
    owner_record_key text not null,
    primary key (event_record_key, valid_from_run)
);
comment on table identity.event_owner_history is
'事件归属裁决的各个版本：每次构建所依从者 / to whom events belonged by stewards'' words, as each build obeyed them';
comment on column identity.event_owner_history.event_record_key is '就诊、住院或费用的记录键 / the event';
comment on column identity.event_owner_history.valid_from_run is '自此运行起有效 / the first run that obeyed it';
comment on column identity.event_owner_history.valid_to_run is '至此运行止；空为现行 / the first run that did not; null: it still stands';
comment on column identity.event_owner_history.owner_record_key is '所属之人的一条记录 / a record of the person to whom it belonged';
