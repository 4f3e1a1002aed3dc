{#
    A table of the record, or of what is known of people, kept current at the cost of the
    persons whom a delivery touched.

    Built from nothing with --full-refresh. Otherwise loaders/changes has found the affected
    persons and laid out in the schema `affected` all rows that lead to them; `ref` and
    `source` point there, so the same SQL says what is true of these persons now. Their rows
    here are replaced, everybody else's stay.
#}
{% materialization per_person, adapter='postgres' %}
    {%- set target = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if flags.FULL_REFRESH -%}
        {#- Not in the statement below: dbt has to learn which views go with it. -#}
        {%- set former = load_cached_relation(this) -%}
        {%- if former -%}
            {%- do adapter.drop_relation(former) -%}
        {%- endif -%}
    {%- endif -%}
    {% call statement('main') -%}
        {%- if flags.FULL_REFRESH -%}
            {{ record_anew(target) }}
        {%- else -%}
            {{ record_affected() }}
        {%- endif -%}
    {%- endcall %}
    {%- if flags.FULL_REFRESH -%}
        {%- do persist_docs(target, model) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {%- set made = [target] -%}
    {%- if not flags.FULL_REFRESH -%}
        {%- do made.append(affected_relation(model.name)) -%}
    {%- endif -%}
    {{ return({'relations': made}) }}
{% endmaterialization %}


{% macro record_anew(target) %}
    {{ get_create_table_as_sql(False, target, sql) }};
    {%- for column in ('person_id', 'event_id', 'encounter_id', 'source_key')
        if column in model.columns %}
    create index on {{ target }} ({{ column }});
    {%- endfor %}
    {%- for index in config.get('indexes', []) %}
    create index on {{ target }} ({{ index.columns | join(', ') }});
    {%- endfor %}
{%- endmacro %}


{#
    What is built is compared with what stands, row by row, and only what differs is written:
    of a person who came once more nearly all is as it was, and to write a row and its
    entries in the indexes takes far longer than to read it. The new rows stay in
    affected.fresh_<model>; tests look at them.
#}
{% macro record_affected() %}
    {#- The same SQL made the table, in the order of its contract where it has one. -#}
    {%- set columns = model.columns | join(', ') if config.get('contract').enforced else '*' %}
    {%- set built = 'affected.' ~ model.name %}
    {%- set fresh = fresh_rows(model.name) %}
    {#- What a few persons have lies scattered, and mostly in memory. #}
    set local random_page_cost = 1.1;
    drop table if exists {{ built }}, {{ fresh }};
    create unlogged table {{ built }} (like {{ this }});
    insert into {{ built }}
    select {{ columns }} from (
        {{ sql }}
    ) as built;
    analyze {{ built }};
    create temporary table standing_row on commit drop as
    select ctid as place, person_id, hash_record_extended(standing, 0) as said
    from {{ this }} as standing
    where person_id in (select person_id from changes.affected_person)
    union all
    select ctid as place, person_id, hash_record_extended(orphan, 0) as said
    from {{ this }} as orphan
    where person_id is null and {{ is_affected_orphan() }};
    create temporary table built_row on commit drop as
    select ctid as place, person_id, hash_record_extended(built, 0) as said
    from {{ built }} as built
    where
        person_id is null
        or person_id in (select person_id from changes.affected_person);
    create temporary table differing on commit drop as
    select person_id, said
    from (
        select person_id, said, 1 as standing from standing_row
        union all
        select person_id, said, -1 as standing from built_row
    ) as compared
    group by person_id, said
    having sum(standing) <> 0;
    delete from {{ this }} where ctid = any({{ places_of_differing('standing_row') }});
    create unlogged table {{ fresh }} as
    select * from {{ built }} where ctid = any({{ places_of_differing('built_row') }});
    analyze {{ fresh }};
    insert into {{ this }} select * from {{ fresh }};
{%- endmacro %}


{# The new rows of a model, as the table is called that holds them. #}
{% macro fresh_rows(name) -%} affected.fresh_{{ name }} {%- endmacro %}


{# An array, for rows are then fetched by where they are and by no other plan. #}
{% macro places_of_differing(rows) -%}
    array(
        select place
        from {{ rows }} as compared
        inner join differing
            on
                compared.said = differing.said
                and compared.person_id is not distinct from differing.person_id
    )
{%- endmacro %}


{#
    Whether a row of nobody is to be replaced. It is known by the source record that it comes
    from. Where a table does not say from which, its first column does, or the column that the
    model's meta names (`known_by`); a table that tells of something that many records share
    names the staged tables and how each says it (`tells_of`).
#}
{% macro is_affected_orphan() %}
    {%- set built = 'affected.' ~ model.name %}
    {%- if 'native_id' in model.columns %}
    {%- set source = 'native_id, native_part, org_code, source_table, source_system' %}
    ({{ source }}) in (
        select {{ source }} from changes.affected_row
        union all
        select {{ source }} from {{ built }}
    )
    {%- else %}
    {%- set key = model.config.meta.get('known_by', model.columns.keys() | first) %}
    {%- set tells_of = model.config.meta.get('tells_of', {}) %}
    (
        {{ key }} in (select {{ key }} from {{ built }})
        {%- if not tells_of %}
        or {{ key }} in (select record_key from changes.affected_row)
        {%- endif %}
        {%- for table in tells_of %}
        or {{ key }} in (select {{ tells_of[table] }} from changes.{{ table }})
        {%- endfor %}
    )
    {%- endif %}
{%- endmacro %}
