-- Only what stands before a number is a comparator.
select
    case
        when value ~ '[<>＜＞≤≥≦≧⩽⩾]' and {{ function('parse_lab_number') }}(value) is not null
            then
                case
                    when value ~ '[≤≦⩽]|[<＜]\s*[=＝]' then '<='
                    when value ~ '[≥≧⩾]|[>＞]\s*[=＝]' then '>='
                    when value ~ '[<＜]' then '<'
                    else '>'
                end
    end
