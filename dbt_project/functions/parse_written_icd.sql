declare
    code text;
    category text;
    subdivision text;
begin
    -- Several codes may share a cell; they are told apart by place, from 1.
    code := split_part(
        regexp_replace(
            btrim(
                upper(translate(value, '．。，；', '..,;')), U&' \3000\00A0\0009,;|、'
            ),
            '[[:space:],;|、]+', ';', 'g'
        ),
        ';',
        place
    );
    if code is null or code = '' then
        return null;
    end if;

    -- Digits stand in the second and third place, so an O there is a zero; behind them only x
    -- is a letter (I10.x00x002), and it is written small.
    category := left(code, 1) || translate(substr(code, 2, 2), 'O', '0');
    subdivision := substr(code, 4);
    if category !~ '^[A-Z][0-9]{2}$' or subdivision !~ '^[.]?[0-9XO]*[+*]?$' then
        return code;
    end if;
    subdivision := replace(translate(subdivision, 'OX', '0x'), '.', '');
    if subdivision = '' then
        return category;
    end if;
    return category || '.' || subdivision;
end;
