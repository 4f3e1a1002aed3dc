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
