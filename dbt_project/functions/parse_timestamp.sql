-- The spelling that nearly all values have is read here, without a function call; the rest
-- goes to parse_written_timestamp.
select
    case
        when value is null then null
        when
            value like '____-__-__ __:__:__'
            and pg_input_is_valid(value, 'timestamp')
            and left(value, 4) between '1850' and '2199'
            and left(value, 10) <> '1900-01-01'
            and left(value, 16) <> '1970-01-01 08:00'
            -- Not the Z of a moment in another zone.
            and right(value, 1) between '0' and '9'
            then value::timestamp
        else {{ function('parse_written_timestamp') }}(value)
    end
