{{ config(materialized='counted', meta={'counts': 'idn_form_voice'}) }}
-- One row per table, value and what is said of it there: of how many people it is so.
with

form_voice as (

    select * from {{ ref('idn_form_voice') }}

),

form_count as (

    select
        -- what
        source_system,
        source_table,
        attribute,
        value,
        -- how it is said
        says_default,
        asked_count,
        is_contradicted,
        -- measure
        count(*) as row_count
    from form_voice
    group by
        source_system,
        source_table,
        attribute,
        value,
        says_default,
        asked_count,
        is_contradicted

)

select * from form_count
