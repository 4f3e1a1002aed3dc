{#
    Which rows a test looks at. A build from nothing tests all there is. A build that only
    brings tables up to date tests the rows that it has put there: the others have passed
    when they came, and to read them again would cost more every year.

    What is said of two tables stays true of rows that nobody touched, as long as the search
    for what a delivery touches is right; that is what `onecard record check` is for.
#}
{% macro postgres__get_where_subquery(relation) -%}
    {#- What is said of two rows can turn also where one of them stays as it was. -#}
    {%- set of_two = model.get('test_metadata', {}).get('name') in (
        'relationships', 'unique_together'
    ) -%}
    {%- set rows = just_built(relation, model.get('attached_node'), only_fresh=not of_two) -%}
    {%- set where = config.get('where', '') -%}
    {%- if where -%}
        {{ return('(select * from ' ~ rows ~ ' where ' ~ where ~ ') dbt_subquery') }}
    {%- endif -%}
    {{ return(rows) }}
{%- endmacro %}


{#
    What this build has made of a model, or only those rows of it that were not there before;
    the table where all of it is new.
#}
{% macro just_built(relation, node_id=none, only_fresh=false) -%}
    {%- if not brings_up_to_date() -%}
        {{ return(relation) }}
    {%- endif -%}
    {%- set node = graph.nodes[node_id or model_of_table(relation)] -%}
    {%- if node.config.materialized == 'per_person' and only_fresh -%}
        {{ return(fresh_rows(node.name)) }}
    {%- elif node.config.materialized == 'per_person' -%}
        {%- set rows -%}
            (
                select * from affected.{{ node.name }}
                where {{ is_concerned(node) }}
            ) as just_built
        {%- endset -%}
        {{ return(rows) }}
    {%- elif node.config.materialized == 'staged' -%}
        {{ return('(select * from changes.' ~ relation.identifier ~ ' where _is_now) as just_built') }}
    {%- elif node.config.meta.get('of_candidates') -%}
        {{ return('(select * from affected.' ~ relation.identifier ~ ') as just_built') }}
    {%- endif -%}
    {{ return(relation) }}
{%- endmacro %}


{# Whether this is of a build that leaves what is right as it is (loaders/changes/promises). #}
{% macro brings_up_to_date() -%}
    {{ return((execute | default(false)) and flags.WHICH == 'compile' and not flags.FULL_REFRESH) }}
{%- endmacro %}


{# The id of the model whose table this is. #}
{% macro model_of_table(relation) -%}
    {%- for node in graph.nodes.values()
        if node.resource_type in ('model', 'seed')
        and node.alias == relation.identifier
        and node.schema == relation.schema -%}
        {{ return(node.unique_id) }}
    {%- endfor -%}
    {{ exceptions.raise_compiler_error('no model makes ' ~ relation) }}
{%- endmacro %}


{# The whole table that a test of a model is about, whichever rows of it are looked at. #}
{% macro whole_table(rows) -%}
    {%- if brings_up_to_date() and model.get('attached_node') in graph.nodes -%}
        {%- set node = graph.nodes[model.attached_node] -%}
        {{ return(api.Relation.create(
            database=node.database, schema=node.schema, identifier=node.alias
        )) }}
    {%- endif -%}
    {{ return(rows) }}
{%- endmacro %}


{# A new row must not repeat an old one either; the old ones are found by their index. #}
{% macro postgres__test_unique(model, column_name) %}

{% if brings_up_to_date() -%}
select
    {{ column_name }} as unique_field,
    count(*) as row_count
from {{ whole_table(model) }}
where {{ column_name }} in (select {{ column_name }} from {{ model }})
group by {{ column_name }}
having count(*) > 1
{%- else -%}
-- Offset: as the rows lie. In the order of its index a new table is read page by page, each
-- of them once for every key on it.
select
    unique_field,
    count(*) as row_count
from (select {{ column_name }} as unique_field from {{ model }} offset 0) as lying
where unique_field is not null
group by unique_field
having count(*) > 1
{%- endif %}

{% endmacro %}


{# The rows of a staged table from which this build has made what it made. #}
{% macro just_read(relation) -%}
    {%- if brings_up_to_date() -%}
        {%- set tested = graph.nodes[model.attached_node] if model.get('attached_node') else {} -%}
        {%- set meta = tested.config.meta if tested else {} -%}
        {#- A test of several models looks at what came of the events that were read. -#}
        {%- set kinds = ['apart_'] if meta.get('stands_apart')
            else ['event_', ''] if meta.get('of_events') or not tested else [''] -%}
        {%- for kind in kinds -%}
            {%- set affected = 'affected.' ~ kind ~ model_of_table(relation).split('.')[-1] -%}
            {%- set asked = "select to_regclass('" ~ affected ~ "') is not null" -%}
            {%- if run_query(asked).columns[0].values()[0] -%}
                {{ return(affected) }}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(relation) }}
{%- endmacro %}
