with

-- Several codes may share a cell; they are told apart by place, from 1.
single as (

    select
        split_part(
            regexp_replace(
                btrim(
                    upper(translate(value, '．。，；', '..,;')),
                    U&' \3000\00A0\0009,;|、'
                ),
                '[[:space:],;|、]+', ';', 'g'
            ),
            ';',
            place
        ) as code

),

-- Digits stand in the second and third place, so an O there is a zero; behind them only x is
-- a letter (I10.x00x002), and it is written small.
zeroed as (

    select
        code,
        left(code, 1)
        || translate(substr(code, 2, 2), 'O', '0') as category,
        replace(translate(substr(code, 4), 'OX', '0x'), '.', '') as subdivision
    from single

)

select
    case
        when code = '' then null
        when category !~ '^[A-Z][0-9]{2}$' or substr(code, 4) !~ '^[.]?[0-9XO]*[+*]?$' then code
        when subdivision = '' then category
        else category || '.' || subdivision
    end
from zeroed
