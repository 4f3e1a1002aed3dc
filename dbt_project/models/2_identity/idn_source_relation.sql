-- One row per relative that a source record names beside the person, and per birth.
with

named as (

    select *
    from {{ ref('idn_named') }}
    where set_aside_because is distinct from 'test_row'

),

source_person as (

    select * from {{ ref('idn_source_person') }}

),

-- The mother stands in columns of her own, in the name of a newborn (某某之子), or she is whose
-- stay or pregnancy it is.
mother as (

    select
        record_key,
        'mother_of' as relation,
        coalesce(mother_name, parent_name) as other_name,
        coalesce(
            mother_id_number, case when has_number_of_mother then id_number end
        ) as other_id_number,
        mother_record_key as other_record_key,
        birth_order,
        born_on as child_born_on,
        coalesce(born_on, born_from) as child_born_from,
        coalesce(born_on, born_until) as child_born_until,
        live_births
    from named
    where
        mother_name is not null
        or btrim(mother_id_number) <> ''
        or mother_record_key is not null
        or parent_name is not null

),

-- A record of a pregnancy says when how many children were born, and no more of them.
birth as (

    select
        record_key,
        'gave_birth' as relation,
        gave_birth_on as child_born_on,
        live_births
    from named
    where gave_birth_on is not null

),

guardian as (

    select
        record_key,
        'guardian_of' as relation,
        guardian_name as other_name,
        born_on as child_born_on
    from named
    where guardian_name is not null

),

household_member as (

    select
        record_key,
        household_id,
        -- Where nobody or several are marked, the first of them stands for the household.
        first_value(record_key) over (
            partition by household_id
            order by is_householder desc nulls last, record_key asc
        ) as head_record_key
    from named
    where household_id is not null

),

household as (

    select
        record_key,
        'household' as relation,
        null::text as other_name,
        head_record_key as other_record_key
    from household_member
    where record_key <> head_record_key

    union all

    -- A householder signs the contracts of the whole household.
    select
        record_key,
        'household' as relation,
        householder_name as other_name,
        null as other_record_key
    from named
    where householder_name <> person_name

),

named_relative as (

    select
        record_key,
        relation,
        other_name,
        other_id_number,
        other_record_key,
        birth_order,
        child_born_on,
        child_born_from,
        child_born_until,
        live_births
    from mother

    union all

    select
        record_key,
        relation,
        null as other_name,
        null as other_id_number,
        null as other_record_key,
        null as birth_order,
        child_born_on,
        child_born_on as child_born_from,
        child_born_on as child_born_until,
        live_births
    from birth

    union all

    select
        record_key,
        relation,
        other_name,
        null as other_id_number,
        null as other_record_key,
        null as birth_order,
        child_born_on,
        child_born_on as child_born_from,
        child_born_on as child_born_until,
        null as live_births
    from guardian

    union all

    select
        record_key,
        relation,
        other_name,
        null as other_id_number,
        other_record_key,
        null as birth_order,
        null as child_born_on,
        null as child_born_from,
        null as child_born_until,
        null as live_births
    from household

),

source_relation as (

    select
        -- keys
        named_relative.record_key,
        named_relative.relation,
        -- who
        named_relative.other_name,
        named_relative.other_id_number,
        relative.health_index_id as other_health_index_id,
        named_relative.other_record_key,
        -- when
        named_relative.birth_order,
        named_relative.child_born_on,
        named_relative.child_born_from,
        named_relative.child_born_until,
        -- how much and whether
        named_relative.live_births
    from named_relative
    left join source_person as relative
        on named_relative.other_record_key = relative.record_key

)

select * from source_relation
