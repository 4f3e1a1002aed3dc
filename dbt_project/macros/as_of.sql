{#
    History: what stood when everything delivered up to a day was known and nothing later.
    The functions are made in the schema landing after staging, for people who write SQL and
    for `onecard history` and `onecard audit`:

      landing.files_as_of(feed, day)     the delivered tables with the states they had (files_as_of.sql)
      landing.<name>_versions(day)       every row that was known, with its `_state`
      landing.<name>_as_of(day)          the rows that were current

    A day that is null means everything. Which version of a key counts is decided by the
    macros of current_rows.sql, here and in staging alike.
#}
{% macro make_as_of_functions(results) %}
    {#- They say how to read and not what was read: new rules alone make others of them. -#}
    {%- if execute
        and flags.FULL_REFRESH
        and not is_shadow()
        and '.stg_' in selected_resources | join(' ') -%}
{{ files_as_of_function() }}
        {%- set read_by_models = [] -%}
        {%- for node in graph.nodes.values() -%}
            {%- do read_by_models.extend(node.get('depends_on', {}).get('nodes', [])) -%}
        {%- endfor -%}
        {%- for landed in graph.sources.values() -%}
            {%- if landed.source_name == 'landing' and landed.config.meta.get('feed') -%}
                {#- A feed whose model was not built this time keeps what it has. -#}
                {%- set built = [] -%}
                {%- for result in results -%}
                    {%- set code = result.node.compiled_code or '' -%}
                    {%- if '.stg_' in result.node.unique_id
                        and landed.unique_id in result.node.depends_on.nodes -%}
                        {%- do built.append(code) -%}
                    {%- endif -%}
                {%- endfor -%}
                {%- if built or landed.unique_id not in read_by_models -%}
{{ as_of_functions(landed, told_apart_by(landed.name, built | join(' '))) }}
                {%- endif -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}


{# What a staging model tells rows of a feed apart by besides the key, from its SQL. #}
{% macro told_apart_by(feed, compiled_code) %}
    {%- set mark = '/* ' ~ feed ~ ' is told apart by ' -%}
    {%- if mark not in compiled_code -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return(compiled_code.split(mark)[1].split(' */')[0]) }}
{% endmacro %}


{% macro as_of_functions(landed, told_apart_by) %}
{%- set contract = feed_contract(landed.name) -%}
{%- set columns = landed.columns.values() | map(attribute='name')
    | reject('in', ['_file_id', '_line_number', '_row_hash', '_extra']) | list -%}
drop function if exists landing.{{ landed.name }}_as_of(date);
drop function if exists landing.{{ landed.name }}_versions(date);
create function landing.{{ landed.name }}_versions(of_day date default null)
returns table (
    _file_id bigint,
    _line_number integer,
    _row_hash uuid,
    _extra jsonb,
    {%- for column in columns %}
    "{{ column }}" text,
    {%- endfor %}
    _logical_date date,
    _period text,
    _delivery_date date,
    _first_delivery_on date,
    _named_since text,
    _told_apart_by text,
    _place_from_newest bigint,
    _state text
)
language sql stable parallel safe
as $$
with

file as (

    select * from landing.files_as_of('{{ contract.feed }}', of_day)

),

{% if has_full_lists(contract) -%}
full_list as (

    select
        logical_date,
        bool_or(state = 'landed')
        and count(*) filter (
            where state in ('refused', 'missing') and replaced_by is null
        ) = 0
        and count(distinct page) filter (
            where state in ('landed', 'replaced', 'duplicate')
        ) = coalesce(max(page), 0) as is_complete
    from file
    where is_full
    group by logical_date

),

newest_full_list as (

    select max(logical_date) as logical_date
    from full_list
    where is_complete

),

{% endif -%}
{%- if tells_who(contract) -%}
{{ named_since(contract, told_apart_by, 'file', 'stored_under') }}
{%- endif %}
sent as (

    select
        landed.*,
        file.file_id as _known_as,
        file.delivery_date as _delivery_date,
        ({{ told_apart_by or 'null' }})::text as _told_apart_by,
        {%- if tells_who(contract) %}
        {{ key_hash(contract, 'landed') }} as _key_hash,
        {{- key_columns(contract, told_apart_by) }}
        {%- endif %}
        {{- version_facts(contract) }}
    from {{ source('landing', landed.name) }} as landed
    inner join file
        on landed._file_id = file.stored_under
    {%- if has_full_lists(contract) %}
    cross join newest_full_list
    {%- endif %}
    {{- version_window(contract, told_apart_by) }}

)

select
    sent._known_as,
    sent._line_number,
    sent._row_hash,
    sent._extra,
    {%- for column in columns %}
    sent."{{ column }}",
    {%- endfor %}
    sent._logical_date,
    sent._period,
    sent._delivery_date,
    sent._first_delivery_on,
    {{ 'named_since.place' if tells_who(contract) else 'null' }} as _named_since,
    sent._told_apart_by,
    sent._place_from_newest,
    case
        when not sent._is_standing then 'replaced_file'
        when sent._row_hash <> sent._newest_hash then 'older_version'
        when sent._place_from_first > 1 then 'repeated'
        {%- if contract.delivery == 'snapshot' %}
        -- It came with a list of which a part is missing: that list says nothing yet.
        when sent._newest_sent_on > coalesce(newest_full_list.logical_date, '-infinity')
            then 'list_incomplete'
        {%- endif %}
        {%- if has_full_lists(contract) %}
        when not {{ is_still_listed(contract) }} then 'deleted_since'
        {%- endif %}
        else 'current'
    end as _state
from sent
{%- if has_full_lists(contract) %}
cross join newest_full_list
{%- endif %}
{%- if tells_who(contract) -%}
{{- join_named_since(contract, told_apart_by) }}
{%- endif %}
$$;
comment on function landing.{{ landed.name }}_versions(date) is
'某日所知的全部版本及其状态 / every version that was known on a day, with its state';
create function landing.{{ landed.name }}_as_of(of_day date)
returns table (
    _file_id bigint,
    _line_number integer,
    _row_hash uuid,
    _extra jsonb,
    {%- for column in columns %}
    "{{ column }}" text,
    {%- endfor %}
    _period text,
    _first_delivery_on date,
    _named_since text
)
language sql stable parallel safe
as $$
select
    _file_id,
    _line_number,
    _row_hash,
    _extra,
    {%- for column in columns %}
    "{{ column }}",
    {%- endfor %}
    _period,
    _first_delivery_on,
    _named_since
from landing.{{ landed.name }}_versions(of_day)
where _state = 'current'
$$;
comment on function landing.{{ landed.name }}_as_of(date) is
'某日的现行行：只知当日及以前的交付 / the rows that were current on a delivery day';
{%- endmacro %}
