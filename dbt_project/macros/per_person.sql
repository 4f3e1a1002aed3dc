{#
    A table of the record, or of what is known of people, kept current at the cost of the
    persons whom a delivery touched.

    Who is affected in part is built again only by models that stand apart, and of the lists of
    events that part which these make (loaders/changes/apart.py). Models of events build only the
    events of which something was read, whosever they are (loaders/changes/of_events.py).

    Built from nothing with --full-refresh. Otherwise loaders/changes has found the affected
    persons and laid out in the schema `affected` all rows that lead to them; `ref` and
    `source` point there, so the same SQL says what is true of these persons now. Their rows
    here are replaced, everybody else's stay.
#}
{% materialization per_person, adapter='postgres' %}
    {%- set target = this.incorporate(type='table') -%}
    {%- do kept_current(target, record_affected) -%}
    {%- set made = [target] -%}
    {%- if not flags.FULL_REFRESH -%}
        {%- do made.append(affected_relation(model.name)) -%}
        {%- if is_also_read_whole(model) -%}
            {%- do made.append(affected_relation('whole_' ~ model.name, 'view')) -%}
        {%- endif -%}
    {%- endif -%}
    {{ return({'relations': made}) }}
{% endmaterialization %}


{#
    A table of the county, or of something that is counted over everybody: computed whole each
    time. What has stayed as it was is not written again, and who reads it is not disturbed.
#}
{% materialization by_difference, adapter='postgres' %}
    {%- set target = this.incorporate(type='table') -%}
    {%- do kept_current(target, record_difference) -%}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{#
    A table of something that several persons share: a phone, a relation. On a day it is
    computed for the keys that the persons concerned have now or had before; `concerned`, in the
    model's meta, is the SQL that finds them, and `key_columns` those of which one holds such
    a key. What the model reads it restricts itself (`keys_concerned`).
#}
{% materialization by_key, adapter='postgres' %}
    {%- set target = this.incorporate(type='table') -%}
    {%- do kept_current(target, record_keys) -%}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{#
    Makes a table, or brings it up to date by one of the macros below. What it then runs must be
    the same on every day: loaders/changes/prepared.py keeps it and runs it without dbt.
#}
{% macro kept_current(target, bring_up_to_date) %}
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
            {{ bring_up_to_date() }}
        {%- endif -%}
    {%- endcall %}
    {%- if flags.FULL_REFRESH -%}
        {%- do persist_docs(target, model) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
{% endmacro %}


{#
    Each person's rows lie together, for they are read and replaced together. What is made only
    to be compared need not.
#}
{% macro record_anew(target) %}
    {%- set made = sql -%}
    {%- if config.get('materialized') == 'per_person' and not is_shadow() -%}
        {#- Not around it: the order that windows over a person have made would be forgotten. -#}
        {%- set made = sql ~ '\norder by person_id' -%}
    {%- endif -%}
    {{ get_create_table_as_sql(False, target, made) }};
    {%- for column in ('person_id', 'event_id', 'encounter_id', 'source_key')
        if column in model.columns %}
    create index on {{ target }} ({{ column }});
    {%- endfor %}
    {%- for index in config.get('indexes', []) %}
    create index on {{ target }} ({{ index.columns | join(', ') }});
    {%- endfor %}
    {%- if config.get('materialized') == 'counted' and not is_shadow() %}
    {{ triggers_that_count(target) }}
    {%- endif %}
{%- endmacro %}


{% macro for_a_day() %}
    {#- What a few persons have lies scattered, and mostly in memory. #}
    set local random_page_cost = 1.1;
    {#- To call in another process takes longer than to read them. #}
    set local parallel_setup_cost = 10000;
    {#- What is looked at for one day is not worth a look at thirty thousand rows of it. #}
    set local default_statistics_target = 10;
{%- endmacro %}


{% macro record_affected() %}
    {%- set built = 'affected.' ~ model.name %}
    {%- set concerned = rows_concerned(model) %}
    {{ for_a_day() }}
    {%- if is_also_read_whole(model) %}
    drop view if exists affected.whole_{{ model.name }};
    {%- endif %}
    drop table if exists {{ built }}, {{ fresh_rows(model.name) }};
    create unlogged table {{ built }} (like {{ this }});
    {{ fill_as_built(built) }}
    {%- if model.config.meta.get('stands_apart') %}
    -- For models that are built for whoever is affected as a whole.
    create view affected.whole_{{ model.name }} as
    select * from {{ built }} where {{ affected_as_a_whole() }};
    {%- elif model.config.meta.get('of_events') %}
    -- The same, of a life of which most events stay as they are; and rows of nobody.
    create view affected.whole_{{ model.name }} as
    select * from {{ this }} where {{ affected_as_a_whole() }}
    union all
    select * from {{ this }}
    where
        person_id is null
        and {{ event_column(model) }} in (select record_key from changes.affected_row);
    {%- endif %}
    create unlogged table {{ fresh_rows(model.name) }} (like {{ this }});
    {%- if not finds_events(model) %}
        {%- do concerned.append('person_id is null and ' ~ is_affected_orphan()) %}
    {%- endif %}
    {%- set standing %}
        {%- for condition in concerned %}
        {{ rows_by_place(this, condition) }}
        {{- 'union all' if not loop.last }}
        {%- endfor %}
    {%- endset %}
    {%- set now_so = rows_by_place(built, is_concerned(model)) %}
    {{ write_what_differs(built, standing, now_so, fresh_rows(model.name)) }}
    analyze {{ fresh_rows(model.name) }};
{%- endmacro %}


{#
    Conditions on the rows of a model that are built again: a row that is somebody's fulfils one
    of them or none. Each by itself can be answered by an index, which either of two cannot.
#}
{% macro rows_concerned(node) %}
    {%- if not node.path.startswith('3_record/') or node.config.meta.get('stands_apart') -%}
        {{ return(['person_id in (select person_id from changes.affected_person)']) }}
    {%- elif node.config.meta.get('of_events') -%}
        {{ return([event_column(node) ~ ' in (' ~ rows_read_that_tell(node) ~ ')']) }}
    {%- elif node.config.meta.get('lists_events') -%}
        {#- Of all events of somebody those are found by which rows were read for it. -#}
        {%- set read = '(select record_key from changes.affected_row where ' -%}
        {%- set key, of_lives = event_column(node), kinds_of_lives() -%}
        {{ return([
            '(' ~ key ~ ' in ' ~ read ~ 'is_event) and event_kind not in ' ~ of_lives ~ ')',
            '(' ~ key ~ ' in ' ~ read ~ 'not is_event) and event_kind in ' ~ of_lives ~ ')',
        ]) }}
    {%- endif -%}
    {{ return([affected_as_a_whole()]) }}
{% endmacro %}


{# Whether a row that was built is one of them, or somebody unknown's. #}
{% macro is_concerned(node) -%}
    {%- set of_nobody = [] if finds_events(node) else ['person_id is null'] -%}
    {{ return((of_nobody + rows_concerned(node)) | join(' or ')) }}
{%- endmacro %}


{# Whether rows are found by the events that they tell of, be they somebody's or nobody's. #}
{% macro finds_events(node) -%}
    {{ return(node.config.meta.get('of_events') or node.config.meta.get('lists_events')) }}
{%- endmacro %}


{# The record keys of the rows that tell rows of a model of events: read now, or no more there. #}
{% macro rows_read_that_tell(node) -%}
    {%- set keys = [] -%}
    {%- for staged in node.config.meta.of_events -%}
        {%- do keys.append('select record_key from affected.event_' ~ staged) -%}
        {%- do keys.append('select record_key from changes.' ~ staged ~ ' where not _is_now') -%}
    {%- endfor -%}
    {{ return(keys | join(' union all ')) }}
{%- endmacro %}


{# The column of a model of events, or a list, with the record key of the row it is told by. #}
{% macro event_column(node) -%}
    {%- for column in ('source_key', 'event_id', 'encounter_id') if column in node.columns -%}
        {{ return(column) }}
    {%- endfor -%}
{%- endmacro %}


{# Whether models of lives read another part of a table than this builds. #}
{% macro is_also_read_whole(node) -%}
    {{ return(node.config.meta.get('stands_apart') or node.config.meta.get('of_events')) }}
{%- endmacro %}


{# The kinds of events, in lists of them, that no model of events makes. #}
{% macro kinds_of_lives() -%}
    {%- set kinds = [] -%}
    {%- for other in graph.nodes.values()
        if other.resource_type == 'model' and other.path.startswith('3_record/')
        and not other.config.meta.get('of_events') -%}
        {%- do kinds.append("'" ~ other.alias ~ "'") -%}
    {%- endfor -%}
    {{ return('(' ~ kinds | sort | join(', ') ~ ')') }}
{%- endmacro %}


{% macro affected_as_a_whole() -%}
    person_id in (select person_id from changes.affected_person where is_whole)
{%- endmacro %}


{% macro record_keys() %}
    {{ for_a_day() }}
    drop table if exists {{ concerned_keys() }};
    create unlogged table {{ concerned_keys() }} as
    {{ model.config.meta.concerned }};
    analyze {{ concerned_keys() }};
    create temporary table built (like {{ this }}) on commit drop;
    {{ fill_as_built('built') }}
    {%- set standing %}
        {%- for key in model.config.meta.key_columns %}
        {%- if not loop.first %}
        union
        {%- endif %}
        {{ rows_by_place(this, key ~ ' in (select key from ' ~ concerned_keys() ~ ')') }}
        {%- endfor %}
    {%- endset %}
    {{ write_what_differs('built', standing, rows_by_place('built', 'true')) }}
{%- endmacro %}


{# The keys of which a model is computed again. #}
{% macro concerned_keys() -%} affected.keys_of_{{ model.name }} {%- endmacro %}


{# On a day, a condition that a column holds one of these keys; else one that always holds. #}
{% macro keys_concerned(column) -%}
    {%- if not (execute | default(false)) or flags.FULL_REFRESH or flags.WHICH != 'run' -%}
        true
    {%- else -%}
        {{ column }} in (select key from {{ concerned_keys() }})
    {%- endif -%}
{%- endmacro %}


{% macro record_difference() %}
    create temporary table built (like {{ this }}) on commit drop;
    {{ fill_as_built('built') }}
    {{ write_what_differs('built', rows_by_place(this, 'true'), rows_by_place('built', 'true')) }}
{%- endmacro %}


{% macro fill_as_built(built) %}
    {#- The same SQL made the table, in the order of its contract where it has one. -#}
    {%- set columns = model.columns | join(', ') if config.get('contract').enforced else '*' -%}
    insert into {{ built }}
    select {{ columns }} from (
        {{ sql }}
    ) as built;
    analyze {{ built }};
{%- endmacro %}


{# Where the rows of a table are, whose, and a digest of all that they say. #}
{% macro rows_by_place(table, condition) -%}
    {%- set whose = 'person_id' if 'person_id' in model.columns else 'null::text' -%}
    select
        ctid as place,
        {{ whose }} as whose,
        hash_record_extended(whole_row, 0) as said
    from {{ table }} as whole_row
    where {{ condition }}
{%- endmacro %}


{#
    What is built is compared with what stands, and only what differs is written: of a person
    who came once more nearly all is as it was, and to write a row and its entries in the
    indexes takes far longer than to read it. One statement: to make a table for each of its
    steps takes longer than the steps, where few people came.

    The rows that are written are `fresh`, also those that an attempt has written that did not
    end: they are as they should be, and yet untested.
#}
{% macro write_what_differs(built, standing, now_so, fresh=none) %}
    with
    standing_row as materialized (
        {{ standing }}
    ),
    built_row as materialized (
        {{ now_so }}
    ),
    differing as materialized (
        select whose, said
        from (
            select whose, said, 1 as standing from standing_row
            union all
            select whose, said, -1 as standing from built_row
        ) as compared
        group by whose, said
        having sum(standing) <> 0
        {%- if fresh %}
        union
        select whose, said from built_row
        where exists (select from changes.attempt where attempts > 1)
        {%- endif %}
    ),
    gone as (
        delete from {{ this }} where ctid = any({{ places_of_differing('standing_row') }})
    ),
    come as (
        {%- if fresh %}
        insert into {{ fresh }}
        {{ built_and_differing(built) }}
        returning *
        {%- else %}
        {{ built_and_differing(built) }}
        {%- endif %}
    )
    insert into {{ this }}
    select * from come;
{%- endmacro %}


{% macro built_and_differing(built) -%}
    select * from {{ built }} where ctid = any({{ places_of_differing('built_row') }})
{%- endmacro %}


{# An array, for rows are then fetched by where they are and by no other plan. #}
{% macro places_of_differing(rows) -%}
    array(
        select place
        from {{ rows }} as compared
        inner join differing
            on
                compared.said = differing.said
                and compared.whose is not distinct from differing.whose
    )
{%- endmacro %}


{# The rows of a model that were not there before; tests look at them. #}
{% macro fresh_rows(name) -%} affected.fresh_{{ name }} {%- endmacro %}


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
