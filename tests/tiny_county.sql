-- A county small enough to count by hand: four people, six visits, two institutions.
-- Its numbers begin with 99; nobody's do.
insert into audit.file_ledger (
    file_id, batch_id, delivery_date, system, folder, file_name, member_name, feed, table_name, sha256,
    logical_date, is_full, state, rows_manifest, rows_read, rows_accepted, rows_rejected,
    rows_duplicate, rows_superseded, recorded_at
) overriding system value values
(1, 1, '2025-01-01', 'A', '20250101/A_XYY_HIS', 'XYYHIS_20250101_01.zip', 'MS_BRDA_20250101.csv',
    'A01', 'MS_BRDA', 's1', '2025-01-01', true, 'landed', 4, 4, 4, 0, 0, 0, '2025-01-01 06:00'),
(2, 1, '2025-01-01', 'A', '20250101/A_XYY_HIS', 'XYYHIS_20250101_01.zip',
    'YS_MZ_JZLS_20250101.csv', 'A02', 'YS_MZ_JZLS', 's2', '2025-01-01', true, 'landed',
    6, 6, 6, 0, 0, 0, '2025-01-01 06:00');

alter table audit.file_ledger alter column file_id restart with 3;

create table staging.stg_a__ys_mz_jzls (
    record_key text, set_aside_because text, started_at timestamp, sex_code text,
    net_fee_fen bigint, _file_id bigint, _line_number integer
);
insert into staging.stg_a__ys_mz_jzls
select 'A|YS_MZ_JZLS|X|' || number, null,
    timestamp '2024-03-01 08:00' + (number || ' days')::interval, '1', 1000, 2, number + 1
from generate_series(1, 6) as number;

create table staging.county (
    division_code integer, name_zh text, name_en text, history_begins_on date
);
insert into staging.county values (991599, '样县', 'Sample county', '2024-01-01');

create table staging.indicator_registry (
    indicator_code text, name_zh text, name_en text, unit text, factor integer,
    direction text, grains text, is_monthly boolean, definition_zh text, definition_en text,
    source text, owner text
);
insert into staging.indicator_registry values
('primary_share', '基层就诊占比', 'Primary visit share', 'share', 1, 'higher',
    'county;institution', true, '基层就诊 ÷ 全部就诊', 'Primary visits of all visits',
    '样例文件', '医政股');

create table identity.source_person (record_key text primary key, source_system text);
create table identity.person_link (
    record_key text primary key, source_system text, source_table text, org_code text,
    native_id text, native_part text, person_id text, method text, probability numeric
);
create table identity.person_ledger (person_id text primary key, status text);
create table identity.review_task (task_id bigint primary key, state text);
insert into identity.source_person
select 'A|MS_BRDA|X|' || number, 'A' from generate_series(1, 4) as number;
insert into identity.person_link
select 'A|MS_BRDA|X|' || number, 'A', 'MS_BRDA', 'X', number::text, '', 'P' || number,
    'own', 1
from generate_series(1, 4) as number;
insert into identity.person_ledger
select 'P' || number, 'active' from generate_series(1, 4) as number;

create table record.person (person_id text primary key, sex_code text);
insert into record.person
select 'P' || number, '1' from generate_series(1, 4) as number;
create table record.institution (
    institution_code text, institution_name text, group_code text, group_name text
);
insert into record.institution values
('I1', '样县医院', 'G1', '样县医共体'), ('I2', '样镇卫生院', 'G1', '样县医共体');
create table record.township (town_code text, town_name text);
create table record.population (
    population_key text, year integer, resident_count integer, _file_id bigint,
    _line_number integer
);
insert into record.population values ('2024|1', 2024, 1000, 1, 1);
create table record.reporting_year (year integer, period text, is_complete boolean);
insert into record.reporting_year values (2024, '2024', true), (2025, '2025', false);
create table record.encounter (
    encounter_id text, person_id text, institution_code text, kind text,
    is_counted boolean, started_at timestamp, ended_at timestamp,
    length_of_stay_days integer, source_system text, _file_id bigint, _line_number integer
);
insert into record.encounter
select 'A|YS_MZ_JZLS|X|' || number, 'P' || (1 + number % 4),
    case when number <= 2 then 'I2' else 'I1' end, 'outpatient', true,
    timestamp '2024-03-01 08:00' + (number || ' days')::interval,
    timestamp '2024-03-01 09:00' + (number || ' days')::interval,
    null, 'A', 2, number + 1
from generate_series(1, 6) as number;
create table record.settlement (event_id text, person_id text, _file_id bigint, _line_number int);
create table record.contract (event_id text, person_id text, _file_id bigint, _line_number int);
create table record.hypertension_follow_up (event_id text, person_id text);
create table record.hypertension_record (event_id text, person_id text);
create table record.archive (event_id text, person_id text);

create table indicators.indicator_case (
    indicator_code text, period text, month text, case_kind text, case_id text,
    person_id text, institution_code text, township_code text, group_code text,
    numerator bigint, denominator bigint, event_id text, _file_id bigint,
    _line_number integer
);
insert into indicators.indicator_case
select 'primary_share', '2024', '202403', 'encounter', encounter_id, person_id,
    institution_code, null, 'G1', (institution_code = 'I2')::int, 1, encounter_id, _file_id,
    _line_number
from record.encounter;
-- The values follow the cases, as the model does that is built from them.
create view indicators.indicator_value as
select
    indicator_case.indicator_code, dated.period, placed.grain, placed.org_code,
    sum(indicator_case.numerator)::bigint as numerator,
    sum(indicator_case.denominator)::bigint as denominator,
    sum(indicator_case.numerator)::numeric / nullif(sum(indicator_case.denominator), 0)
        as value,
    case when sum(indicator_case.denominator) = 0 then 'no_denominator' else 'final' end
        as status,
    0.5 as target_value,
    sum(indicator_case.numerator)::numeric / nullif(sum(indicator_case.denominator), 0) >= 0.5
        as target_met
from indicators.indicator_case
cross join lateral (values (period), (month)) as dated (period)
cross join lateral (
    values ('county', '991599'), ('institution', institution_code)
) as placed (grain, org_code)
group by indicator_case.indicator_code, dated.period, placed.grain, placed.org_code;
