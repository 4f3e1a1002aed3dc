-- One row per institution and day of a list: the group that the list put it into.
{{ config(materialized='by_difference') }}
with

landed as (

    select * from {{ source('landing', 'h01_institution_directory') }}

),

file_ledger as (

    select * from {{ source('audit', 'file_ledger') }}

),

-- A list that was replaced counts as never sent; of two of a day the later one stands.
standing as (

    select
        landed.*,
        file_ledger.logical_date as _logical_date,
        row_number() over (
            partition by landed."JGDM22", file_ledger.logical_date
            order by
                file_ledger.revision desc,
                file_ledger.delivery_date desc,
                file_ledger.file_name desc,
                landed._line_number desc
        ) as _place_from_newest
    from landed
    inner join file_ledger
        on landed._file_id = file_ledger.file_id
    where
        file_ledger.state = 'landed'
        and file_ledger.logical_date is not null

),

institution_listed as (

    select
        -- keys
        {{ trim_code('"JGDM22"') }} as code22,
        _logical_date as listed_on,
        -- where
        {{ trim_code('"TYSHXYDM"') }} as institution_code,
        -- what
        {{ clean_text('"JGMC"') }} as institution_name,
        {{ trim_code('"SSJT"') }} as group_code,
        {{ clean_text('"SSJTMC"') }} as group_name,
        {{ trim_code('"SJJG"') }} as parent_institution_code,
        -- when
        {{ parse_date('"QYRQ"') }} as enabled_on,
        {{ parse_date('"TYRQ"') }} as disabled_on,
        -- where it comes from
        _file_id,
        _line_number,
        case
            when {{ is_test_word('"JGMC"') }} then 'test_row'
        end as set_aside_because
    from standing
    where _place_from_newest = 1

)

select * from institution_listed
