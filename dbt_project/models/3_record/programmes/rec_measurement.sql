-- One row per number that was measured at a visit or an examination of public health.
with

health_exam as (

    select * from {{ ref('rec_health_exam') }}

),

follow_up as (

    select * from {{ ref('rec_follow_up') }}

),

stated_measurement as (

    select * from {{ ref('rec_stated_measurement') }}

),

measurement_item as (

    select * from {{ ref('measurement_item') }}

),

measurement_unit as (

    select * from {{ ref('measurement_unit') }}

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

),

-- A number that only another unit makes sense of was written in that unit.
read_by_size as (

    select
        stated_measurement.*,
        coalesce(measurement_unit.unit_read, stated_measurement.unit_stated) as unit_read,
        stated_measurement.value_sent * coalesce(measurement_unit.multiply_by, 1)
        / coalesce(measurement_unit.divide_by, 1) as value
    from stated_measurement
    left join measurement_unit
        on
            stated_measurement.item = measurement_unit.item
            and stated_measurement.unit_stated = measurement_unit.unit_stated
            and measurement_unit.index_from is null
            and stated_measurement.value_sent
            between coalesce(measurement_unit.sent_from, '-infinity')
            and coalesce(measurement_unit.sent_to, 'infinity')

),

beside_others as (

    select
        *,
        max(value) filter (where item = 'height') over same_form as height_cm,
        max(value) filter (where item = 'systolic_pressure') over same_form
            as systolic_mmhg,
        max(value) filter (where item = 'diastolic_pressure') over same_form
            as diastolic_mmhg
    from read_by_size
    window same_form as (partition by event_id)

),

-- Whether a weight is in 斤 is told by the height beside it, or not at all.
read_by_index as (

    select
        beside_others.event_id,
        beside_others.item,
        beside_others.value_sent,
        beside_others.unit_stated,
        beside_others.height_cm,
        beside_others.systolic_mmhg,
        beside_others.diastolic_mmhg,
        coalesce(measurement_unit.unit_read, beside_others.unit_read) as unit_read,
        beside_others.value * coalesce(measurement_unit.multiply_by, 1)
        / coalesce(measurement_unit.divide_by, 1) as value,
        measurement_unit.item is not null
        and measurement_unit.unit_read is null as is_unit_doubtful
    from beside_others
    left join measurement_unit
        on
            beside_others.item = measurement_unit.item
            and beside_others.unit_stated = measurement_unit.unit_stated
            and beside_others.value / nullif(beside_others.height_cm / 100, 0) ^ 2
            > measurement_unit.index_from
            and beside_others.value / nullif(beside_others.height_cm / 100, 0) ^ 2
            <= measurement_unit.index_to

),

with_index as (

    select
        *,
        false as is_derived
    from read_by_index

    union all

    select
        event_id,
        'body_mass_index' as item,
        null as value_sent,
        'kg/m2' as unit_stated,
        height_cm,
        systolic_mmhg,
        diastolic_mmhg,
        'kg/m2' as unit_read,
        round(value / (height_cm / 100) ^ 2, 2) as value,
        is_unit_doubtful,
        true as is_derived
    from read_by_index
    where
        item = 'weight'
        and height_cm > 0

),

judged as (

    select
        with_index.*,
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
                with_index.unit_stated <> measurement_item.unit
                and with_index.unit_stated = with_index.unit_read
                and with_index.value = with_index.value_sent
                then 'unit_unknown'
            when
                with_index.value
                not between measurement_item.plausible_min and measurement_item.plausible_max
                then 'out_of_range'
            when with_index.is_unit_doubtful then 'unit_doubtful'
            -- A blood pressure is two numbers; what one of them says of itself says nothing.
            when
                with_index.item in ('systolic_pressure', 'diastolic_pressure')
                and not coalesce(
                    with_index.systolic_mmhg between upper.plausible_min
                    and upper.plausible_max
                    and with_index.diastolic_mmhg between lower.plausible_min
                    and lower.plausible_max
                    and with_index.diastolic_mmhg < with_index.systolic_mmhg,
                    false
                )
                then 'pressures_do_not_fit'
        end as implausible_because
    from with_index
    inner join event
        on with_index.event_id = event.event_id
    left join measurement_item
        on
            with_index.item = measurement_item.item
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
