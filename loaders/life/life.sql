-- name: person
select person.person_id, person.sex_code, person.born_on, person.death_on,
       coalesce((
           select max(delivery_date) from audit.file_ledger
           where state in ('landed', 'replaced', 'duplicate')
       ), current_date) as known_until
from record.person
where person.person_id = :person_id

-- name: conditions
select made.condition_id, named.name_zh, named.name_en, made.tier, made.status,
       made.onset_on, made.last_seen_on, coalesce(made.ended_on, made.over_by_on) as over_on,
       coalesce(made.doubtful_because, '') as doubtful_because
from record.condition as made
inner join staging.condition as named on made.condition = named.condition
where made.person_id = :person_id
order by made.onset_on nulls first, made.condition_id

-- name: evidence
select condition_id, evidence_kind, source_system, _file_id as file_id,
       _line_number as line_number
from record.condition_evidence
where person_id = :person_id
order by first_on nulls first, condition_evidence_id

-- name: measurements
-- Of a report all results are one row; those that are no numbers are told by the report.
with told as (
    select measurement.event_id, measurement.item, item.name_zh, item.name_en,
           measurement.measured_on, measurement.value, null as comparator, measurement.unit,
           measurement.is_plausible,
           coalesce(measurement.implausible_because, '') as implausible_because,
           measurement.is_derived, null::int as beyond_reference, measurement.event_kind,
           measurement.source_system, measurement._file_id as file_id,
           measurement._line_number as line_number
    from record.measurement
    inner join staging.measurement_item as item
        on
            measurement.item = item.item
            and measurement.measured_on >= item.valid_from
            and measurement.measured_on <= coalesce(item.valid_to, 'infinity')
    where measurement.person_id = :person_id and measurement.value is not null

    union all

    select result.report_id,
           coalesce(
               item.item, concat_ws(' ', 'test', result.test_item_code, result.standard_unit)
           ),
           coalesce(
               item.name_zh, test.name_zh, result.test_item_name, result.test_item_code
           ),
           coalesce(
               item.name_en, test.name_en, result.test_item_name, result.test_item_code
           ),
           result.reported_on, result.standard_number, result.result_comparator,
           coalesce(result.standard_unit, ''), not judged.is_out_of_range,
           case when judged.is_out_of_range then 'out_of_range' else '' end,
           false,
           case
               when result.standard_number > result.reference_high then 1
               when result.standard_number < result.reference_low then -1
           end,
           'lab_report', result.source_system, result._file_id, result._line_number
    from record.lab_result as result
    left join staging.measurement_item as item
        on
            result.test_item_code = item.test_item_code
            and result.standard_unit = item.unit
            and result.reported_on >= item.valid_from
            and result.reported_on <= coalesce(item.valid_to, 'infinity')
    left join staging.code_mapping as test
        on result.test_item_code = test.source_code and test.code_list = 'laboratory item'
    cross join lateral (
        select coalesce(
            result.standard_number not between item.plausible_min and item.plausible_max,
            false
        ) as is_out_of_range
    ) as judged
    where
        result.person_id = :person_id
        and result.is_counted
        and result.reported_on is not null
        and result.standard_number is not null
)

select *
from told
order by measured_on, item, file_id, line_number

-- name: targets
-- Targets are for those who have the condition; with age they change on a birthday.
with person as (
    select
        born_on,
        exists (
            select from record.condition
            where person_id = :person_id and condition = 'hypertension'
        ) as has_hypertension
    from record.person
    where person_id = :person_id
),

stage as (
    select 'systolic_pressure' as item, rule.control_systolic_below as below,
           rule.valid_from as since,
           least(
               coalesce(rule.valid_to, 'infinity'),
               coalesce(
                   (person.born_on + make_interval(years => rule.elderly_from_age))::date - 1,
                   'infinity'
               )
           ) as until
    from staging.hypertension_rule as rule
    cross join person
    where person.has_hypertension

    union all

    select 'systolic_pressure', rule.control_systolic_below_elderly,
           greatest(
               rule.valid_from,
               (person.born_on + make_interval(years => rule.elderly_from_age))::date
           ),
           coalesce(rule.valid_to, 'infinity')
    from staging.hypertension_rule as rule
    cross join person
    where person.has_hypertension and person.born_on is not null

    union all

    select 'diastolic_pressure', control_diastolic_below, valid_from,
           coalesce(valid_to, 'infinity')
    from staging.hypertension_rule
    cross join person
    where person.has_hypertension

    union all

    select target.item, target.target_below,
           greatest(
               target.valid_from,
               (person.born_on + make_interval(years => target.from_age))::date
           ),
           coalesce(target.valid_to, 'infinity')
    from staging.measurement_target as target
    cross join person
    where target.condition in (
        select condition from record.condition where person_id = :person_id
    )
)

select item, below, since, nullif(until, 'infinity') as until
from stage
where since <= until
order by item, since

-- name: gaps
select gap.rule_id, rule.name_zh, rule.name_en, rule.source, gap.from_on, gap.due_by_on,
       gap.begins_on, gap.ends_on, gap.served_on, gap.service,
       rule.counted_from = 'birth' as is_from_birth,
       coalesce(gap.from_event_id, '') as from_event_id,
       coalesce(gap.served_event_id, '') as served_event_id,
       coalesce(gap.detail_code, '') as detail_code, vaccine.name_zh as vaccine_zh,
       vaccine.name_en as vaccine_en
from record.care_gap as gap
inner join staging.care_gap_rule as rule
    on
        gap.rule_id = rule.rule_id
        and gap.from_on >= rule.valid_from
        and gap.from_on <= coalesce(rule.valid_to, 'infinity')
left join staging.code_mapping as vaccine
    on
        gap.service = 'vaccination'
        and vaccine.code_list = 'D-VACCINE'
        and vaccine.source_code = split_part(gap.detail_code, ' ', 1)
where gap.person_id = :person_id and gap.begins_on <= :known_until
order by gap.begins_on, gap.care_gap_id

-- name: relations
select distinct relation, other_person_id, person_id <> :person_id as is_reverse, person_id
from record.relation
where
    :person_id in (person_id, other_person_id)
    and relation <> 'household'
order by 1, 2, 4

-- name: files
select file_id, delivery_date, file_name, member_name
from audit.file_ledger
where file_id = any(:file_ids)
