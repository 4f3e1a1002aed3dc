{#
    The rows of a feed as they stand after everything that has arrived: the last version of
    every key, without what was deleted. A pure function of the set of landed files: their
    order of arrival plays no part (handbook, chapter 2, re-sends, late files, deletions).

    The contract says how a feed is delivered; its facts come with the source's meta.

    Returns all landed columns, the file's period as `_period`, and `_first_delivery_on`,
    the day on which the key was first delivered. `told_apart_by` is an expression that
    belongs to the key besides the contract's columns.
#}
{% macro current_rows(feed, told_apart_by=none) %}
    {%- set contract = feed_contract(feed) -%}
    {%- set key = contract.key | map('replace', '"', '') | list -%}
    with

    sent as (

        select
            landed.*,
            file.logical_date as _logical_date,
            file.period as _period,
            file.state = 'landed' as _is_standing,
            min(file.delivery_date) over each_key as _first_delivery_on,
            max(file.logical_date) filter (where file.state = 'landed')
                over each_key as _last_sent_on,
            row_number() over (
                each_key
                order by
                    -- A file that was replaced counts as never sent.
                    (file.state = 'landed') desc,
                    {%- for column in contract.version_by %}
                    {{ parse_timestamp('landed."' ~ column ~ '"') }} desc nulls last,
                    {%- endfor %}
                    file.logical_date desc,
                    file.revision desc nulls last,
                    file.delivery_date desc,
                    file.file_name desc,
                    file.member_name desc,
                    landed._line_number desc,
                    file.sha256 desc
            ) as _place_from_newest
        from {{ source('landing', feed) }} as landed
        inner join {{ source('audit', 'file_ledger') }} as file
            on landed._file_id = file.file_id
        window each_key as (
            partition by
                {%- for column in key %}
                {% if column == '_period' %}file.period{% else %}landed."{{ column }}"{% endif %}
                {%- if not loop.last or told_apart_by %},{% endif %}
                {%- endfor %}
                {{ told_apart_by or '' }}
        )

    )
    {%- if contract.delivery in ('delta_and_full', 'snapshot') %},

    {{ newest_complete_snapshot(contract) }}

    select sent.*
    from sent
    cross join newest_snapshot
    where
        sent._is_standing
        and sent._place_from_newest = 1
        -- What the newest complete snapshot no longer holds was deleted since.
        {%- if contract.delivery == 'snapshot' %}
        and sent._logical_date = newest_snapshot.logical_date
        {%- else %}
        and (
            newest_snapshot.logical_date is null
            or sent._last_sent_on >= newest_snapshot.logical_date
        )
        {%- endif %}
    {%- else %}

    select sent.*
    from sent
    where
        sent._is_standing
        and sent._place_from_newest = 1
    {%- endif %}
{% endmacro %}


{#
    The day of the newest snapshot of which no page is missing; null when there is none. A
    page that broke off and was sent well later is not missing.
#}
{% macro newest_complete_snapshot(contract) %}
    snapshot_page as (

        select
            logical_date,
            file_name,
            member_name,
            coalesce(page, 1) as page,
            bool_or(state = 'landed') as has_landed,
            bool_or(state in ('refused', 'missing')) as has_failed
        from {{ source('audit', 'file_ledger') }}
        where
            feed = '{{ contract.feed }}'
            {%- if contract.delivery == 'delta_and_full' %}
            and is_full
            {%- endif %}
        group by logical_date, file_name, member_name, coalesce(page, 1)

    ),

    complete_snapshot as (

        select logical_date
        from snapshot_page
        group by logical_date
        having
            not bool_or(has_failed and not has_landed)
            and count(distinct page) filter (where has_landed) = max(page)

    ),

    newest_snapshot as (

        select max(logical_date) as logical_date
        from complete_snapshot

    )
{% endmacro %}


{# What the contract of a feed says of its deliveries, from the meta of its dbt source. #}
{% macro feed_contract(feed) %}
    {%- set unknown = {
        'feed': feed, 'system': '', 'table': feed, 'delivery': 'delta', 'key': ['_line_number'],
        'version_by': [], 'watermark': none,
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
    {%- set contract = dict(found[0].config.meta) -%}
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
{% macro source_keys(feed, native_id, native_part="''", org_code="''", org_in_key=true) %}
        {%- set contract = feed_contract(feed) -%}
        '{{ contract.system }}|{{ contract.table }}|'
        {%- if org_in_key %}
        || {{ org_code }}
        {%- endif %}
        || '|' || {{ native_id }}
        {%- if native_part != "''" %}
        || '|' || {{ native_part }}
        {%- endif %} as record_key,
        '{{ contract.system }}'::text as source_system,
        '{{ contract.table }}'::text as source_table,
        coalesce({{ org_code }}, '') as org_code,
        {{ native_id }} as native_id,
        {{ native_part }}::text as native_part
{%- endmacro %}
