{#
    The rows of a feed as they stand after everything that has arrived: the last version of
    every key, without what was deleted. A pure function of the set of landed files: their
    order of arrival plays no part (handbook, chapter 2, re-sends, late files, deletions).

    The contract says how a feed is delivered; its facts come with the source's meta.

    Returns all landed columns, the file's period as `_period`, `_first_delivery_on`, the day
    on which the key was first delivered, and of feeds that tell who somebody is
    `_named_since` (named_since.sql). `told_apart_by` is an expression that belongs to the
    key besides the contract's columns.

    What stood on an earlier delivery day is asked of landing.<feed>_as_of(day), which is
    made from the same macros (as_of.sql).
#}
{% macro current_rows(feed, told_apart_by=none) %}
    {%- set contract = feed_contract(feed) -%}
    {%- if told_apart_by -%}
    {#- Read by as_of.sql: the functions for earlier days tell the same rows apart. -#}
    /* {{ feed }} is told apart by {{ told_apart_by }} */
    {% endif -%}
    with

    {%- if has_full_lists(contract) %}

    newest_full_list as (

        -- Null when there is none; a list of which a page is missing says nothing yet.
        select max(logical_date) as logical_date
        from {{ source('landing', 'full_list') }}
        where
            feed = '{{ contract.feed }}'
            and is_complete

    ),

    {%- endif %}

    {%- if tells_who(contract) %}
    {{ named_since(contract, told_apart_by, source('audit', 'file_ledger'), 'file_id') }}
    {%- endif %}

    sent as (

        select
            landed.*,
            {{ key_hash(contract, 'landed') }} as _key_hash,
            {%- if tells_who(contract) -%}
            {{- key_columns(contract, told_apart_by) }}
            {%- endif %}
            {{- version_facts(contract) }}
        from {{ source('landing', feed) }} as landed
        inner join {{ source('audit', 'file_ledger') }} as file
            on landed._file_id = file.file_id
        {%- if has_full_lists(contract) %}
        cross join newest_full_list
        {%- endif %}
        {{- waiting_keys_only(contract) }}
        {{- version_window(contract, told_apart_by) }}

    )

    select
        sent.*
        {%- if tells_who(contract) %},
        named_since.place as _named_since
        {%- endif %}
    from sent
    {%- if has_full_lists(contract) %}
    cross join newest_full_list
    {%- endif %}
    {%- if tells_who(contract) -%}
    {{- join_named_since(contract, told_apart_by) }}
    {%- endif %}
    where
        {{ is_current_version() }}
        {%- if has_full_lists(contract) %}
        and {{ is_still_listed(contract) }}
        {%- endif %}
{% endmacro %}


{% macro has_full_lists(contract) %}
    {{- return(contract.delivery in ('delta_and_full', 'snapshot')) -}}
{% endmacro %}


{#
    What decides between the versions of a key: columns over the windows below. The newest
    version counts. Where it was sent several times, the row that said it first stands for
    all: what a delivery repeats changes nothing, not even where a row comes from.
#}
{% macro version_facts(contract) %}
            file.logical_date as _logical_date,
            file.period as _period,
            file.state = 'landed' as _is_standing,
            min(file.delivery_date) over each_key as _first_delivery_on,
            max(file.delivery_date) filter (where file.state = 'landed')
                over each_key as _last_delivery_on,
            max(file.logical_date) filter (where file.state = 'landed')
                over each_key as _last_sent_on,
            row_number() over newest_first as _place_from_newest,
            first_value(landed._row_hash) over newest_first as _newest_hash,
            first_value(file.logical_date) over newest_first as _newest_sent_on,
            row_number() over first_said as _place_from_first
{%- endmacro %}

{% macro is_current_version() -%}
        sent._is_standing
        and sent._row_hash = sent._newest_hash
        and sent._place_from_first = 1
{%- endmacro %}


{% macro version_window(contract, told_apart_by) %}
        window
            each_key as (partition by {{ told_apart_columns(contract, told_apart_by) }}),
            newest_first as (
                each_key
                order by
                    -- A file that was replaced counts as never sent.
                    (file.state = 'landed') desc,
                    {%- if contract.delivery == 'snapshot' %}
                    (file.logical_date = newest_full_list.logical_date) desc nulls last,
                    {%- endif %}
                    {%- for column in contract.version_by %}
                    {{ parse_timestamp('landed."' ~ column ~ '"') }} desc nulls last,
                    {%- endfor %}
                    file.logical_date desc,
                    file.revision desc,
                    file.delivery_date desc,
                    file.file_name desc,
                    file.member_name desc,
                    landed._line_number desc,
                    file.sha256 desc
            ),
            first_said as (
                partition by
                    {{ told_apart_columns(contract, told_apart_by) }},
                    landed._row_hash
                order by
                    (file.state = 'landed') desc,
                    file.delivery_date asc,
                    file.logical_date asc,
                    file.revision asc,
                    file.file_name asc,
                    file.member_name asc,
                    landed._line_number asc,
                    file.sha256 asc
            )
{%- endmacro %}


{% macro told_apart_columns(contract, told_apart_by) -%}
                {%- for column in contract.key %}
                {{ part_of_key(column) }}
                {%- if not loop.last or told_apart_by %},{% endif %}
                {%- endfor %}
                {{ told_apart_by or '' }}
{%- endmacro %}

{% macro part_of_key(column) -%}
    {% if column == '_period' %}file.period{% else %}landed."{{ column }}"{% endif %}
{%- endmacro %}


{# The number of a key, written as the index of the landed table is (landing/schema.py). #}
{% macro key_hash(contract, alias) -%}
    {%- set parts = [] -%}
    {%- for column in contract.key if column[0] != '_' -%}
        {%- do parts.append("coalesce(" ~ alias ~ '."' ~ column ~ "\", '')") -%}
    {%- endfor -%}
    hashtextextended({{ parts | join(" || '|' || ") or "''" }}, 0)
{%- endmacro %}


{# Of a table that is only brought up to date, the rows whose keys wait. #}
{% macro waiting_keys_only(contract) -%}
    {%- if reading_again() == 'keys' %}
        where {{ key_waits(contract) }}
    {%- endif -%}
{%- endmacro %}

{# Whether the rows of a key are among those that are read. #}
{% macro key_is_read(feed) -%}
    {%- if reading_again() == 'keys' -%}
        {{ key_waits(feed_contract(feed)) }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{% macro key_waits(contract) -%}
        {{ key_hash(contract, 'landed') }} in (
            select waiting_key.key_hash
            from changes.waiting_key
            where waiting_key.feed = '{{ contract.feed }}'
        )
{%- endmacro %}


{# Whether the newest full list still holds a key; what it leaves out was deleted since. #}
{% macro is_still_listed(contract) -%}
    {%- if contract.delivery == 'snapshot' -%}
        sent._newest_sent_on = newest_full_list.logical_date
    {%- else -%}
        (
            newest_full_list.logical_date is null
            or sent._last_sent_on >= newest_full_list.logical_date
        )
    {%- endif -%}
{%- endmacro %}


{# What the contract of a feed says of its deliveries, from the meta of its dbt source. #}
{% macro feed_contract(feed) %}
    {%- set unknown = {
        'feed': feed, 'name': feed, 'system': '', 'table': feed, 'delivery': 'delta',
        'key': ['_line_number'],
        'version_by': [], 'watermark': none, 'names': {},
    } -%}
    {%- if not (execute | default(false)) -%}
        {{ return(unknown) }}
    {%- endif -%}
    {%- set found = graph.sources.values()
        | selectattr('source_name', 'equalto', 'landing')
        | selectattr('name', 'equalto', feed)
        | list -%}
    {%- if not found -%}
        {{ exceptions.raise_compiler_error('There is no contract for the feed ' ~ feed) }}
    {%- endif -%}
    {%- set contract = dict({'names': {}}, **found[0].config.meta) -%}
    {%- do contract.update({'name': feed}) -%}
    {%- if contract.delivery == 'watermark' -%}
        {%- do contract.update({'version_by': [contract.watermark]}) -%}
    {%- endif -%}
    {{ return(contract) }}
{% endmacro %}


{#
    The columns that say where a row comes from, first of every staging model. `record_key`
    holds the institution only where the handbook makes it part of the key: in systems that
    serve a whole county it can change while the record stays the same.
#}
{% macro source_keys(
    feed, native_id, native_part="''", org_code="''", org_in_key=true, landed='landed'
) %}
        {%- set contract = feed_contract(feed) -%}
        '{{ contract.system }}|{{ contract.table }}|'
        {%- if org_in_key %}
        || {{ org_code }}
        {%- endif %}
        || '|' || {{ native_id }}
        {%- if native_part != "''" %}
        || '|' || {{ native_part }}
        {%- endif %} as record_key,
        {{ landed }}._key_hash,
        {{ landed }}._last_delivery_on,
        {%- if tells_who(contract) %}
        {{ landed }}._named_since,
        {%- endif %}
        '{{ contract.system }}'::text as source_system,
        '{{ contract.table }}'::text as source_table,
        coalesce({{ org_code }}, '') as org_code,
        {{ native_id }} as native_id,
        {{ native_part }}::text as native_part
{%- endmacro %}
