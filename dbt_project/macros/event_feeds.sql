{# The feeds of which every usable row is an event, as the record says of itself. #}
{% macro event_feeds() %}
    {%- if not (execute | default(false)) -%}
        {{ return([]) }}
    {%- endif -%}
    {{ return(graph.nodes['model.onecard.rec_event_source'].config.meta.every_row_of) }}
{% endmacro %}
