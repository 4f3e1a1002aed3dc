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
