-- Zero-width characters are taken out anywhere, blanks of every width only around the text.
select
    case
        when
            btrim(value, U&' \3000\00A0\0009\000D\000A\200B\200C\200D\FEFF')
            in ('', '-', '--', '—', '/', '0', '无', '不详', '未知', '未填', 'null')
            then null
        else
            btrim(
                translate(value, U&'\200B\200C\200D\FEFF', ''),
                U&' \3000\00A0\0009\000D\000A'
            )
    end
