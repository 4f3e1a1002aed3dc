with

-- 1,234.50  ￥128.60  (1,234.00)  5。6  １２８: signs of currency and thousands fall away.
spelled_alike as (

    select translate(
        value,
        U&'０１２３４５６７８９．。－＋（）,，￥¥元 \3000\00A0\0009',
        '0123456789..-+()'
    ) as figure

),

signed as (

    select
        figure,
        translate(figure, '()', '') as bare_figure,
        -- Accountants put what is owed in brackets.
        figure ~ '^[(].*[)]$' as is_bracketed
    from spelled_alike

)

select
    case
        when figure ~ '[()]' and not is_bracketed then null
        when bare_figure !~ '^[-+]?[0-9]{1,15}([.][0-9]{0,15})?$' then null
        when is_bracketed then - bare_figure::numeric
        else bare_figure::numeric
    end
from signed
