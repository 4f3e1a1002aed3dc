declare
    -- 1,234.50  ￥128.60  (1,234.00)  5。6  １２８: signs of currency and thousands fall away.
    figure text := translate(
        value,
        U&'０１２３４５６７８９．。－＋（）,，￥¥元 \3000\00A0\0009',
        '0123456789..-+()'
    );
    bare_figure text := translate(figure, '()', '');
    -- Accountants put what is owed in brackets.
    is_bracketed boolean := figure ~ '^[(].*[)]$';
begin
    if bare_figure !~ '^[-+]?[0-9]{1,15}([.][0-9]{0,25})?$' then
        return null;
    end if;
    if is_bracketed then
        return - bare_figure::numeric;
    end if;
    if bare_figure <> figure then
        return null;
    end if;
    return bare_figure::numeric;
end;
