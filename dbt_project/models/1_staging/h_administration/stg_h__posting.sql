-- One row per posting of a member of staff. The same posting with its first day in another
-- spelling is another row of the source: the one in the newest register stands.
with

landed as (

    {{ current_rows('h03_staff_posting') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'h03_staff_posting',
            native_id='landed."身份证号"',
            native_part="landed.\"派驻单位\" || '+' || landed.\"开始日期\"",
        ) }},
        {{ parse_integer('left(landed._period, 4)') }} as year,
        -- who
        {{ clean_text('landed."姓名"') }} as staff_name,
        landed."身份证号" as staff_id_number,
        -- where
        {{ clean_text('landed."派出单位"') }} as from_institution_name,
        {{ clean_text('landed."派驻单位"') }} as to_institution_name,
        -- what
        {{ clean_text('landed."职称"') }} as professional_title,
        {{ clean_text('landed."备注"') }} as remark,
        -- when
        {{ parse_date('landed."开始日期"') }} as started_on,
        {{ parse_date('landed."结束日期"') }} as ended_on,
        landed."结束日期" as ended_on_text,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed

),

ranked as (

    select
        *,
        row_number() over (
            partition by
                upper({{ clean_text('staff_id_number') }}),
                to_institution_name,
                started_on
            order by year desc, _file_id desc, _line_number desc
        ) as place_from_newest
    from parsed

),

marked as (

    select
        -- keys
        record_key,
        _key_hash,
        _last_delivery_on,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        year,
        -- who
        staff_name,
        staff_id_number,
        -- where
        from_institution_name,
        to_institution_name,
        -- what
        professional_title,
        remark,
        -- when
        started_on,
        ended_on,
        ended_on_text,
        -- where it comes from
        _first_delivery_on,
        _file_id,
        _line_number,
        case
            when
                {{ is_test_name('staff_name') }}
                or {{ is_test_day('started_on') }}
                then 'test_row'
            when
                started_on is null
                -- An end that cannot be read must not look like a posting that goes on.
                or (
                    ended_on is null
                    and {{ clean_text('ended_on_text') }} is not null
                    and ended_on_text not like '9999%'
                )
                then 'impossible_date'
            when place_from_newest > 1 then 'older_version'
        end as set_aside_because
    from ranked

)

select * from marked
