-- What the training learns from: statements of records about people, one value a column, in
-- the columns that the comparisons look at. `label` is the person, where it is known.
create or replace table statement as
with

group_phone as (
    select source.phone_read as phone
    from source
    inner join name on source.name_id = name.name_id
    where source.phone_read is not null and name.sound <> ''
    group by source.phone_read
    having count(distinct name.sound) > $household_names
),

-- Whose number it is: the name that most records have beside it, or the birth date it says.
said as (
    select id_key, name_id, count(*) as times
    from source where id_key is not null and id_kind = 'valid'
    group by id_key, name_id
),

usual_name as (
    select id_key, arg_max(name_id, (times, -name_id)) as name_id from said group by id_key
),

labelled as (
    select
        source.*,
        -- A borrowed card or a mother's number has neither the name nor the birth date.
        case
            when source.id_kind = 'valid' and not name.is_newborn
                and (
                    source.name_id = usual_name.name_id
                    or source.born_on = source.id_born_on
                )
                then source.id_key
        end as label
    from source
    inner join name on source.name_id = name.name_id
    left join usual_name on source.id_key = usual_name.id_key
),

said_once as (
    select distinct
        label, source_system, source_table, name_id, born_on, sex_code, id_text as number,
        id_kind = 'valid' as is_proven,
        id_kind in ('excel_zeroed', 'excel_rounded') as is_damaged,
        if(phone_read in (from group_phone), null, phone_read) as phone,
        town, village, house, place_group, town_code
    from labelled
)

select
    row_number() over (
        order by
            label, source_system, source_table, said_once.name_id, said_once.born_on,
            sex_code, number, is_proven, is_damaged, phone, town, village, house, place_group,
            town_code
    )::integer as profile,
    said_once.label, said_once.source_system, said_once.source_table,
    said_once.born_on, said_once.sex_code, said_once.number, said_once.is_proven,
    said_once.is_damaged,
    name.key as name_key, name.* exclude (name_id, key),
    coalesce(birth.lunar_days, []) as lunar_days,
    list_filter([phone], lambda said: said is not null) as phones,
    list_filter([town], lambda said: said is not null) as towns,
    list_filter([town_code], lambda said: said is not null) as town_codes,
    list_filter([village], lambda said: said is not null) as villages,
    list_filter([house], lambda said: said is not null) as houses,
    list_filter([place_group], lambda said: said is not null) as groups
from said_once
inner join name on said_once.name_id = name.name_id
left join birth on said_once.born_on = birth.born_on
where not name.is_newborn;

-- The word of each register on each person: one statement of it, taken by chance of its hash.
create or replace table word as
select * from statement
where label is not null
qualify row_number() over (
    partition by label, source_system, source_table
    order by md5(profile::text), profile
) = 1;

-- One statement of each person: two of them are never of the same one.
create or replace table person as
select * from word
qualify row_number() over (
    partition by label
    order by (born_on is null)::integer + (len(phones) = 0)::integer
        + (len(towns) + len(town_codes) = 0)::integer, md5(profile::text), profile
) = 1;
