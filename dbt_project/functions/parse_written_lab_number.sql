declare
    -- Full-width signs are written narrow, and blanks of every width as one kind; an arrow
    -- of the analyser may stand behind the number.
    figure text := btrim(
        translate(
            value,
            U&'０１２３４５６７８９．。－＋＜＞＝，≦≧⩽⩾\3000\00A0\0009\000D\000A\200B\FEFF',
            '0123456789..-+<>=,≤≥≤≥     '
        ),
        ' ↑↓'
    );
begin
    -- Outside the range of measurement (<0.5, ≥1000): the limit is the value, which side of
    -- it is parse_lab_comparator's to say.
    figure := regexp_replace(figure, '^([<>] ?=?|[≤≥]) *', '');

    -- 1,234 has a separator of thousands; in 0,5 or 12,34 a comma is not to be guessed at.
    if figure ~ '^-?[1-9][0-9]{0,2}(,[0-9]{3})+([.][0-9]*)?$' then
        figure := replace(figure, ',', '');
    end if;

    -- Not +3, 1+ or 1:160: a grade or a titre is no quantity. Counts of viruses come with
    -- an exponent, 1.20E+03.
    if figure ~ '^-?[0-9]{1,15}([.][0-9]{0,15})?([eE][-+]?[0-9]{1,2})?$' then
        return figure::numeric;
    end if;
    return null;
end;
