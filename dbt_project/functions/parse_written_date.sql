declare
    moment text := btrim(value, U&' \3000\00A0\0009');
    spelled text;
    day text;
    read_day date;
begin
    if moment is null or moment = '' then
        return null;
    end if;

    if moment ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(Z|[+-][0-9]{2}:?[0-9]{2})$' then
        return {{ function('parse_timestamp') }}(moment)::date;
    end if;

    -- Full-width digits and strokes; the Chinese words and other separators become hyphens.
    spelled := translate(
        moment, '０１２３４５６７８９／．－年月/.T日', '0123456789-------  '
    );

    day := case
        when spelled ~ '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}( .*)?$'
            then split_part(spelled, ' ', 1)
        -- 20240105, 2024010510:11:12, 20240105101112
        when spelled ~ '^[0-9]{8}( .*|[0-9]{2}(:.*|[0-9]{0,4}))?$'
            then left(spelled, 8)
        -- Days since 1899-12-30, as spreadsheets count. From 3000 on (the year 1908): a
        -- smaller number would rather be a year.
        when spelled ~ '^([3-9][0-9]{3}|[1-9][0-9]{4})(-[0-9]+)?$'
            then (date '1899-12-30' + split_part(spelled, '-', 1)::integer)::text
    end;

    if day is null or not pg_input_is_valid(day, 'date') then
        return null;
    end if;

    read_day := day::date;
    -- What a system shows that knows no moment: the first second of 1970, in local time.
    if read_day = date '1970-01-01' and moment ~ '[ T]0?8:00' then
        return null;
    end if;
    if read_day = date '1900-01-01' then
        return null;
    end if;
    if read_day between date '1850-01-01' and date '2199-12-31' then
        return read_day;
    end if;
    return null;
end;
