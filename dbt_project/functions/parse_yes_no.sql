select
    case
        when value is null then null
        when lower(btrim(value)) in ('1', 'y', 'yes', 'true', '是', '有', '√') then true
        when lower(btrim(value)) in ('0', 'n', 'no', 'false', '否', '无', '×') then false
    end
