with

written as (

    select translate(
        btrim(value, U&' \3000\00A0\0009'),
        '０１２３４５６７８９：／．－', '0123456789:/.-'
    ) as moment

),

spelled_alike as (

    select
        moment,
        case
            -- 2024010510:11:12, 20240105 10:11
            when moment ~ '^[0-9]{8} ?[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?$'
                then left(moment, 8) || ' ' || ltrim(substr(moment, 9))
            -- 20240105101112, 202401051011, 2024010510, 20240105
            when moment ~ '^[0-9]{8}([0-9]{2}){0,3}$'
                then left(moment, 8) || ' ' || rpad(substr(moment, 9), 6, '0')
            -- 2024/1/5 9:10:11, 2024.1.5, 2024年1月5日 9时10分
            when
                moment ~ '^[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?'
                and moment ~ '[0-9日]([T ] *[0-9]{1,2}[:时][0-9]{2}([:分]([0-9]{2}([.][0-9]+)?秒?)?)?)?$'
                then
                    translate(
                        substring(moment from '^[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}'),
                        '/.年月', '----'
                    )
                    || ' '
                    || coalesce(
                        rtrim(
                            translate(
                                substring(moment from '[T ] *([0-9]{1,2}[:时].*)$'),
                                '时分秒', '::'
                            ),
                            ':'
                        ),
                        '00:00'
                    )
            -- Days and parts of a day since 1899-12-30, as spreadsheets count.
            when moment ~ '^[1-9][0-9]{4}([.][0-9]+)?$'
                then
                    date_trunc(
                        'second',
                        timestamp '1899-12-30 00:00:00.5'
                        + moment::numeric * interval '1 day'
                    )::text
        end as local_moment,
        moment ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(Z|[+-][0-9]{2}:?[0-9]{2})$'
            as has_zone
    from written

),

existing as (

    select
        case
            -- The county's clocks are eight hours ahead all year.
            when has_zone and pg_input_is_valid(moment, 'timestamptz')
                then moment::timestamptz at time zone 'UTC' + interval '8 hours'
            when pg_input_is_valid(local_moment, 'timestamp')
                then local_moment::timestamp
        end as moment
    from spelled_alike

)

select
    case
        when moment::date = date '1900-01-01' then null
        when date_trunc('minute', moment) = timestamp '1970-01-01 08:00' then null
        when moment >= timestamp '1850-01-01' and moment < timestamp '2200-01-01' then moment
    end
from existing
