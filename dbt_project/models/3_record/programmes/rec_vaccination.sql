-- One row per dose of a vaccine under one number of the province's register.
with

sent as (

    select * from {{ ref('stg_d__piv_vaccinaterecord') }}

),

vaccination_schedule as (

    select * from {{ ref('vaccination_schedule') }}

),

person as (

    select * from {{ ref('rec_person') }}

),

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

institution_name as (

    select * from {{ ref('rec_institution_name') }}

),

vaccination as (

    select
        -- keys
        sent.record_key as event_id,
        sent.vaccinee_number,
        sent.vaccine_code,
        sent.dose_number,
        -- who and where
        person_link.person_id,
        institution_name.institution_code,
        -- when
        sent.vaccinated_on,
        sent.entered_on,
        -- The last day of a month that has no such day, as the county counts.
        (person.born_on + make_interval(months => vaccination_schedule.due_at_month))::date
            as due_on,
        -- what
        sent.batch_number,
        vaccination_schedule.due_at_month is not null as is_scheduled,
        -- The same dose under another number of the same child.
        case
            when person_link.person_id is not null and sent.dose_number is not null
                then row_number() over (
                    partition by
                        person_link.person_id, sent.vaccine_code, sent.dose_number
                    order by sent.vaccinated_on, sent.record_key
                )
        end as place_in_dose,
        -- where it comes from
        sent.source_system,
        sent.source_table,
        sent.org_code,
        sent.native_id,
        sent.native_part,
        sent._file_id,
        sent._line_number
    from sent
    left join person_link
        on sent.record_key = person_link.record_key
    left join person
        on person_link.person_id = person.person_id
    left join vaccination_schedule
        on
            sent.vaccine_code = vaccination_schedule.vaccine_code
            and sent.dose_number = vaccination_schedule.dose_number
            and sent.vaccinated_on >= vaccination_schedule.valid_from
            and sent.vaccinated_on <= coalesce(vaccination_schedule.valid_to, 'infinity')
    left join institution_name
        on sent.vaccination_unit_name = institution_name.name
    where sent.set_aside_because is null

)

select * from vaccination
