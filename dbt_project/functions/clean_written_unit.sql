declare
    spelled text := {{ function('clean_text') }}(value);
    folded text;
begin
    if spelled is null then
        return null;
    end if;

    -- Raised digits before the compatibility form, which would write 10⁹ as 109; micro comes
    -- as two signs (U+00B5, U+03BC) and is written u.
    folded := regexp_replace(spelled, '10([⁰¹²³⁴-⁹]+)', '10^\1', 'g');
    folded := lower(translate(normalize(folded, nfkc), 'μ∧＾', 'u^^'));
    folded := regexp_replace(folded, '\s+', '', 'g');

    -- ×10^9/L, 10*9/L, 10E9/L and 109/L are spellings of 10^9/L.
    folded := regexp_replace(
        folded,
        '^[×x*]?10((\^|\*\*?|e\+?)(?=[0-9])|(?=9/|12/))([0-9]{1,2})(?=/[mu]?l$)',
        '10^\3'
    );

    -- A unit of another kind keeps the case that it has.
    if folded !~ (
        '^(10\^[0-9]{1,2}|%|mmhg|s|[munpf]?mol|[kmunpf]?g|[kmunp]?i?u|[dmunpf]?l|m?eq)'
        '(/([dmunpf]?l|k?g|[munp]?mol|h|min|24h))?$'
    ) then
        return spelled;
    end if;

    folded := regexp_replace(folded, '(^|/)([dmunpf]?)l(?=/|$)', '\1\2L', 'g');
    folded := regexp_replace(folded, '^([kmunp]?)iu(?=/|$)', '\1IU');
    folded := regexp_replace(folded, '^([kmunp]?)u(?=/|$)', '\1U');
    folded := regexp_replace(folded, '^(m?)eq(?=/|$)', '\1Eq');
    return replace(folded, 'mmhg', 'mmHg');
end;
