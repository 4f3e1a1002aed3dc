-- One row per run and stage: what the gate said. Anything but 'passed' is a no.
create table if not exists audit.gate_run (
    run_id bigint not null,
    stage text not null,
    state text not null check (state in ('running', 'passed', 'refused', 'crashed')),
    message text,
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    primary key (run_id, stage)
);
comment on table audit.gate_run is '门禁结论 / what each gate said in each run';
comment on column audit.gate_run.run_id is '运行编号 / number of the run';
comment on column audit.gate_run.stage is '层次 landing staging record indicators / layer';
comment on column audit.gate_run.state is
'结论 running 未答 passed 放行 refused 拒绝 crashed 出错；非 passed 即不放行 / anything but passed is a no';
comment on column audit.gate_run.message is '说明 / what came of it, in a sentence';
comment on column audit.gate_run.started_at is '开始时间 / started at';
comment on column audit.gate_run.finished_at is '结束时间 / finished at';

-- One row per run, stage, table and expectation.
create table if not exists audit.gate_result (
    run_id bigint not null,
    stage text not null,
    suite text not null,
    expectation text not null,
    severity text not null check (severity in ('critical', 'warning')),
    success boolean not null,
    element_count bigint not null,
    unexpected_count bigint not null,
    failing_keys text[] not null default '{}',
    meaning_zh text not null,
    meaning_en text not null,
    look_at text not null,
    checked_at timestamptz not null default clock_timestamp(),
    primary key (run_id, stage, suite, expectation)
);
alter table audit.gate_result
add column if not exists of_state text,
add column if not exists answered_by_run bigint;
comment on table audit.gate_result is
'每条期望的结果：只有计数与键，没有数据值 / the answer to each expectation: counts and keys, no values';
comment on column audit.gate_result.run_id is '运行编号 / number of the run';
comment on column audit.gate_result.stage is '层次 / layer';
comment on column audit.gate_result.suite is '所查的表 / the table that was looked at';
comment on column audit.gate_result.expectation is '期望名称 / name of the expectation';
comment on column audit.gate_result.severity is
'critical 不通过则停止发布，warning 只报告 / critical stops, warning is reported';
comment on column audit.gate_result.success is '是否符合 / whether it was met';
comment on column audit.gate_result.element_count is '所查行数 / rows looked at';
comment on column audit.gate_result.unexpected_count is '不符数 / elements that fail it';
comment on column audit.gate_result.failing_keys is
'不符者的键：记录键或文件行号，至多二十个，绝无数据值 / keys of what fails, capped, never a value';
comment on column audit.gate_result.meaning_zh is '含义 / what it means, in Chinese';
comment on column audit.gate_result.meaning_en is '含义（英文） / what it means, in English';
comment on column audit.gate_result.look_at is '到何处查看 / where to look';
comment on column audit.gate_result.checked_at is '检查时间 / checked at';
comment on column audit.gate_result.of_state is
'答案所依据的状态之摘要：文件、表、检查与代码 / digest of what the answer depends on: files, tables, checks, code';
comment on column audit.gate_result.answered_by_run is
'沿用此前哪次运行的答案，其后所写的行都不能推翻它 / the run whose answer this is, since nothing was written that could turn it';

-- One row per staging table and column that is read from text or must be plausible; kept
-- as rows are written.
create table if not exists audit.column_count (
    suite text not null,
    column_name text not null,
    landed_count bigint not null,
    unreadable_count bigint not null,
    staged_count bigint not null,
    implausible_count bigint not null,
    counted_at timestamptz not null default clock_timestamp(),
    primary key (suite, column_name)
);
comment on table audit.column_count is
'贴源层各列的读取情况 / how the cells of each staging column were read';
comment on column audit.column_count.suite is '贴源层的表 / staging table';
comment on column audit.column_count.column_name is '列 / column';
comment on column audit.column_count.landed_count is
'落地时已填的格数 / cells that landed with something in them';
comment on column audit.column_count.unreadable_count is
'已填而读不懂的格数 / those of them that gave no date, number or code';
comment on column audit.column_count.staged_count is '读出值的格数 / cells that have a value';
comment on column audit.column_count.implausible_count is
'日期、金额或性别不合常理的格数 / cells with an impossible date, amount or sex';
comment on column audit.column_count.counted_at is '计数时间 / when they were last counted';

-- One row per staging table that is counted as rows are written (kept_counts.py).
create table if not exists audit.table_count (
    suite text primary key,
    row_count bigint not null,
    keyless_count bigint not null,
    repeated_count bigint not null,
    aside_count bigint not null,
    lineless_count bigint not null,
    node text not null default '',
    written_count bigint not null default 0
);
comment on table audit.table_count is
'贴源层各表的行数，随写随计 / rows of each staging table, counted as they are written';
comment on column audit.table_count.suite is '贴源层的表 / staging table';
comment on column audit.table_count.row_count is '行数 / rows';
comment on column audit.table_count.keyless_count is '没有记录键的行数 / rows without a record key';
comment on column audit.table_count.repeated_count is
'记录键与他行重复的行数 / rows whose record key another row has';
comment on column audit.table_count.aside_count is '搁置的行数 / rows that are set aside';
comment on column audit.table_count.lineless_count is
'找不到落地行的行数 / rows of which no landed line is found';
comment on column audit.table_count.node is
'存放处与规则之摘要 / where it and the landed rows lie, and a digest of what is counted';
comment on column audit.table_count.written_count is
'服务器所计、触发器所计的写入行数 / rows ever written, as the server and then the triggers count';

-- The statement that a trigger is given adds the rows of {come} and takes away {gone}.
create or replace function audit.count_written_rows() returns trigger
language plpgsql as $$
declare
    nothing text := format('(select * from %s limit 0) as nothing', tg_relid::regclass);
    come text := case when tg_op = 'DELETE' then nothing else 'come' end;
    gone text := case when tg_op = 'INSERT' then nothing else 'gone' end;
    is_written boolean;
begin
    execute format(
        'select exists (select from %1$s) or exists (select from %2$s)', come, gone
    ) into is_written;
    if is_written then
        execute replace(replace(tg_argv[0], '{come}', come), '{gone}', gone);
        -- The server counts rows, too, and is asked as soon as they are written.
        perform pg_stat_force_next_flush();
    end if;
    return null;
end
$$;
comment on function audit.count_written_rows() is
'随写入更新贴源层的计数 / keeps the counts of a staging table as rows come, go or change';

-- Notes of rows that were written since the record gate was last asked. It must outlast a
-- crash, as the rows do: so it is no unlogged table.
create table if not exists audit.written_row (
    table_name text not null,
    person_id text,
    row_key text,
    file_id bigint,
    line_number bigint,
    asked_by_run bigint
);
comment on table audit.written_row is
'上次档案门禁之后写入、修改或删除的行 / rows that came, went or changed since the record gate was last asked';
comment on column audit.written_row.table_name is '表 / table';
comment on column audit.written_row.person_id is '人员编号 / person';
comment on column audit.written_row.row_key is '记录键 / key of the row';
comment on column audit.written_row.file_id is
'文件编号，见 audit.file_ledger / file, see audit.file_ledger';
comment on column audit.written_row.line_number is '行号 / line';
comment on column audit.written_row.asked_by_run is
'正在就其作答的运行 / run in which it is being asked about';

create or replace function audit.note_written_rows() returns trigger
language plpgsql as $$
begin
    if tg_op in ('INSERT', 'UPDATE') then
        execute format(
            'insert into audit.written_row select %L, %s from come',
            tg_table_schema || '.' || tg_table_name, tg_argv[0]
        );
    end if;
    if tg_op in ('DELETE', 'UPDATE') then
        execute format(
            'insert into audit.written_row select %L, %s from gone',
            tg_table_schema || '.' || tg_table_name, tg_argv[0]
        );
    end if;
    return null;
end
$$;
comment on function audit.note_written_rows() is
'记下写入、修改或删除的行 / notes the rows that have come, gone or changed';

-- One row per table of which the record gate is told what is written in it.
create table if not exists audit.watched_table (
    table_name text primary key,
    node text not null,
    written bigint not null,
    run_id bigint not null
);
comment on table audit.watched_table is
'档案门禁所关注的表，及其当时的存放处与写入行数 / tables as the record gate has last seen them';
comment on column audit.watched_table.table_name is '表 / table';
comment on column audit.watched_table.node is
'存放处与所记的列；文件台账则为已有文件的摘要 / where it lies and what is noted; of the ledger a digest of its files';
comment on column audit.watched_table.written is
'服务器所计的写入行数；文件台账则为最大编号 / rows ever written, as the server counts; of the ledger its highest number';
comment on column audit.watched_table.run_id is '当时的运行 / run in which it was seen';
