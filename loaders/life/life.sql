-- name: person
select person.person_id, person.sex_code, person.born_on, person.death_on,
       coalesce((
           select max(delivery_date) from audit.file_ledger
           where state in ('landed', 'replaced', 'duplicate')
       ), current_date) as known_until
from record.person
where person.person_id = :person_id

-- name: events
-- Lines of prescriptions are told by the prescription; where a system sends lines only, by
-- the first of those that were written together.
with coded as (
    select distinct on (code_list, standard_code) code_list, standard_code, name_zh, name_en
    from staging.code_mapping
    where
        standard_code is not null
        and code_list in (
            'D-VACCINE', 'D-F-MEDTYPE', 'laboratory panel', 'examination type', 'items',
            'RLOC_REA'
        )
    order by code_list, standard_code, source_code
),

written as (
    select item_name, coalesce(prescription_id, min(event_id) over (
        partition by prescription_id, encounter_id, prescribed_at, prescription_type_code,
            not_counted_because
    )) as told_by
    from record.prescription_item
    where person_id = :person_id
),

drugs as (
    select told_by, string_agg(distinct item_name, ', ') as names
    from written
    group by told_by
),

-- What a contract comprises, by its name where the list of packages has one.
packages as (
    select signed.contract_id,
           string_agg(
               coalesce(listed.package_name, signed.package_code), ', '
               order by signed.package_code
           ) as names
    from record.contract_package as signed
    left join record.service_package as listed
        on signed.package_code = listed.package_code
    where signed.person_id = :person_id
    group by signed.contract_id
),

-- Results that are no numbers, or numbers of which the unit is not known.
finding_word as (
    select distinct on (standard_code) standard_code, name_zh, name_en
    from staging.code_mapping
    where code_list = 'laboratory finding'
    order by standard_code, source_code
),

findings as (
    select result.report_id,
           string_agg(
               concat_ws(' ', coalesce(test.name_zh, result.test_item_name),
                   coalesce(word.name_zh, concat_ws(' ', result.result_text, result.unit_text))),
               ', ' order by result.test_item_code, result.event_id
           ) as said_zh,
           string_agg(
               concat_ws(' ', coalesce(test.name_en, result.test_item_name),
                   coalesce(word.name_en, concat_ws(' ', result.result_text, result.unit_text))),
               ', ' order by result.test_item_code, result.event_id
           ) as said_en
    from record.lab_result as result
    left join staging.code_mapping as test
        on result.test_item_code = test.source_code and test.code_list = 'laboratory item'
    left join finding_word as word on result.finding_code = word.standard_code
    where
        result.person_id = :person_id
        and result.is_counted
        and result.standard_number is null
        and result.result_text is not null
    group by result.report_id
)

select timeline.event_id, timeline.detail_code, timeline.happened_at, timeline.ended_at,
       case
           when timeline.event_kind = 'prescription_item' then 'prescription'
           else timeline.event_kind
       end as event_kind,
       -- What a prescription costs is told by the visit.
       case
           when timeline.event_kind <> 'prescription_item' then timeline.fee_fen
       end as fee_fen,
       coalesce(timeline.not_counted_because, '') as not_counted_because,
       coalesce(institution.short_name, institution.institution_name, '') as institution,
       coalesce(encounter.encounter_class, '') as encounter_class,
       coalesce(encounter.main_diagnosis_name, '') as main_diagnosis_name,
       concat_ws('：',
           coalesce(programme.name_zh, operation.operation_name, disease.disease_name,
               drugs.names, imaging.exam_name, packages.names,
               '→ ' || coalesce(target.short_name, target.institution_name),
               consultation.diagnosis_name,
               coded.name_zh || coalesce('第' || vaccination.dose_number || '剂', '')),
           findings.said_zh, referral.diagnosis_name) as detail_zh,
       concat_ws(': ',
           coalesce(programme.name_en, operation.operation_name, disease.disease_name,
               drugs.names, imaging.exam_name, packages.names,
               '→ ' || coalesce(target.short_name, target.institution_name),
               consultation.diagnosis_name,
               coded.name_en || coalesce(', dose ' || vaccination.dose_number, '')),
           findings.said_en, referral.diagnosis_name) as detail_en,
       coalesce(imaging.conclusion, '') as own_words,
       way.name_zh as way_zh, way.name_en as way_en,
       follow_up.is_found is not false as was_found,
       timeline._file_id as file_id, timeline._line_number as line_number
from record.timeline
left join record.institution on timeline.institution_code = institution.institution_code
left join record.encounter on timeline.event_id = encounter.encounter_id
left join record.follow_up
    on timeline.event_kind = 'follow_up' and timeline.event_id = follow_up.event_id
left join staging.follow_up_way as way
    on follow_up.follow_up_way_code = way.follow_up_way_code
left join staging.programme
    on programme.programme = coalesce(
        follow_up.programme,
        case when timeline.event_kind = 'programme_record' then timeline.detail_code end
    )
left join record.operation
    on timeline.event_kind = 'operation' and timeline.event_id = operation.event_id
left join record.infectious_report as disease
    on timeline.event_kind = 'infectious_report' and timeline.event_id = disease.event_id
left join record.vaccination
    on timeline.event_kind = 'vaccination' and timeline.event_id = vaccination.event_id
left join record.imaging_report as imaging
    on timeline.event_kind = 'imaging_report' and timeline.event_id = imaging.event_id
left join record.referral
    on timeline.event_kind = 'referral' and timeline.event_id = referral.event_id
left join record.institution as target
    on referral.to_institution_code = target.institution_code
left join record.consultation
    on timeline.event_kind = 'consultation' and timeline.event_id = consultation.event_id
left join record.contract
    on timeline.event_kind = 'contract' and timeline.event_id = contract.event_id
left join packages on contract.contract_id = packages.contract_id
left join findings
    on timeline.event_kind = 'lab_report' and timeline.event_id = findings.report_id
left join drugs
    on
        timeline.event_kind in ('prescription', 'prescription_item')
        and timeline.event_id = drugs.told_by
left join coded
    on
        timeline.detail_code = coded.standard_code
        and coded.code_list = case timeline.event_kind
            when 'vaccination' then 'D-VACCINE'
            when 'settlement' then 'D-F-MEDTYPE'
            when 'lab_report' then 'laboratory panel'
            when 'imaging_report' then 'examination type'
            when 'service_performed' then 'items'
            when 'outside_filing' then 'RLOC_REA'
        end
where
    timeline.person_id = :person_id
    and (timeline.event_kind <> 'prescription_item' or drugs.told_by is not null)
order by timeline.happened_at nulls first, timeline.event_id

-- name: groups
with line as (
    select event_id, min(event_id) over (
               partition by encounter_id, prescribed_at, prescription_type_code,
                   not_counted_because
           ) as group_event_id,
           'prescription' as report_kind, 'line' as source_role,
           _file_id as file_id, _line_number as line_number
    from record.prescription_item
    where person_id = :person_id and prescription_id is null
),

grouped as (
    select event_id, group_event_id, report_kind, source_role, _file_id as file_id,
           _line_number as line_number
    from record.event_group
    where person_id = :person_id

    union all

    select event_id, group_event_id, report_kind, source_role, file_id, line_number
    from line
)

select event_id, group_event_id, report_kind, file_id, line_number
from grouped
order by source_role, event_id

-- name: conflicts
select group_event_id, report_kind, aspect, difference
from record.event_conflict
where person_id = :person_id
order by report_kind, aspect

-- name: diagnoses
-- A code that somebody names is not told once more without its name.
with said as (
    select encounter_id, diagnosis_code, diagnosis_name, certainty, is_main,
           bool_or(diagnosis_name is not null) over (
               partition by encounter_id, diagnosis_code
           ) as is_named
    from record.diagnosis
    where person_id = :person_id and encounter_id is not null
)

select distinct on (encounter_id, diagnosis_code, diagnosis_name)
       encounter_id, coalesce(diagnosis_code, '') as code,
       coalesce(diagnosis_name, '') as name, coalesce(certainty, '') as certainty, is_main
from said
where diagnosis_name is not null or not is_named
order by encounter_id, diagnosis_code, diagnosis_name, is_main desc nulls last

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
