{#
    The landing tables with coded columns, and for each column the code list that its contract
    names, in the order of the feeds.
#}
{% macro coded_columns() %}
    {#- While the project is only parsed nothing is known of the contracts. -#}
    {%- if not (execute | default(false)) -%}
        {{ return([{
            'name': 'current_file', 'feed': '', 'columns': [{'name': 'feed', 'codes': ''}]
        }]) }}
    {%- endif -%}
    {%- set found = [] -%}
    {%- for table in graph.sources.values()
        | selectattr('source_name', 'equalto', 'landing') | sort(attribute='name') -%}
        {%- set columns = [] -%}
        {%- for column in table.columns.values() -%}
            {%- if column.config.meta.codes is defined -%}
                {%- do columns.append({'name': column.name, 'codes': column.config.meta.codes}) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if columns -%}
            {%- do found.append({
                'name': table.name, 'feed': table.config.meta.feed, 'columns': columns
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}


{#
    A table of what files hold, by `_file_id`: counted once for each file, and again for one
    that changed. Files that wait are told by loaders/changes before dbt runs.
#}
{% materialization by_file, adapter='postgres' %}
    {%- set target = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- set former = load_cached_relation(this) -%}
    {%- set anew = flags.FULL_REFRESH or not former -%}
    {%- if anew and former -%}
        {%- do adapter.drop_relation(former) -%}
    {%- endif -%}
    {% call statement('main') -%}
        {%- if anew -%}
            {{ get_create_table_as_sql(False, target, sql) }};
            create index on {{ target }} (_file_id);
        {%- else -%}
            -- One file can be most of a table; those of a day are found by the index all the same.
            set local enable_seqscan = off;
            delete from {{ this }}
            where _file_id in (select file_id from changes.waiting_file);
            insert into {{ this }}
            select * from (
                {{ sql }}
            ) as counted;
        {%- endif -%}
    {%- endcall %}
    {%- if anew -%}
        {%- do persist_docs(target, model) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{#
    Of a table that only counts what came, the rows of the files that wait. As an array, for
    they are then found by the index on files, however many rows the planner expects.
#}
{% macro waiting_files_only(feed) -%}
    {%- if execute | default(false) and flags.WHICH == 'run' and not flags.FULL_REFRESH -%}
    where landed._file_id = any(
        array(select file_id from changes.waiting_file where feed = '{{ feed }}')
    )
    {%- endif -%}
{%- endmacro %}
