-- The tables of landing and its ledger that no contract describes.
create schema if not exists landing;
create schema if not exists audit;

-- One row per delivered table (a file, a member of a zip, a table of a database).
create table if not exists audit.file_ledger (
    file_id bigint generated always as identity primary key,
    batch_id bigint not null,
    delivery_date date not null,
    system char(1) not null,
    folder text not null,
    file_name text not null,
    member_name text not null default '',
    feed text,
    table_name text,
    sha256 text,
    byte_count bigint,
    logical_date date,
    period text,
    is_full boolean not null default false,
    page integer,
    revision integer not null default 0,
    state text not null check (
        state in ('landed', 'replaced', 'duplicate', 'refused', 'missing', 'no_contract')
    ),
    state_reason text,
    replaced_by bigint references audit.file_ledger,
    rows_manifest integer,
    rows_read integer not null default 0,
    rows_accepted integer not null default 0,
    rows_rejected integer not null default 0,
    rows_duplicate integer not null default 0,
    rows_superseded integer not null default 0,
    recorded_at timestamptz not null default clock_timestamp(),
    columns text[],
    columns_added text[],
    columns_missing text[],
    columns_renamed text[],
    watermark text,
    slot text,
    is_marked_full boolean not null default false,
    constraint file_ledger_balances check (
        rows_read = rows_accepted + rows_rejected + rows_duplicate + rows_superseded
    )
);
create unique index if not exists file_ledger_place on audit.file_ledger (
    delivery_date, folder, file_name, member_name, coalesce(sha256, '')
);
create unique index if not exists file_ledger_content on audit.file_ledger (
    feed, period, sha256
) where state in ('landed', 'replaced');
create index if not exists file_ledger_feed on audit.file_ledger (feed, logical_date);
-- A ledger of ten years is asked the same questions every day as one of a week: each of
-- these finds its few rows without looking at the rest.
create index if not exists file_ledger_period on audit.file_ledger (feed, period);
create index if not exists file_ledger_delivered on audit.file_ledger (
    feed, delivery_date, file_id
);
create index if not exists file_ledger_watermark on audit.file_ledger (
    feed, watermark collate "C"
) where watermark is not null;
create index if not exists file_ledger_full on audit.file_ledger (feed, logical_date)
where is_full <> is_marked_full;
create index if not exists file_ledger_name on audit.file_ledger (file_name);
create index if not exists file_ledger_waiting on audit.file_ledger (system)
where state in ('refused', 'missing') and replaced_by is null;

comment on table audit.file_ledger is
'文件台账：每份交付的表一行，读入 = 接收 + 拒收 + 重复 + 被取代 / ledger of delivered tables: read = accepted + rejected + duplicate + superseded';
comment on column audit.file_ledger.file_id is '文件编号 / number of the delivered table';
comment on column audit.file_ledger.batch_id is '登记它的运行编号，见 audit.run / run that recorded it, see audit.run';
comment on column audit.file_ledger.delivery_date is '交付日期（所在文件夹） / day of delivery (the folder it lay in)';
comment on column audit.file_ledger.system is '来源系统字母 / letter of the delivering system';
comment on column audit.file_ledger.folder is '系统文件夹 / folder of the system';
comment on column audit.file_ledger.file_name is '文件名 / name of the file';
comment on column audit.file_ledger.member_name is '压缩包内文件名或数据库表名，无则为空串 / member of the zip or table of the database, empty if none';
comment on column audit.file_ledger.feed is '数据编号（手册），无契约则为空 / feed (handbook), null without a contract';
comment on column audit.file_ledger.table_name is '来源表名 / name of the table at its source';
comment on column audit.file_ledger.sha256 is '内容摘要 / digest of the content';
comment on column audit.file_ledger.byte_count is '字节数 / size in bytes';
comment on column audit.file_ledger.logical_date is '文件名所示日期，期间取首日 / day that the name carries, first day of a period';
comment on column audit.file_ledger.period is '文件名所示期间 / period that the name carries';
comment on column audit.file_ledger.is_full is '是否全量 / whether it is part of a complete list';
comment on column audit.file_ledger.page is '页号 / number of the page';
comment on column audit.file_ledger.revision is '更正序号，0 为原件 / number of the correction, 0 is the original';
comment on column audit.file_ledger.state is '状态：landed 已入库，replaced 被更正取代，duplicate 重复发送，refused 拒绝待补，missing 清单有而文件无，no_contract 无契约 / landed, replaced, duplicate, refused, missing or no_contract';
comment on column audit.file_ledger.state_reason is '状态原因，不含任何数据值 / reason of the state, never a value';
comment on column audit.file_ledger.replaced_by is '取代它的文件：更正件、完好件或先到的同内容件 / what took its place: the correction, the good copy, the same content that was there before';
comment on column audit.file_ledger.rows_manifest is '清单所报行数 / rows that the manifest announces';
comment on column audit.file_ledger.rows_read is '读入行数 / rows read';
comment on column audit.file_ledger.rows_accepted is '接收行数 / rows accepted';
comment on column audit.file_ledger.rows_rejected is '拒收行数，见 landing.reject / rows rejected, see landing.reject';
comment on column audit.file_ledger.rows_duplicate is '与已有行完全相同的行数 / rows equal to one that was there before';
comment on column audit.file_ledger.rows_superseded is '到达时已有更新版本的行数 / rows of which a newer version was there before';
comment on column audit.file_ledger.recorded_at is '登记时间 / when it was recorded';
comment on column audit.file_ledger.columns is '表头原样 / column names as read';
comment on column audit.file_ledger.columns_added is '契约之外的列 / columns that the contract does not know';
comment on column audit.file_ledger.columns_missing is '缺少的非必需列 / optional columns that are missing';
comment on column audit.file_ledger.columns_renamed is '以别名送来的列（别名=契约名） / columns that came under another name (sent=promised)';
comment on column audit.file_ledger.watermark is '数据库表的最高水位 / highest watermark of a database table';
comment on column audit.file_ledger.slot is '同一数据、期间、槽位的文件互相取代 / files of one feed, period and slot exclude one another';
comment on column audit.file_ledger.is_marked_full is '文件名标有全量 / the name says that it is a full list';

-- One row per file that needs no second look while it stays as it is. Only saves time.
create table if not exists audit.file_seen (
    delivery_date date not null,
    folder text not null,
    file_name text not null,
    byte_count bigint not null,
    modified_ns bigint not null,
    judged_by text not null,
    primary key (delivery_date, folder, file_name)
);
comment on table audit.file_seen is
'已处理且未变的文件，仅为省时，可清空 / files dealt with and unchanged since; may be emptied';
comment on column audit.file_seen.delivery_date is '交付日期 / day of delivery';
comment on column audit.file_seen.folder is '系统文件夹 / folder of the system';
comment on column audit.file_seen.file_name is '文件名 / name of the file';
comment on column audit.file_seen.byte_count is '字节数 / size in bytes';
comment on column audit.file_seen.modified_ns is '修改时间（纳秒） / time of last change in nanoseconds';
comment on column audit.file_seen.judged_by is '当时的清单与契约摘要 / digest of manifest and contracts of that time';

-- One row per folder all of whose files have been dealt with. Only saves time.
create table if not exists audit.folder_seen (
    delivery_date date not null,
    folder text not null,
    modified_ns bigint not null,
    judged_by text not null,
    has_folders boolean not null default true,
    primary key (delivery_date, folder)
);
alter table audit.folder_seen
add column if not exists has_folders boolean not null default true;
comment on table audit.folder_seen is
'所有文件都已处理的文件夹，仅为省时，可清空 / folders of which every file is dealt with; may be emptied';
comment on column audit.folder_seen.delivery_date is '交付日期 / day of delivery';
comment on column audit.folder_seen.folder is '系统文件夹 / folder of the system';
comment on column audit.folder_seen.modified_ns is '文件夹的修改时间（纳秒） / time of last change of the folder in nanoseconds';
comment on column audit.folder_seen.judged_by is '当时的契约摘要 / digest of the contracts of that time';
comment on column audit.folder_seen.has_folders is '其中是否还有文件夹 / whether there are folders in it';

-- One row per line that could not be loaded.
create table if not exists landing.reject (
    file_id bigint not null references audit.file_ledger,
    line_number integer not null,
    byte_offset bigint not null,
    reason_code text not null,
    reason text not null,
    raw_line text not null,
    raw bytea not null
);
create index if not exists reject_file_id on landing.reject (file_id);
comment on table landing.reject is
'拒收行：原样保存并写明原因 / rejected lines, as they were sent, with a reason';
comment on column landing.reject.file_id is '文件编号，见 audit.file_ledger / file, see audit.file_ledger';
comment on column landing.reject.line_number is '起始行号 / line on which the row starts';
comment on column landing.reject.byte_offset is '起始字节位置 / byte at which the row starts';
comment on column landing.reject.reason_code is '原因代码 / code of the reason';
comment on column landing.reject.reason is '原因，不含任何数据值 / reason, never a value';
comment on column landing.reject.raw_line is '原文（可读形式） / the line in readable form';
comment on column landing.reject.raw is '原始字节 / the bytes as sent';

-- One row per file whose rows count at present.
create or replace view landing.current_file as
select *
from audit.file_ledger
where state = 'landed';
comment on view landing.current_file is
'当前有效的文件：已入库且未被更正取代 / files that count: landed and not replaced';
-- What the columns of the ledger are, those of the view are, too.
do $$
declare
    ledger record;
begin
    for ledger in
        select attname, col_description(attrelid, attnum) as words
        from pg_attribute
        where attrelid = 'audit.file_ledger'::regclass and attnum > 0 and not attisdropped
    loop
        execute format(
            'comment on column landing.current_file.%I is %L', ledger.attname, ledger.words
        );
    end loop;
end
$$;

-- One row per full list of a feed; complete means that no part of it is missing.
create or replace view landing.full_list as
select
    feed,
    logical_date,
    bool_or(state = 'landed')
    and count(*) filter (
        where state in ('refused', 'missing') and replaced_by is null
    ) = 0
    and count(distinct page) filter (
        where state in ('landed', 'replaced', 'duplicate')
    ) = coalesce(max(page), 0) as is_complete
from audit.file_ledger
where is_full and feed is not null
group by feed, logical_date;
comment on view landing.full_list is
'全量清单是否齐全 / full lists, and whether every part of each has been landed';
comment on column landing.full_list.feed is '数据编号 / feed';
comment on column landing.full_list.logical_date is '清单日期 / day of the list';
comment on column landing.full_list.is_complete is '是否齐全 / whether it is complete';

-- One row per landed table and column of amounts.
create table if not exists audit.file_control_total (
    file_id bigint not null,
    column_name text not null,
    cell_count integer not null,
    unreadable_count integer not null,
    total numeric not null,
    primary key (file_id, column_name)
);
comment on table audit.file_control_total is
'落地控制总数：每份文件每个金额列的合计 / control totals at landing: what each column of amounts adds up to';
comment on column audit.file_control_total.file_id is '文件编号，见 audit.file_ledger / file, see audit.file_ledger';
comment on column audit.file_control_total.column_name is '金额列（原名） / column of amounts, as delivered';
comment on column audit.file_control_total.cell_count is '非空单元格数 / cells that are not empty';
comment on column audit.file_control_total.unreadable_count is '其中读不成金额的 / of these no amount';
comment on column audit.file_control_total.total is '合计，单位同来文 / sum, in the unit of the delivery';

-- One row per landed table: by which contract it was read. A replay asks.
create table if not exists audit.file_contract (
    file_id bigint primary key,
    contract_digest text not null
);
comment on table audit.file_contract is
'读取每份文件时的契约 / the contract by which each file was read';
comment on column audit.file_contract.file_id is '文件编号，见 audit.file_ledger / file, see audit.file_ledger';
comment on column audit.file_contract.contract_digest is '契约摘要 / digest of the contract';

-- One row per content without a header of its own: it was read with the columns of page 1.
create table if not exists audit.headerless_page (
    feed text not null,
    period text not null,
    sha256 text not null,
    primary key (feed, period, sha256)
);
comment on table audit.headerless_page is
'没有表头、按第1页的列读取的续页 / pages without a header, read with the columns of page 1';
comment on column audit.headerless_page.feed is '数据编号 / feed';
comment on column audit.headerless_page.period is '文件名所示期间 / period that the name carries';
comment on column audit.headerless_page.sha256 is '内容摘要 / digest of the content';

-- One row per replayed file and rule: what a corrected contract made good.
create table if not exists audit.replay (
    replay_id bigint generated always as identity primary key,
    replayed_at timestamptz not null default clock_timestamp(),
    who text not null,
    file_id bigint not null,
    source text not null check (source in ('file', 'kept bytes')),
    reason_code text not null default '',
    lines_before integer not null,
    lines_after integer not null
);
create index if not exists replay_file_id on audit.replay (file_id);
comment on table audit.replay is
'重放记录：契约修正后重新读取的文件与行数 / replays: files that were read again under a corrected contract';
comment on column audit.replay.replay_id is '编号 / number';
comment on column audit.replay.replayed_at is '时间 / when';
comment on column audit.replay.who is '操作系统账号 / account of the system';
comment on column audit.replay.file_id is '文件编号，见 audit.file_ledger / file, see audit.file_ledger';
comment on column audit.replay.source is '读自原文件或保存的原文 / read from the file or from the bytes kept of it';
comment on column audit.replay.reason_code is '拒收规则；空串指未拒收的行 / rule of the rejects; empty for rows that were stored';
comment on column audit.replay.lines_before is '之前的行数 / lines before';
comment on column audit.replay.lines_after is '之后的行数 / lines after';

-- One row per line that was no row until a replay: no release before had it.
create table if not exists audit.replayed_row (
    feed text not null,
    file_id bigint not null,
    line_number integer not null,
    known_from_run bigint,
    primary key (file_id, line_number)
);
comment on table audit.replayed_row is
'经重放才成为行的行：在此之前的发布不知有它 / lines that became rows by a replay: releases before it did not know them';
comment on column audit.replayed_row.feed is '数据编号 / feed';
comment on column audit.replayed_row.file_id is '文件编号，见 audit.file_ledger / file, see audit.file_ledger';
comment on column audit.replayed_row.line_number is '行号 / line';
comment on column audit.replayed_row.known_from_run is '首次读到它的运行；空为尚未读到 / the first run that read it; null: none has yet';

-- One row per time that a row of a database changed its owner, since an earlier delivery
-- that came late had held it already. `to` is where the row lies today.
create table if not exists audit.moved_row (
    move_id bigint generated always as identity primary key,
    feed text not null,
    from_file_id bigint not null,
    from_line_number integer not null,
    to_file_id bigint not null,
    to_line_number integer not null
);
create index if not exists moved_row_to on audit.moved_row (to_file_id, to_line_number);
comment on table audit.moved_row is
'改归更早交付的行：迟到的数据库文件中已有它 / rows that a late, earlier delivery of a database turned out to hold';
comment on column audit.moved_row.move_id is '编号 / number';
comment on column audit.moved_row.feed is '数据编号 / feed';
comment on column audit.moved_row.from_file_id is '原属文件 / file that had the row';
comment on column audit.moved_row.from_line_number is '原行号 / its line there';
comment on column audit.moved_row.to_file_id is '现属文件 / file that has it today';
comment on column audit.moved_row.to_line_number is '现行号 / its line there';
