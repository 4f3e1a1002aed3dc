-- One row per staging model: rows of its feed, and what the record counts of its money.
-- sqlfluff:indentation:template_blocks_indent:false
with

event_source as (

    select * from {{ ref('rec_event_source') }}

),

encounter as (

    select * from {{ ref('rec_encounter') }}

),

settlement as (

    select * from {{ ref('rec_settlement') }}

),

charge as (

    select * from {{ ref('rec_outpatient_charge') }}

),

{% for staged in staged_feeds() %}
{{ staged.model }} as (

    select * from {{ ref(staged.model) }}

),

{% endfor -%}
{% for landing in staged_feeds() | map(attribute='landing') | unique -%}
{{ landing }} as (

    select * from {{ source('landing', landing) }}

),

{% endfor -%}
staging_rows as (
    {% for staged in staged_feeds() %}
    select
        '{{ staged.feed }}' as feed,
        '{{ staged.model }}' as staging_model,
        {{ staged.feed in event_feeds() }} as is_event,
        min(source_system) as source_system,
        min(source_table) as source_table,
        (select count(*) from {{ staged.landing }}) as landed_row_count,
        count(*) as staging_row_count,
        count(set_aside_because) as set_aside_row_count
    from {{ staged.model }}
    {% if not loop.last %}
    union all
    {% endif -%}
    {% endfor %}
),

record_rows as (

    select
        source_system,
        source_table,
        count(*) as record_row_count
    from event_source
    group by source_system, source_table

),

landed_money as (

    select
        'A06' as feed,
        sum({{ plain_fen('a06_ms_mzxx."ZJJE"') }})::bigint as landed_fen
    from a06_ms_mzxx
    inner join stg_a__ms_mzxx
        on
            a06_ms_mzxx._file_id = stg_a__ms_mzxx._file_id
            and a06_ms_mzxx._line_number = stg_a__ms_mzxx._line_number
    where a06_ms_mzxx."ZFPB" = '0'

    union all

    select
        'B05' as feed,
        sum(
            case b05_tb_his_mz_fee_detail."STFBZ" when '2' then -1 else 1 end
            * {{ plain_fen('b05_tb_his_mz_fee_detail."MXXMJE"') }}
        )::bigint as landed_fen
    from b05_tb_his_mz_fee_detail
    inner join stg_b__tb_his_mz_fee_detail
        on
            b05_tb_his_mz_fee_detail._file_id = stg_b__tb_his_mz_fee_detail._file_id
            and b05_tb_his_mz_fee_detail._line_number
            = stg_b__tb_his_mz_fee_detail._line_number

    union all

    select
        'C05' as feed,
        sum({{ plain_fen('c05_ms_mzxx.zjje') }})::bigint as landed_fen
    from c05_ms_mzxx
    inner join stg_c__ms_mzxx
        on
            c05_ms_mzxx._file_id = stg_c__ms_mzxx._file_id
            and c05_ms_mzxx._line_number = stg_c__ms_mzxx._line_number
    where c05_ms_mzxx.zfpb = '0'

    union all

    select
        'F02' as feed,
        sum({{ plain_fen('f02_setl_d."MEDFEE_SUMAMT"') }})::bigint as landed_fen
    from f02_setl_d
    inner join stg_f__setl_d
        on
            f02_setl_d._file_id = stg_f__setl_d._file_id
            and f02_setl_d._line_number = stg_f__setl_d._line_number

),

staging_money as (

    select
        case source_system when 'A' then 'A06' when 'B' then 'B05' else 'C05' end as feed,
        sum(net_fee_fen)::bigint as staging_fen
    from charge
    group by source_system

    union all

    select
        'F02' as feed,
        sum(total_fee_fen)::bigint as staging_fen
    from stg_f__setl_d

),

record_money as (

    select
        case source_system when 'A' then 'A06' when 'B' then 'B05' else 'C05' end as feed,
        sum(net_fee_fen)::bigint as record_fen
    from encounter
    where kind = 'outpatient'
    group by source_system

    union all

    select
        'F02' as feed,
        sum(total_fee_fen)::bigint as record_fen
    from settlement

),

unattached_money as (

    -- Charges of visits that nobody delivered: they can belong to no encounter.
    select
        case charge.source_system
            when 'A' then 'A06' when 'B' then 'B05' else 'C05'
        end as feed,
        sum(charge.net_fee_fen)::bigint as unattached_fen
    from charge
    left join encounter
        on
            charge.source_system = encounter.source_system
            and charge.org_code = encounter.org_code
            and charge.visit_number = encounter.native_id
            and encounter.kind = 'outpatient'
    where encounter.encounter_id is null
    group by charge.source_system

),

control_total as (

    select
        -- keys
        staging_rows.feed,
        staging_rows.staging_model,
        -- rows
        staging_rows.landed_row_count,
        staging_rows.staging_row_count,
        staging_rows.set_aside_row_count,
        record_rows.record_row_count,
        -- money
        landed_money.landed_fen,
        staging_money.staging_fen,
        unattached_money.unattached_fen,
        record_money.record_fen,
        -- verdict: rows that were set aside may stay in the record, with their mark
        (
            not staging_rows.is_event
            or coalesce(record_rows.record_row_count, 0) in (
                staging_rows.staging_row_count,
                staging_rows.staging_row_count - staging_rows.set_aside_row_count
            )
        )
        and coalesce(landed_money.landed_fen, 0) = coalesce(staging_money.staging_fen, 0)
        and coalesce(staging_money.staging_fen, 0)
        = coalesce(record_money.record_fen, 0)
        + coalesce(unattached_money.unattached_fen, 0)
            as is_balanced
    from staging_rows
    left join record_rows
        on
            staging_rows.source_system = record_rows.source_system
            and staging_rows.source_table = record_rows.source_table
    left join landed_money
        on staging_rows.feed = landed_money.feed
    left join staging_money
        on staging_rows.feed = staging_money.feed
    left join record_money
        on staging_rows.feed = record_money.feed
    left join unattached_money
        on staging_rows.feed = unattached_money.feed

)

select * from control_total
