-- One row per number measured at an examination, a follow-up or an out-patient visit.
with

health_exam as (

    select * from {{ ref('rec_health_exam') }}

),

follow_up as (

    select * from {{ ref('rec_follow_up') }}

),

encounter as (

    select * from {{ ref('rec_encounter') }}

),

read_measurement as (

    select * from {{ ref('rec_read_measurement') }}

),

measurement_item as (

    select * from {{ ref('measurement_item') }}

),

event as (

    select
        event_id,
        'health_exam' as event_kind,
        null as programme,
        person_id,
        institution_code,
        town_code,
        examined_on as measured_on,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from health_exam

    union all

    select
        event_id,
        'follow_up' as event_kind,
        programme,
        person_id,
        institution_code,
        town_code,
        followed_up_on as measured_on,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from follow_up

    union all

    select
        encounter_id as event_id,
        'outpatient' as event_kind,
        null as programme,
        person_id,
        institution_code,
        null as town_code,
        started_on as measured_on,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from encounter
    where
        kind = 'outpatient'
        and set_aside_because is null

),

judged as (

    select
        read_measurement.*,
        event.event_kind,
        event.programme,
        event.person_id,
        event.institution_code,
        event.town_code,
        event.measured_on,
        event.source_system,
        event.source_table,
        event.org_code,
        event.native_id,
        event.native_part,
        event._file_id,
        event._line_number,
        measurement_item.unit,
        case
            when measurement_item.item is null then 'item_unknown'
            -- Read in another unit than it was stated in, it has been converted.
            when
                read_measurement.unit_stated <> measurement_item.unit
                and read_measurement.unit_stated = read_measurement.unit_read
                and read_measurement.value = read_measurement.value_sent
                then 'unit_unknown'
            when
                read_measurement.value not between measurement_item.plausible_min
                and measurement_item.plausible_max
                then 'out_of_range'
            when read_measurement.is_unit_doubtful then 'unit_doubtful'
            -- A blood pressure is two numbers; one of them alone says nothing.
            when
                read_measurement.item in ('systolic_pressure', 'diastolic_pressure')
                and not coalesce(
                    read_measurement.systolic_mmhg between upper.plausible_min
                    and upper.plausible_max
                    and read_measurement.diastolic_mmhg between lower.plausible_min
                    and lower.plausible_max
                    and read_measurement.diastolic_mmhg < read_measurement.systolic_mmhg,
                    false
                )
                then 'pressures_do_not_fit'
        end as implausible_because
    from read_measurement
    inner join event
        on read_measurement.event_id = event.event_id
    left join measurement_item
        on
            read_measurement.item = measurement_item.item
            and event.measured_on >= measurement_item.valid_from
            and event.measured_on <= coalesce(measurement_item.valid_to, 'infinity')
    left join measurement_item as upper
        on
            upper.item = 'systolic_pressure'
            and event.measured_on >= upper.valid_from
            and event.measured_on <= coalesce(upper.valid_to, 'infinity')
    left join measurement_item as lower
        on
            lower.item = 'diastolic_pressure'
            and event.measured_on >= lower.valid_from
            and event.measured_on <= coalesce(lower.valid_to, 'infinity')

),

measurement as (

    select
        -- keys
        event_id || '|' || item || '|' || unit_stated as measurement_id,
        event_id,
        -- who and where
        person_id,
        institution_code,
        town_code,
        -- what and when
        event_kind,
        programme,
        measured_on,
        item,
        -- measures
        case
            when implausible_because = 'unit_unknown' then null
            else trim_scale(value)
        end as value,
        unit,
        value_sent,
        unit_stated,
        unit_read,
        is_derived,
        implausible_because is null as is_plausible,
        implausible_because,
        -- where it comes from
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        _file_id,
        _line_number
    from judged

)

select * from measurement
