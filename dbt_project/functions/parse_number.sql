select
    case
        when value is null then null
        when value ~ '^-?[0-9]{1,15}([.][0-9]{1,25})?$' then value::numeric
        else {{ function('parse_written_number') }}(value)
    end
