{#
    History: what stood when everything delivered up to a day was known and nothing later.
    The functions are made in the schema landing after staging, for people who write SQL and
    for `onecard history` and `onecard audit`:

      landing.files_as_of(feed, day)     the delivered tables with the states they had
      landing.<name>_versions(day)       every row that was known, with its `_state`
      landing.<name>_as_of(day)          the rows that were current

    A day that is null means everything. Which version of a key counts is decided by the
    macros of current_rows.sql, here and in staging alike.
#}
{% macro make_as_of_functions(results) %}
    {#- They say how to read and not what was read: new rules alone make others of them. -#}
    {%- if execute
        and flags.FULL_REFRESH
        and not is_shadow()
        and '.stg_' in selected_resources | join(' ') -%}
{{ files_as_of_function() }}
        {%- set read_by_models = [] -%}
        {%- for node in graph.nodes.values() -%}
            {%- do read_by_models.extend(node.get('depends_on', {}).get('nodes', [])) -%}
        {%- endfor -%}
        {%- for landed in graph.sources.values() -%}
            {%- if landed.source_name == 'landing' and landed.config.meta.get('feed') -%}
                {#- A feed whose model was not built this time keeps what it has. -#}
                {%- set built = [] -%}
                {%- for result in results -%}
                    {%- set code = result.node.compiled_code or '' -%}
                    {%- if '.stg_' in result.node.unique_id
                        and landed.unique_id in result.node.depends_on.nodes -%}
                        {%- do built.append(code) -%}
                    {%- endif -%}
                {%- endfor -%}
                {%- if built or landed.unique_id not in read_by_models -%}
{{ as_of_functions(landed, told_apart_by(landed.name, built | join(' '))) }}
                {%- endif -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}


{# What a staging model tells rows of a feed apart by besides the key, from its SQL. #}
{% macro told_apart_by(feed, compiled_code) %}
    {%- set mark = '/* ' ~ feed ~ ' is told apart by ' -%}
    {%- if mark not in compiled_code -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return(compiled_code.split(mark)[1].split(' */')[0]) }}
{% endmacro %}


{#
    The verdicts of loaders/landing/verdict.py over the tables delivered up to a day. One row
    per delivered table; `stored_under` is the file that holds the rows today, because one
    content is stored once and its owner can change when an earlier copy turns up.
#}
{% macro files_as_of_function() %}
create or replace function landing.files_as_of(of_feed text, of_day date)
returns table (
    stored_under bigint,
    file_id bigint,
    delivery_date date,
    file_name text,
    member_name text,
    sha256 text,
    logical_date date,
    period text,
    page integer,
    revision integer,
    is_full boolean,
    state text,
    replaced_by bigint
)
language sql stable parallel safe
as $$
with

known as (

    select
        ledger.*,
        ledger.state in ('landed', 'replaced', 'duplicate') and (
            -- A page without a header could not be read before its page 1 was there.
            not exists (
                select from audit.headerless_page as headerless
                where
                    headerless.feed = ledger.feed
                    and headerless.period = ledger.period
                    and headerless.sha256 = ledger.sha256
            )
            or exists (
                select from audit.file_ledger as first_page
                where
                    first_page.feed = ledger.feed
                    and first_page.period = ledger.period
                    and first_page.is_marked_full = ledger.is_marked_full
                    and first_page.page = 1
                    and first_page.state in ('landed', 'replaced', 'duplicate')
                    and (of_day is null or first_page.delivery_date <= of_day)
            )
        ) as is_stored,
        case
            -- The first delivery is full without a mark.
            when contract.is_delta_and_full
                then
                    ledger.is_marked_full
                    or ledger.logical_date = min(ledger.logical_date) over ()
            else ledger.is_full
        end as was_full
    from audit.file_ledger as ledger
    cross join (
        select of_feed = any(array[
            {%- for landed in graph.sources.values()
                if landed.config.meta.get('delivery') == 'delta_and_full' %}
            '{{ landed.config.meta.feed }}'{{ ',' if not loop.last }}
            {%- endfor %}
        ]::text[]) as is_delta_and_full
    ) as contract
    where
        ledger.feed = of_feed
        and (of_day is null or ledger.delivery_date <= of_day)

),

stored as (

    select
        known.*,
        -- A copy sent again under another name stands for its content only where nothing
        -- else does.
        known.file_name !~ ' ?[(（]\d+[)）]' or not bool_or(
            known.file_name !~ ' ?[(（]\d+[)）]'
        ) over (partition by known.period, known.slot, known.sha256) as may_win
    from known
    where known.is_stored

),

compared as (

    select
        stored.*,
        first_value(stored.sha256) over (
            partition by stored.period, stored.slot
            order by
                stored.may_win desc,
                stored.revision desc,
                stored.delivery_date desc,
                stored.file_name collate "C" desc,
                stored.file_id desc
        ) as best_content
    from stored

),

judged as (

    select
        compared.*,
        bool_or(compared.sha256 = compared.best_content) over each_content as counts,
        row_number() over (
            each_content
            order by
                (compared.sha256 = compared.best_content) desc,
                compared.delivery_date,
                compared.file_name collate "C",
                compared.member_name collate "C",
                compared.file_id
        ) as place
    from compared
    window each_content as (partition by compared.period, compared.sha256)

)

select
    owner.file_id as stored_under,
    judged.file_id,
    judged.delivery_date,
    judged.file_name,
    judged.member_name,
    judged.sha256,
    judged.logical_date,
    judged.period,
    judged.page,
    judged.revision,
    judged.was_full as is_full,
    case
        when judged.place > 1 then 'duplicate'
        when judged.counts then 'landed'
        else 'replaced'
    end as state,
    case
        when judged.place > 1 or not judged.counts then holder.file_id
    end as replaced_by
from judged
inner join judged as holder
    on
        judged.period = holder.period
        and holder.place = 1
        and holder.sha256 = case
            when judged.place > 1 or judged.counts then judged.sha256
            else judged.best_content
        end
left join audit.file_ledger as owner
    on
        judged.place = 1
        and owner.feed = judged.feed
        and owner.period = judged.period
        and owner.sha256 = judged.sha256
        and owner.state in ('landed', 'replaced')

union all

select
    null as stored_under,
    known.file_id,
    known.delivery_date,
    known.file_name,
    known.member_name,
    known.sha256,
    known.logical_date,
    known.period,
    known.page,
    known.revision,
    known.was_full as is_full,
    case
        when known.state in ('landed', 'replaced', 'duplicate') then 'refused'
        else known.state
    end as state,
    (
        select min(good.file_id)
        from audit.file_ledger as good
        where
            good.system = known.system
            and good.state in ('landed', 'replaced', 'duplicate')
            and good.file_id <> known.file_id
            and (of_day is null or good.delivery_date <= of_day)
            and (
                (
                    good.feed = known.feed
                    and good.period = known.period
                    and good.slot = known.slot
                )
                or (
                    good.file_name = known.file_name
                    and known.member_name in ('', good.member_name)
                    and known.delivery_date <= good.delivery_date
                )
            )
    ) as replaced_by
from known
where not known.is_stored
$$;
comment on function landing.files_as_of(text, date) is
'某日所知的文件及其当时状态 / delivered tables with the states they had on a day';
{% endmacro %}


{% macro as_of_functions(landed, told_apart_by) %}
{%- set contract = feed_contract(landed.name) -%}
{%- set columns = landed.columns.values() | map(attribute='name')
    | reject('in', ['_file_id', '_line_number', '_row_hash', '_extra']) | list -%}
drop function if exists landing.{{ landed.name }}_as_of(date);
drop function if exists landing.{{ landed.name }}_versions(date);
create function landing.{{ landed.name }}_versions(of_day date default null)
returns table (
    _file_id bigint,
    _line_number integer,
    _row_hash uuid,
    _extra jsonb,
    {%- for column in columns %}
    "{{ column }}" text,
    {%- endfor %}
    _logical_date date,
    _period text,
    _delivery_date date,
    _first_delivery_on date,
    _named_since text,
    _told_apart_by text,
    _place_from_newest bigint,
    _state text
)
language sql stable parallel safe
as $$
with

file as (

    select * from landing.files_as_of('{{ contract.feed }}', of_day)

),

{% if has_full_lists(contract) -%}
full_list as (

    select
        logical_date,
        bool_or(state = 'landed')
        and count(*) filter (
            where state in ('refused', 'missing') and replaced_by is null
        ) = 0
        and count(distinct page) filter (
            where state in ('landed', 'replaced', 'duplicate')
        ) = coalesce(max(page), 0) as is_complete
    from file
    where is_full
    group by logical_date

),

newest_full_list as (

    select max(logical_date) as logical_date
    from full_list
    where is_complete

),

{% endif -%}
{%- if tells_who(contract) -%}
{{ named_since(contract, told_apart_by, 'file', 'stored_under') }}
{%- endif %}
sent as (

    select
        landed.*,
        file.file_id as _known_as,
        file.delivery_date as _delivery_date,
        ({{ told_apart_by or 'null' }})::text as _told_apart_by,
        {%- if tells_who(contract) %}
        {{ key_hash(contract, 'landed') }} as _key_hash,
        {{- key_columns(contract, told_apart_by) }}
        {%- endif %}
        {{- version_facts(contract) }}
    from {{ source('landing', landed.name) }} as landed
    inner join file
        on landed._file_id = file.stored_under
    {%- if has_full_lists(contract) %}
    cross join newest_full_list
    {%- endif %}
    {{- version_window(contract, told_apart_by) }}

)

select
    sent._known_as,
    sent._line_number,
    sent._row_hash,
    sent._extra,
    {%- for column in columns %}
    sent."{{ column }}",
    {%- endfor %}
    sent._logical_date,
    sent._period,
    sent._delivery_date,
    sent._first_delivery_on,
    {{ 'named_since.place' if tells_who(contract) else 'null' }} as _named_since,
    sent._told_apart_by,
    sent._place_from_newest,
    case
        when not sent._is_standing then 'replaced_file'
        when sent._row_hash <> sent._newest_hash then 'older_version'
        when sent._place_from_first > 1 then 'repeated'
        {%- if contract.delivery == 'snapshot' %}
        -- It came with a list of which a part is missing: that list says nothing yet.
        when sent._newest_sent_on > coalesce(newest_full_list.logical_date, '-infinity')
            then 'list_incomplete'
        {%- endif %}
        {%- if has_full_lists(contract) %}
        when not {{ is_still_listed(contract) }} then 'deleted_since'
        {%- endif %}
        else 'current'
    end as _state
from sent
{%- if has_full_lists(contract) %}
cross join newest_full_list
{%- endif %}
{%- if tells_who(contract) -%}
{{- join_named_since(contract, told_apart_by) }}
{%- endif %}
$$;
comment on function landing.{{ landed.name }}_versions(date) is
'某日所知的全部版本及其状态 / every version that was known on a day, with its state';
create function landing.{{ landed.name }}_as_of(of_day date)
returns table (
    _file_id bigint,
    _line_number integer,
    _row_hash uuid,
    _extra jsonb,
    {%- for column in columns %}
    "{{ column }}" text,
    {%- endfor %}
    _period text,
    _first_delivery_on date,
    _named_since text
)
language sql stable parallel safe
as $$
select
    _file_id,
    _line_number,
    _row_hash,
    _extra,
    {%- for column in columns %}
    "{{ column }}",
    {%- endfor %}
    _period,
    _first_delivery_on,
    _named_since
from landing.{{ landed.name }}_versions(of_day)
where _state = 'current'
$$;
comment on function landing.{{ landed.name }}_as_of(date) is
'某日的现行行：只知当日及以前的交付 / the rows that were current on a delivery day';
{%- endmacro %}
