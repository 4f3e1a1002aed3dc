-- A reading in its own cell counts; else the second part of 130/85 in the first cell.
select
    nullif(
        coalesce(
            {{ function('parse_number') }}(
                coalesce(
                    nullif(split_part(translate(diastolic, '／', '/'), '/', 2), ''),
                    split_part(diastolic, '/', 1)
                )
            ),
            {{ function('parse_number') }}(
                nullif(split_part(translate(systolic, '／', '/'), '/', 2), '')
            )
        ),
        0
    )
