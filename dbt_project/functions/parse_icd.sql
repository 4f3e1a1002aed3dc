select
    case
        when value is null then null
        when value ~ '^[A-Z][0-9]{2}[.][0-9x]+$'
            then case when place = 1 then value end
        else {{ function('parse_written_icd') }}(value, place)
    end
