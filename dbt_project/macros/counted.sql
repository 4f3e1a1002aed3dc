{#
    Rows of a table of persons, counted by what they say. The last column is `row_count`; the
    others say what is counted, and the model's meta which table (`counts`).

    Built from nothing it is counted. From then on triggers of that table add what comes and take
    away what goes, in the transaction that does it: on a day there is nothing to run.
#}
{% materialization counted, adapter='postgres' %}
    {%- set target = this.incorporate(type='table') -%}
    {%- do kept_current(target, kept_by_triggers) -%}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{# Nothing; but who reads the count has to wait until that table has been brought up to date. #}
{% macro kept_by_triggers() %}
    select from {{ builtins.ref(model.config.meta.counts) }} limit 0
{%- endmacro %}


{% macro triggers_that_count(relation) %}
    {#- A copy of the database goes by another name. -#}
    {%- set target = relation.include(database=false) -%}
    {%- set counted = builtins.ref(model.config.meta.counts).include(database=false) -%}
    {%- set columns = model.columns.keys() | reject('equalto', 'row_count') | join(', ') -%}
    {%- set function = target.schema ~ '.keep_' ~ target.identifier %}
    alter table {{ target }} add unique nulls not distinct ({{ columns }});
    create or replace function {{ function }}() returns trigger language plpgsql as $$
    begin
        if tg_op <> 'INSERT' then
            insert into {{ target }}
            select {{ columns }}, -count(*) from gone group by {{ columns }}
            on conflict ({{ columns }}) do update
            set row_count = {{ target.identifier }}.row_count + excluded.row_count;
        end if;
        if tg_op <> 'DELETE' then
            insert into {{ target }}
            select {{ columns }}, count(*) from come group by {{ columns }}
            on conflict ({{ columns }}) do update
            set row_count = {{ target.identifier }}.row_count + excluded.row_count;
        end if;
        delete from {{ target }} where row_count = 0;
        return null;
    end
    $$;
    {%- for change, rows in {
        'insert': 'new table as come',
        'delete': 'old table as gone',
        'update': 'old table as gone new table as come',
    }.items() %}
    create or replace trigger {{ target.identifier }}_{{ change }}
    after {{ change }} on {{ counted }} referencing {{ rows }}
    for each statement execute function {{ function }}();
    {%- endfor %}
{%- endmacro %}
