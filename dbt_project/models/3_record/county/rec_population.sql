-- One row per year, town and sex of the residents' reports.
with

reported as (

    select * from {{ ref('stg_h__population') }}

),

township as (

    select * from {{ ref('rec_township') }}

),

population as (

    select
        -- keys
        reported.year || '|' || reported.town_code || '|' || reported.sex_code
            as population_key,
        reported.year,
        reported.town_code,
        reported.sex_code,
        -- where
        township.group_code,
        -- measures
        reported.resident_count,
        reported.age_0_6_count,
        reported.registered_count,
        reported.age_0_4,
        reported.age_5_9,
        reported.age_10_14,
        reported.age_15_19,
        reported.age_20_24,
        reported.age_25_29,
        reported.age_30_34,
        reported.age_35_39,
        reported.age_40_44,
        reported.age_45_49,
        reported.age_50_54,
        reported.age_55_59,
        reported.age_60_64,
        reported.age_65_69,
        reported.age_70_74,
        reported.age_75_79,
        reported.age_80_84,
        reported.age_85_up,
        -- where it comes from
        reported.record_key as event_id,
        reported.source_system,
        reported.source_table,
        reported.org_code,
        reported.native_id,
        reported.native_part,
        reported._file_id,
        reported._line_number
    from reported
    left join township
        on reported.town_code = township.town_code
    where reported.set_aside_because is null

)

select * from population
