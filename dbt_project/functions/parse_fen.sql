-- Exact: decimal digits all the way, half a fen is rounded away from zero.
select round({{ function('parse_number') }}(value) * 100)::bigint
