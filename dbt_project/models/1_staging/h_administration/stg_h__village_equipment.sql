-- One row per village clinic and year. A blank cell means that there is none.
-- sqlfluff:indentation:template_blocks_indent:false
with

landed as (

    {{ current_rows('h07_village_equipment') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'h07_village_equipment',
            native_id='landed."JGID"',
            native_part='landed._period',
            org_code='landed."JGID"',
            org_in_key=false,
        ) }},
        {{ trim_code('landed."JGID"') }} as township_id,
        {{ parse_integer('left(landed._period, 4)') }} as year,
        -- what
        {{ clean_text('landed."村卫生室"') }} as institution_name,
        {{ clean_text('landed."乡镇"') }} as town_name,
        -- how much and whether
        {% for cell, name in [
            ('心电图机', 'has_ecg_machine'),
            ('远程心电接入', 'has_remote_ecg'),
            ('全自动血压计', 'has_blood_pressure_monitor'),
            ('血糖仪', 'has_glucose_meter'),
        ] %}
        {{ parse_yes_no("coalesce(" ~ trim_code('landed."' ~ cell ~ '"') ~ ", '0')") }}
            as {{ name }},
        landed."{{ cell }}" as {{ name }}_raw,
        {% endfor %}
        {{ parse_integer('landed."中医适宜技术项数"') }} as chinese_technique_count,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed

),

marked as (

    select
        *,
        case
            when {{ is_test_word('institution_name') }} then 'test_row'
        end as set_aside_because
    from parsed

)

select * from marked
