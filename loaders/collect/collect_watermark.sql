-- One row per extraction from a source database.
create table if not exists audit.collect_watermark (
    extraction_id bigint generated always as identity primary key,
    feed text not null,
    day date not null,
    file_name text,
    source text not null,
    mode text not null,
    column_name text,
    watermark_kind text,
    watermark text,
    rows_read bigint not null,
    rows_without_value bigint not null,
    collected_at timestamptz not null default clock_timestamp()
);
create index if not exists collect_watermark_feed on audit.collect_watermark (feed, day);
comment on table audit.collect_watermark is
'从来源数据库取数的记录与水位 / extractions from source databases, and how far each has read';
comment on column audit.collect_watermark.extraction_id is '取数编号 / number of the extraction';
comment on column audit.collect_watermark.feed is '数据编号 / feed';
comment on column audit.collect_watermark.day is '交付日期 / day of the delivery';
comment on column audit.collect_watermark.file_name is '写成的文件，无新数据则为空 / file that was written, null when nothing was new';
comment on column audit.collect_watermark.source is '来源数据库，不含用户与密码 / the database, without user and password';
comment on column audit.collect_watermark.mode is '方式：watermark 水位，rolling 滚动窗口，full 全量 / watermark, rolling or full';
comment on column audit.collect_watermark.column_name is '决定取哪些行的列 / column that decides which rows are read';
comment on column audit.collect_watermark.watermark_kind is '水位值的类型 / kind of the watermark';
comment on column audit.collect_watermark.watermark is '已读到的最高值 / highest value read';
comment on column audit.collect_watermark.rows_read is '读取行数 / rows read';
comment on column audit.collect_watermark.rows_without_value is '该列为空的行数，每次都取 / rows without a value in that column, read every time';
comment on column audit.collect_watermark.collected_at is '取数时间 / when it was done';
