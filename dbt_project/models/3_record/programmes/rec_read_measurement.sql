-- One row per number in its standard unit, and per body mass index that follows from two.
{{ config(
    materialized='ephemeral', contract={'enforced': false}, meta={'of_events': true}
) }}
with

stated_measurement as (

    select * from {{ ref('rec_stated_measurement') }}

),

measurement_unit as (

    select * from {{ ref('measurement_unit') }}

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

)

select * from with_index
