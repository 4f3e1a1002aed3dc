-- Zero means that nobody measured.
select nullif({{ function('parse_number') }}(split_part(translate(systolic, '／', '/'), '/', 1)), 0)
