-- The spellings that nearly all values have are read here, without a function call; the rest
-- goes to parse_written_date. Unknown is written as 1900-01-01 (handbook, chapter 2).
select
    case
        when value is null then null
        when
            (value like '____-__-__' or value like '____-__-__ 00:00:00')
            and pg_input_is_valid(left(value, 10), 'date')
            and left(value, 4) between '1850' and '2199'
            and left(value, 10) <> '1900-01-01'
            then left(value, 10)::date
        else {{ function('parse_written_date') }}(value)
    end
