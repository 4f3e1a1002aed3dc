{#
    The landing tables with coded columns, and for each column the code list that its contract
    names, in the order of the feeds; of the tables alone that have something waiting, and the
    first if none has, for a query must be of something.
#}
{% macro coded_columns(waiting=none) %}
    {#- While the project is only parsed nothing is known of the contracts. -#}
    {%- if not (execute | default(false)) -%}
        {{ return([{'name': 'current_file', 'columns': [{'name': 'feed', 'codes': ''}]}]) }}
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
            {%- do found.append({'name': table.name, 'columns': columns}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if waiting is none -%}
        {{ return(found) }}
    {%- endif -%}
    {{ return((found | selectattr('name', 'in', waiting.keys() | list) | list) or found[:1]) }}
{% endmacro %}


{# The files that wait to be read, by landing table; none when everything is read. #}
{% macro waiting_files() %}
    {%- if not (execute | default(false)) or not is_incremental() -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set tables = {} -%}
    {%- for table in graph.sources.values() | selectattr('source_name', 'equalto', 'landing') -%}
        {%- do tables.update({table.config.meta.get('feed'): table.name}) -%}
    {%- endfor -%}
    {%- set found = {} -%}
    {%- for row in run_query('select feed, file_id from changes.waiting_file') -%}
        {%- if row[0] in tables -%}
            {%- do found.setdefault(tables[row[0]], []).append(row[1] | int) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}
