-- One row per code under which some system knows an institution.
with

-- All that the list knows an institution by, whichever of its lines speaks for it.
institution as (

    select *
    from {{ ref('stg_h__institution') }}
    where
        set_aside_because is null
        and institution_code is not null

),

every_code as (

    select
        'credit' as code_system,
        institution_code as source_code,
        institution_code
    from institution

    union all

    select
        'code22' as code_system,
        code22 as source_code,
        institution_code
    from institution

    union all

    select
        'insurance' as code_system,
        insurance_code as source_code,
        institution_code
    from institution

    union all

    select
        'township_his' as code_system,
        township_id as source_code,
        institution_code
    from institution

    union all

    select
        'manage_unit' as code_system,
        manage_unit_id as source_code,
        institution_code
    from institution

),

used_code as (

    select distinct
        code_system,
        source_code,
        institution_code
    from every_code
    where source_code is not null

)

select * from used_code
