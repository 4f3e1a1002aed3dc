-- One row per usable source record, every value in the form in which it is compared
create table record as
with

usable as (
    select * from source where set_aside_because is null
),

referred as (
    select usable.n, target.n as reference_n
    from usable
    inner join usable as target on usable.reference_key = target.record_key
),

read as (
    select
        usable.n,
        name_read.name_id,
        birth_read.born_on,
        case when usable.sex_code in ('1', '2') then usable.sex_code end as sex_code,
        id_read.kind as id_kind,
        id_read.key as id_key,
        id_read.text as id_text,
        id_read.born_on as id_born_on,
        id_read.sex_code as id_sex_code,
        phone_read.phone,
        address_read.town,
        address_read.village,
        address_read.house,
        usable.town_code,
        usable.health_index_id,
        usable.archive_id,
        usable.insurance_number,
        usable.household_id,
        usable.birth_certificate_no,
        usable.vaccination_code,
        usable.social_card_no,
        usable.org_code || '|' || nullif(usable.card_no, '') as patient_card,
        usable.org_code || '|' || nullif(usable.medical_record_no, '') as medical_record,
        -- The number beside a child's name is its mother's.
        coalesce(id_read.key in (
            select birth.mother from birth where birth.is_child and birth.n = usable.n
        ), false) as is_under_mother,
        referred.reference_n,
        usable.first_delivery_on as known_on
    from usable
    left join name_read on usable.person_name is not distinct from name_read.raw
    left join birth_read
        on usable.born_on = birth_read.raw
        and usable.first_delivery_on = birth_read.known_on
    left join id_read
        on usable.id_number is not distinct from id_read.raw
        and usable.id_type_code is not distinct from id_read.id_type_code
    left join phone_read on usable.phone = phone_read.raw
    left join address_read on usable.address = address_read.raw
    left join referred on usable.n = referred.n
)

select read.* replace (coalesce(read.town_code, town_code_of.town_code) as town_code)
from read
left join town_code_of on read.town = town_code_of.town
