-- The spelling that nearly all results have is read here, without a function call; the rest
-- goes to parse_written_lab_number.
select
    case
        when value is null then null
        when value ~ '^[0-9]{1,15}([.][0-9]{1,15})?$' then value::numeric
        else {{ function('parse_written_lab_number') }}(value)
    end
