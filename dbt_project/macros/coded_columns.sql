{#
    The landing tables with coded columns, and for each column the code list that its contract
    names, in the order of the feeds.
#}
{% macro coded_columns() %}
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
    {{ return(found) }}
{% endmacro %}
