-- One row per release.
create table if not exists published.release (
    release_id bigint primary key,
    run_id bigint not null,
    published_at timestamptz not null default clock_timestamp(),
    through_delivery date not null,
    data_day date not null,
    value_count bigint not null,
    case_count bigint not null,
    restatement_count bigint not null,
    digest text not null
);
comment on table published.release is '每次发布 / every release';
comment on column published.release.release_id is '发布编号，从 1 起连续 / number of the release, counted from 1';
comment on column published.release.run_id is '产生它的运行 / the run that made it';
comment on column published.release.published_at is '发布时间 / published at';
comment on column published.release.through_delivery is '所含最近交付日 / newest delivery that is in it';
comment on column published.release.data_day is '数据截止日 / last day that the data know about';
comment on column published.release.value_count is '指标值个数 / values in it';
comment on column published.release.case_count is '名单行数 / cases in it';
comment on column published.release.restatement_count is '重述个数 / values that it restates';
comment on column published.release.digest is '指标值与名单的摘要 / digest of values and cases';

-- One row per indicator.
create table if not exists published.indicator (
    indicator_code text primary key,
    name_zh text not null,
    name_en text not null,
    definition_zh text,
    definition_en text,
    unit text not null,
    direction text,
    grains text not null,
    is_monthly boolean not null,
    owner text,
    source text,
    factor bigint not null,
    release_id bigint not null
);
comment on table published.indicator is '指标目录 / the indicators and what they mean';
comment on column published.indicator.indicator_code is '指标代码 / code of the indicator';
comment on column published.indicator.name_zh is '名称 / name in Chinese';
comment on column published.indicator.name_en is '英文名称 / name in English';
comment on column published.indicator.definition_zh is '定义 / definition in Chinese';
comment on column published.indicator.definition_en is '英文定义 / definition in English';
comment on column published.indicator.unit is '单位 share 比例 days 天 / unit of the value';
comment on column published.indicator.direction is '方向：越高越好或越低越好 / whether higher or lower is better';
comment on column published.indicator.grains is '统计口径，分号分隔 / grains, separated by semicolons';
comment on column published.indicator.is_monthly is '是否按月 / whether there are monthly values';
comment on column published.indicator.owner is '负责人 / who answers for it';
comment on column published.indicator.source is '依据文件 / the document that defines it';
comment on column published.indicator.factor is '乘数 / the value is the quotient times this';
comment on column published.indicator.release_id is '最近改动的发布 / release that last changed this row';

-- One row per indicator, period, grain and organisation.
create table if not exists published.indicator_value (
    indicator_code text not null,
    period text not null,
    grain text not null,
    org_code text not null,
    org_name text,
    numerator bigint,
    denominator bigint,
    value numeric,
    status text not null,
    target_value numeric,
    target_met boolean,
    release_id bigint not null,
    primary key (indicator_code, period, grain, org_code)
);
comment on table published.indicator_value is '指标值 / the values of the indicators';
comment on column published.indicator_value.indicator_code is '指标代码 / code of the indicator';
comment on column published.indicator_value.period is '期间：年 2024、月 202403 或日 20241231 / year, month or day';
comment on column published.indicator_value.grain is '口径 county 县 group 集团 institution 机构 township 乡镇 / grain';
comment on column published.indicator_value.org_code is '区划、集团、机构或乡镇代码 / code of the place or institution';
comment on column published.indicator_value.org_name is '其名称 / its name';
comment on column published.indicator_value.numerator is '分子（金额为分） / numerator; money in fen';
comment on column published.indicator_value.denominator is '分母（金额为分） / denominator; money in fen';
comment on column published.indicator_value.value is '值 = 分子 ÷ 分母 / value';
comment on column published.indicator_value.status is 'final 终值 provisional 暂值 no_denominator 无分母 no_source 数据来源从未送达 / status';
comment on column published.indicator_value.target_value is '当期目标 / target of the period';
comment on column published.indicator_value.target_met is '是否达标 / whether the target is met';
comment on column published.indicator_value.release_id is '最近改动此值的发布 / release that last changed this value';

-- One row per value and case that it counts.
create table if not exists published.indicator_case (
    indicator_code text not null,
    period text not null,
    grain text not null,
    org_code text not null,
    case_kind text not null,
    case_id text not null,
    person_id text,
    numerator bigint not null,
    denominator bigint not null,
    event_id text,
    source_system text,
    source_table text,
    file_name text,
    member_name text,
    line_number integer,
    delivery_date date,
    release_id bigint not null,
    constraint indicator_case_once unique nulls not distinct (
        indicator_code, period, grain, org_code, case_kind, case_id, event_id
    )
);
create index if not exists indicator_case_person on published.indicator_case (person_id);
comment on table published.indicator_case is '名单：每个值由哪些例构成 / the cases that each value counts';
comment on column published.indicator_case.indicator_code is '指标代码 / code of the indicator';
comment on column published.indicator_case.period is '期间 / period';
comment on column published.indicator_case.grain is '口径 / grain';
comment on column published.indicator_case.org_code is '区划、集团、机构或乡镇代码 / code of the place or institution';
comment on column published.indicator_case.case_kind is '一例是什么：人、就诊、住院、结算、人口数 / what a case is';
comment on column published.indicator_case.case_id is '该例的编号 / number of the case';
comment on column published.indicator_case.person_id is '一卡通人员编号，不含身份信息 / person id; says nothing about who it is';
comment on column published.indicator_case.numerator is '计入分子 / counted in the numerator';
comment on column published.indicator_case.denominator is '计入分母 / counted in the denominator';
comment on column published.indicator_case.event_id is '来源事件 / the event it comes from';
comment on column published.indicator_case.source_system is '来源系统 / letter of the delivering system';
comment on column published.indicator_case.source_table is '来源表 / table as delivered';
comment on column published.indicator_case.file_name is '来源文件 / file as delivered';
comment on column published.indicator_case.member_name is '压缩包内文件 / file inside the archive';
comment on column published.indicator_case.line_number is '来源行号 / line in the file';
comment on column published.indicator_case.delivery_date is '交付日 / day of the delivery';
comment on column published.indicator_case.release_id is '最近改动此例的发布 / release that last changed this case';

-- One row per published value that a later release changed.
create table if not exists published.restatement (
    release_id bigint not null,
    indicator_code text not null,
    period text not null,
    grain text not null,
    org_code text not null,
    old_numerator bigint,
    old_denominator bigint,
    old_value numeric,
    old_status text,
    new_numerator bigint,
    new_denominator bigint,
    new_value numeric,
    new_status text,
    cases_added bigint not null,
    cases_removed bigint not null,
    cases_changed bigint not null,
    reason text not null,
    primary key (release_id, indicator_code, period, grain, org_code)
);
comment on table published.restatement is '重述：已发布的值后来改变，连同原因 / published values that changed later, and why';
comment on column published.restatement.release_id is '改变它的发布 / release that changed it';
comment on column published.restatement.indicator_code is '指标代码 / code of the indicator';
comment on column published.restatement.period is '期间 / period';
comment on column published.restatement.grain is '口径 / grain';
comment on column published.restatement.org_code is '区划、集团、机构或乡镇代码 / code of the place or institution';
comment on column published.restatement.old_numerator is '原分子 / numerator as published before';
comment on column published.restatement.old_denominator is '原分母 / denominator as published before';
comment on column published.restatement.old_value is '原值 / value as published before';
comment on column published.restatement.old_status is '原状态 / status as published before';
comment on column published.restatement.new_numerator is '新分子；空为撤下 / numerator now; null: withdrawn';
comment on column published.restatement.new_denominator is '新分母 / denominator now';
comment on column published.restatement.new_value is '新值 / value now';
comment on column published.restatement.new_status is '新状态 / status now';
comment on column published.restatement.cases_added is '新增例数 / cases that came';
comment on column published.restatement.cases_removed is '减少例数 / cases that went';
comment on column published.restatement.cases_changed is '改变例数 / cases that count differently';
comment on column published.restatement.reason is '原因 / reason';

-- One row per value that a later release replaced or withdrew; with the current values it
-- gives back what any release said.
create table if not exists audit.published_value_history (
    like published.indicator_value including comments,
    replaced_in_release bigint not null,
    primary key (indicator_code, period, grain, org_code, replaced_in_release)
);
comment on table audit.published_value_history is '被取代的指标值 / values that a later release replaced';
comment on column audit.published_value_history.replaced_in_release is '取代它的发布 / release that replaced it';

-- One row per case that a later release replaced or withdrew.
create table if not exists audit.published_case_history (
    like published.indicator_case including comments,
    replaced_in_release bigint not null
);
comment on table audit.published_case_history is '被取代的名单行 / cases that a later release replaced';
comment on column audit.published_case_history.replaced_in_release is '取代它的发布 / release that replaced it';

-- One row per indicator definition that a later release replaced or withdrew.
create table if not exists audit.published_indicator_history (
    like published.indicator including comments,
    replaced_in_release bigint not null
);
comment on table audit.published_indicator_history is '被取代的指标定义 / definitions that a later release replaced';
comment on column audit.published_indicator_history.replaced_in_release is '取代它的发布 / release that replaced it';
