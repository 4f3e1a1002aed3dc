-- One row per code that a system sends and its code list does not know.
{{ config(materialized='by_difference') }}
with

code_mapping as (

    select * from {{ ref('code_mapping') }}

),

file_ledger as (

    select * from {{ source('audit', 'file_ledger') }}

),

sent_code as (

    select * from {{ ref('sent_code') }}

),

counted as (

    select
        file_ledger.feed,
        sent_code.column_name,
        sent_code.code_list,
        sent_code.code,
        sum(sent_code.row_count)::bigint as row_count,
        min(file_ledger.delivery_date) as first_sent_on
    from sent_code
    inner join file_ledger on sent_code._file_id = file_ledger.file_id
    where file_ledger.state = 'landed'
    group by
        file_ledger.feed,
        sent_code.column_name,
        sent_code.code_list,
        sent_code.code

),

known_list as (

    select distinct code_list from code_mapping

),

unmapped_code as (

    select counted.*
    from counted
    -- A list that nobody has entered here says nothing about its codes.
    inner join known_list on counted.code_list = known_list.code_list
    left join code_mapping
        on
            counted.code_list = code_mapping.code_list
            and counted.code = code_mapping.source_code
    where code_mapping.source_code is null

)

select * from unmapped_code
