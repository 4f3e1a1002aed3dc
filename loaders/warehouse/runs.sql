-- One row per run of the pipeline.
create table if not exists audit.run (
    run_id bigint generated always as identity primary key,
    kind text not null,
    through date,
    state text not null default 'running',
    step text,
    message text,
    code_digest text not null,
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz
);
comment on table audit.run is '每次运行 / every run of the pipeline';
comment on column audit.run.run_id is '运行编号 / number of the run';
comment on column audit.run.kind is '运行类型：land 只落地，build 构建发布 / land only, or build';
comment on column audit.run.through is '处理到哪一日的交付 / deliveries up to this day';
comment on column audit.run.state is '状态 running published unchanged landed failed / state';
comment on column audit.run.step is '最近的步骤 / the latest step';
comment on column audit.run.message is '结果说明 / what came of it';
comment on column audit.run.code_digest is '代码与配置摘要 / digest of code and configuration';
comment on column audit.run.started_at is '开始时间 / started at';
comment on column audit.run.finished_at is '结束时间 / finished at';
