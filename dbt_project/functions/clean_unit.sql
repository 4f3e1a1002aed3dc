-- The spellings that nearly all units have are read here, without a function call; the rest
-- goes to clean_written_unit.
select
    case
        when value is null then null
        when
            value in (
                'mmol/L', 'umol/L', 'U/L', 'g/L', 'mg/L', 'mg/dL', 'g/dL', '%',
                '10^9/L', '10^12/L'
            )
            then value
        else {{ function('clean_written_unit') }}(value)
    end
