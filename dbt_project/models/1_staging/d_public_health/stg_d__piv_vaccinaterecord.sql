-- One row per vaccination as delivered; a dose that comes once more is set aside.
{# The province sends no key. What tells vaccinations of one dose apart is the event itself;
   who the child is may be corrected without making it another one. A key is short. #}
{%- set native_part -%}
    concat_ws(
        '+',
        left(landed."疫苗代码", 60),
        left(landed."剂次", 60),
        coalesce({{ parse_date('landed."接种日期"') }}::text, left(landed."接种日期", 60), ''),
        coalesce(left(landed."接种单位", 60), ''),
        coalesce(left(landed."批号", 60), ''),
        coalesce({{ parse_date('landed."录入日期"') }}::text, left(landed."录入日期", 60), '')
    )
{%- endset -%}
with

landed as (

    {{ current_rows('d18_piv_vaccinaterecord', told_apart_by=native_part) }}

),

first_sent as (

    -- Where a row stood when it came first; it may come again, and pages overlap.
    select
        landed."受种者编码" as native_id,
        {{ native_part }} as native_part,
        min(
            array[
                file.logical_date - date '1970-01-01',
                coalesce(file.page, 1),
                landed._line_number
            ]
        ) as place
    from {{ source('landing', 'd18_piv_vaccinaterecord') }} as landed
    inner join {{ source('audit', 'file_ledger') }} as file
        on landed._file_id = file.file_id
    where
        file.state = 'landed'
        and {{ key_is_read('d18_piv_vaccinaterecord') }}
    group by 1, 2

),

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

parsed as (

    select
        -- keys
        {{ source_keys(
            'd18_piv_vaccinaterecord',
            native_id='landed."受种者编码"',
            native_part=native_part,
        ) }},
        {{ trim_code('landed."受种者编码"') }} as vaccinee_number,
        -- who
        {{ clean_text('landed."姓名"') }} as person_name,
        sex.standard_code as sex_code,
        landed."性别" as sex_code_raw,
        {{ parse_date('landed."出生日期"') }} as born_on,
        landed."身份证号" as id_number,
        {{ clean_text('landed."母亲姓名"') }} as mother_name,
        -- what
        coalesce(
            vaccine.standard_code, {{ trim_code('landed."疫苗代码"') }}
        ) as vaccine_code,
        {{ clean_text('landed."疫苗名称"') }} as vaccine_name,
        {{ clean_text('landed."接种单位"') }} as vaccination_unit_name,
        {{ trim_code('landed."批号"') }} as batch_number,
        -- when
        {{ parse_date('landed."接种日期"') }} as vaccinated_on,
        {{ parse_date('landed."录入日期"') }} as entered_on,
        -- how much and whether
        {{ parse_integer('landed."剂次"') }} as dose_number,
        -- where it comes from
        landed._first_delivery_on,
        landed._file_id,
        landed._line_number
    from landed
    left join code_mapping as sex
        on
            btrim(landed."性别") = sex.source_code
            and sex.code_list = 'SEX-WORD'
    left join code_mapping as vaccine
        on
            btrim(landed."疫苗代码") = vaccine.source_code
            and vaccine.code_list = 'D-VACCINE'

),

judged as (

    select
        *,
        case
            when
                {{ is_test_name('person_name') }}
                or {{ is_test_day('vaccinated_on') }}
                then 'test_row'
            when vaccinated_on is null then 'impossible_date'
        end as unusable_because
    from parsed

),

counted as (

    -- A row that cannot be used takes no other row's place.
    select
        judged.*,
        row_number() over (
            partition by
                judged.vaccinee_number,
                judged.vaccine_code,
                judged.dose_number,
                judged.unusable_because is null
            order by judged.vaccinated_on, first_sent.place, judged.record_key
        ) as place_in_dose
    from judged
    left join first_sent
        on
            judged.native_id = first_sent.native_id
            and judged.native_part = first_sent.native_part

),

marked as (

    select
        record_key,
        _key_hash,
        _last_delivery_on,
        _named_since,
        source_system,
        source_table,
        org_code,
        native_id,
        native_part,
        vaccinee_number,
        person_name,
        sex_code,
        sex_code_raw,
        born_on,
        id_number,
        mother_name,
        vaccine_code,
        vaccine_name,
        vaccination_unit_name,
        batch_number,
        vaccinated_on,
        entered_on,
        dose_number,
        _first_delivery_on,
        _file_id,
        _line_number,
        case
            when unusable_because is not null then unusable_because
            when place_in_dose > 1 and dose_number is not null then 'same_dose_again'
        end as set_aside_because
    from counted

)

select * from marked
