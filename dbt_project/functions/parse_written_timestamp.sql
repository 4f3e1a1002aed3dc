declare
    moment text := translate(
        btrim(value, U&' \3000\00A0\0009'), '０１２３４５６７８９：／．－', '0123456789:/.-'
    );
    spelled text;
    read_moment timestamp;
begin
    if moment is null or moment = '' then
        return null;
    end if;

    if moment ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(Z|[+-][0-9]{2}:?[0-9]{2})$' then
        -- The county's clocks are eight hours ahead all year.
        if pg_input_is_valid(moment, 'timestamptz') then
            read_moment := moment::timestamptz at time zone 'UTC' + interval '8 hours';
        end if;
    else
        spelled := case
            -- 20240105T101112, the short form of ISO 8601
            when moment ~ '^[0-9]{8}T[0-9]{4}([0-9]{2})?$'
                then moment
            -- 2024010510:11:12, 20240105 10:11
            when moment ~ '^[0-9]{8} ?[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?$'
                then left(moment, 8) || ' ' || ltrim(substr(moment, 9))
            -- 20240105101112, 202401051011, 2024010510, 20240105
            when moment ~ '^[0-9]{8}([0-9]{2}){0,3}$'
                then left(moment, 8) || ' ' || rpad(substr(moment, 9), 6, '0')
            -- Days and parts of a day since 1899-12-30, as spreadsheets count.
            when moment ~ '^[1-9][0-9]{4}([.][0-9]+)?$'
                then
                    date_trunc(
                        'second',
                        timestamp '1899-12-30 00:00:00.5'
                        + moment::numeric * interval '1 day'
                    )::text
            -- 2024/1/5 9:10:11, 2024.1.5, 2024年1月5日 9时10分
            when
                moment ~ (
                    '^[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?'
                    '([T ] *[0-9]{1,2}[:时][0-9]{2}([:分]([0-9]{2}([.][0-9]+)?秒?)?)?)?$'
                )
                then
                    translate(
                        substring(moment from '^[0-9]+[-/.年][0-9]+[-/.月][0-9]+'),
                        '/.年月', '----'
                    )
                    || ' '
                    || coalesce(
                        rtrim(
                            translate(
                                substring(moment from '[0-9]+[:时][0-9].*$'), '时分秒', '::'
                            ),
                            ':'
                        ),
                        '00:00'
                    )
        end;
        if spelled is not null and pg_input_is_valid(spelled, 'timestamp') then
            read_moment := spelled::timestamp;
        end if;
    end if;

    if read_moment::date = date '1900-01-01' then
        return null;
    end if;
    if date_trunc('minute', read_moment) = timestamp '1970-01-01 08:00' then
        return null;
    end if;
    if read_moment >= timestamp '1850-01-01' and read_moment < timestamp '2200-01-01' then
        return read_moment;
    end if;
    return null;
end;
