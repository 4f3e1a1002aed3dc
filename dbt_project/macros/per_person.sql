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


{% macro record_affected() %}
    {#- The same SQL made the table, in the order of its contract where it has one. -#}
    {%- set columns = model.columns | join(', ') if config.get('contract').enforced else '*' %}
    drop table if exists affected.{{ model.name }};
    create unlogged table affected.{{ model.name }} (like {{ this }});
    insert into affected.{{ model.name }}
    select {{ columns }} from (
        {{ sql }}
    ) as built;
    analyze affected.{{ model.name }};
    delete from {{ this }}
    where person_id in (select person_id from changes.affected_person);
    {%- if 'native_id' in model.columns %}
    -- Rows of nobody are known by the source record that they come from.
    {%- for again in ('changes.affected_row', 'affected.' ~ model.name) %}
    delete from {{ this }} as orphan
    using {{ again }} as source
    where
        orphan.person_id is null
        and orphan.native_id = source.native_id
        and orphan.native_part = source.native_part
        and orphan.org_code = source.org_code
        and orphan.source_table = source.source_table
        and orphan.source_system = source.source_system;
    {%- endfor %}
    {%- else %}
    {{ remove_orphans() }}
    {%- endif %}
    insert into {{ this }}
    select * from affected.{{ model.name }}
    where
        person_id is null
        or person_id in (select person_id from changes.affected_person);
{%- endmacro %}


{#
    Rows of nobody in a table that does not say from which source record they are. Their first
    column does, or the column that the model's meta names (`known_by`); a table that tells of
    something that many records share names the staged tables and how each says it (`tells_of`).
#}
{% macro remove_orphans() %}
    {%- set key = model.config.meta.get('known_by', model.columns.keys() | first) %}
    {%- set tells_of = model.config.meta.get('tells_of', {}) %}
    delete from {{ this }}
    where
        person_id is null
        and (
            {{ key }} in (select {{ key }} from affected.{{ model.name }})
            {%- if not tells_of %}
            or {{ key }} in (select record_key from changes.affected_row)
            {%- endif %}
            {%- for table in tells_of %}
            or {{ key }} in (select {{ tells_of[table] }} from changes.{{ table }})
            {%- endfor %}
        );
{%- endmacro %}
