select
    case
        when value is null then null
        when value ~ '^-?[0-9]{1,9}$' then value::integer
        when
            abs({{ function('parse_number') }}(value)) < 1000000000
            and mod({{ function('parse_number') }}(value), 1) = 0
            then {{ function('parse_number') }}(value)::integer
    end
