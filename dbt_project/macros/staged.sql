{#
    A staging table, kept up to date at the cost of what changed.

    Built to its end once by the rules of today, it afterwards reads only the keys that wait
    (loaders/changes): what their rows are now takes the place of what they were, and both are
    noted in changes.<table>, for the layers above to know what was touched. Where whole lists
    are delivered, everything is read and compared: what is missing was deleted.

    The table is a pure function of the landed files either way. What is run to bring it up to
    date must be the same on every day (loaders/changes/prepared.py).
#}
{% materialization staged, adapter='postgres' %}
    {%- set way = reading_again() -%}
    {%- set target = this.incorporate(type='table') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% call statement('main') -%}
        {%- if way -%}
            {%- if way == 'keys' -%}
                {{ let_more_keys_wait() }}
            {%- endif %}
            {{ bring_up_to_date(way) }}
        {%- else -%}
            {{ stage_anew() }}
        {%- endif -%}
    {%- endcall %}

    {%- if not way -%}
        {%- do persist_docs(target, model) -%}
        {%- if not is_compared() -%}
            {%- call statement('technical_columns') -%}
                {{ words_of_technical_columns(target) }}
            {%- endcall -%}
        {%- endif -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{#
    How the table of this model is read: '' from nothing, 'keys' those that wait, 'whole'
    everything but for comparison. What waits is said by loaders/changes before dbt runs; a
    layer that is built from nothing is run with --full-refresh.
#}
{% macro reading_again() -%}
    {%- if not (execute | default(false))
        or flags.FULL_REFRESH
        or flags.WHICH not in ('build', 'run')
        or model.config.get('materialized') != 'staged' -%}
        {{ return('') }}
    {%- endif -%}
    {%- if model.config.meta.get('read_whole') -%}
        {{ return('whole') }}
    {%- endif -%}
    {%- set asked -%}
        select is_whole from changes.waiting_feed where feed = '{{ landed_feed() }}'
    {%- endset -%}
    {%- set answer = run_query(asked).columns[0].values() -%}
    {{ return('whole' if answer | length and answer[0] else 'keys') }}
{%- endmacro %}


{# The landed table that this model stages, and its feed; a model that stages reads one. #}
{% macro landed_table() -%}
    {%- for name in model.depends_on.nodes if name.startswith('source.onecard.landing.') -%}
        {%- if graph.sources[name].config.meta.get('feed') -%}
            {{ return(graph.sources[name].name) }}
        {%- endif -%}
    {%- endfor -%}
    {{ exceptions.raise_compiler_error(model.name ~ ' stages no feed') }}
{%- endmacro %}

{% macro landed_feed() -%}
    {{ return(feed_contract(landed_table()).feed) }}
{%- endmacro %}


{#
    The planner cannot know how many of the versions of a row count, takes it to be one, and
    would compare every row with every code there is.
#}
{% macro stage_anew() %}
    set local enable_nestloop = off;
    drop table if exists {{ this }} cascade;
    create table {{ this }} as (
        {{ sql }}
    );
    create index on {{ this }} (_key_hash);
    create index on {{ this }} (record_key);
    {%- for columns in columns_of_leads() %}
    create index on {{ this }} ({{ columns }});
    {%- endfor %}
    {%- if not is_shadow() %}
    drop table if exists changes.{{ this.identifier }};
    create table changes.{{ this.identifier }} as (
        select false as _is_now, * from {{ this }}
    ) with no data;
    comment on table changes.{{ this.identifier }} is
    '变动的行：原为与现为 / rows that changed: what they were and what they are';
    {%- endif %}
{%- endmacro %}


{#
    The words of the columns that keep a staging table up to date. Every one has them from the
    macro source_keys, so they are said once and not in every model's .yml.
#}
{% macro words_of_technical_columns(relation) %}
    comment on column {{ relation }}._key_hash is
    '主键的摘要，同落地表的索引 / digest of the key, as in the index of the landed table';
    comment on column {{ relation }}._last_delivery_on is
    '最近一次送来该主键的日期，重复报送也算 / day of its last delivery, also of one that only repeats it';
    {%- if tells_who(feed_contract(landed_table())) %}
    comment on column {{ relation }}._named_since is
    '该主键先前指他人的，自何日何文件何行起改指此人；未曾改指的为空 / where a key that named somebody else before has come to name this person: day, file, part, line; null for any other';
    {%- endif %}
{%- endmacro %}


{# The columns by which rows of this model lead to others, and others to them. #}
{% macro columns_of_leads() -%}
    {%- set found = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' -%}
        {%- for lead in node.config.meta.get('leads_to', []) -%}
            {%- if node.name == model.name -%}
                {%- do found.append(lead.by.keys() | join(', ')) -%}
            {%- endif -%}
            {%- if lead.model == model.name -%}
                {%- do found.append(lead.by.values() | join(', ')) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if model.config.meta.get('read_together') -%}
        {%- do found.append(model.config.meta.read_together.staged) -%}
    {%- endif -%}
    {{ return(found | unique | list) }}
{%- endmacro %}


{% macro bring_up_to_date(way) %}
    create temporary table fresh on commit drop as (
        {{ sql }}
    );
    create temporary table former on commit drop as (
        select * from {{ this }}
        {%- if way == 'keys' %}
        where _key_hash in (
            select key_hash from changes.waiting_key where feed = '{{ landed_feed() }}'
        )
        {%- endif %}
    );
    {%- set columns = adapter.get_columns_in_relation(this)
        | map(attribute='quoted')
        | reject('equalto', '"_last_delivery_on"')
        | join(', ') %}
    create temporary table gone on commit drop as (
        select {{ columns }} from former
        except
        select {{ columns }} from fresh
    );
    create temporary table come on commit drop as (
        select {{ columns }} from fresh
        except
        select {{ columns }} from former
    );
    -- All rows of a key that changed: the key of a feed need not be the key of a row.
    create temporary table touched on commit drop as (
        select _key_hash from gone
        union
        select _key_hash from come
    );
    delete from {{ this }}
    where _key_hash in (select _key_hash from touched);
    insert into {{ this }}
    select * from fresh
    where _key_hash in (select _key_hash from touched);
    -- That a row was sent once more is noted, and is no change of it.
    update {{ this }} as staged
    set _last_delivery_on = fresh._last_delivery_on
    from fresh
    where
        staged.record_key = fresh.record_key
        and staged._last_delivery_on is distinct from fresh._last_delivery_on;
    insert into changes.{{ this.identifier }} (_is_now, {{ columns }})
    select false, * from gone
    union all
    select true, * from come;
{%- endmacro %}


{#
    Rows that are read again though their own keys did not change: a row of a laboratory
    report says what its sample is, a line of a prescription whether it is void (leads_to in
    the models' meta); doses of one child are compared with one another (read_together).
#}
{% macro let_more_keys_wait() -%}
    {%- for parent in model.refs if parent.name.startswith('stg_') -%}
        {%- set leads = model.config.meta.get('leads_to', [])
            | selectattr('model', 'equalto', parent.name)
            | list -%}
        {%- if not leads -%}
            {{ exceptions.raise_compiler_error(
                model.name ~ ' reads ' ~ parent.name ~ ' without saying how it leads there'
            ) }}
        {%- endif -%}
        {%- set below -%}
            inner join changes.{{ parent.name }} as changed
                on
                {%- for own, theirs in leads[0].by.items() %}
                    staged.{{ own }} = changed.{{ theirs }}
                    {%- if not loop.last %} and {% endif %}
                {%- endfor %}
        {%- endset -%}
        {{ let_keys_wait(below) }}
    {%- endfor -%}
    {%- set together = model.config.meta.get('read_together') -%}
    {%- if together -%}
        {%- set contract = feed_contract(landed_table()) -%}
        {%- set beside -%}
            where staged.{{ together.staged }} in (
                select {{ trim_code('landed."' ~ together.landed ~ '"') }}
                from landing.{{ landed_table() }} as landed
                where {{ key_waits(contract) }}
                union all
                select also.{{ together.staged }}
                from {{ this }} as also
                where also._key_hash in (
                    select key_hash
                    from changes.waiting_key
                    where feed = '{{ contract.feed }}'
                )
            )
        {%- endset -%}
        {{ let_keys_wait(beside) }}
    {%- endif -%}
{%- endmacro %}

{% macro let_keys_wait(which) %}
    insert into changes.waiting_key (feed, key_hash)
    select distinct
        '{{ landed_feed() }}',
        staged._key_hash
    from {{ this }} as staged
    {{ which }}
    on conflict do nothing;
{%- endmacro %}


{# A table of which some rows changed keeps its statistics; the server renews them in time. #}
{% macro analyze_when_new() -%}
    {%- if flags.FULL_REFRESH
        or model.config.materialized not in (
            'staged', 'per_person', 'by_difference', 'by_key', 'counted'
        ) -%}
        analyze {{ this }}
    {%- endif -%}
{%- endmacro %}
