-- One row per referral as it stands, with the care at the target that it led to.
with recursive

sent as (

    select * from {{ ref('stg_g__dr_referrals') }}

),

person_link as (

    select * from {{ source('identity', 'person_link') }}

),

institution as (

    select * from {{ ref('rec_institution') }}

),

encounter as (

    select * from {{ ref('rec_encounter') }}

),

settlement as (

    select * from {{ ref('rec_settlement') }}

),

referral_status as (

    select * from {{ ref('referral_status') }}

),

referral_arrival as (

    select * from {{ ref('referral_arrival') }}

),

named_referral as (

    select * from {{ ref('rec_named_referral') }}

),

described as (

    select
        sent.*,
        person_link.person_id,
        named_referral.encounter_id as named_by_encounter_id,
        origin.institution_code as known_from_institution_code,
        target.institution_code as known_to_institution_code,
        coalesce(target.is_in_county, false) as is_to_county,
        coalesce(referral_status.is_accepted, false) as is_accepted,
        case
            when referral_status.referral_status_code is null then 'unknown_status'
            else referral_status.not_counted_because
        end as not_counted_because
    from sent
    left join person_link
        on sent.record_key = person_link.record_key
    -- Here, by hash: beside the care that may have followed, the planner expects so few
    -- rows that it compares each with each.
    left join named_referral
        on
            sent.referral_number = named_referral.referral_number
            and person_link.person_id = named_referral.person_id
    left join institution as origin
        on sent.from_institution_code = origin.institution_code
    left join institution as target
        on sent.to_institution_code = target.institution_code
    left join referral_status
        on sent.referral_status_code = referral_status.referral_status_code
    where sent.set_aside_because is null

),

-- The care that can show an arrival; outside the county only the insurer sees it.
care as (

    select
        encounter_id as care_event_id,
        'encounter' as arrives_as,
        person_id,
        institution_code,
        started_on,
        started_at
    from encounter
    where
        set_aside_because is null
        and not is_health_check
        and not is_fully_refunded
        and not is_cancelled

    union all

    select
        event_id as care_event_id,
        'settlement' as arrives_as,
        person_id,
        institution_code,
        started_on,
        settled_at as started_at
    from settlement
    where is_counted

),

expected as (

    select
        described.record_key,
        described.referral_number,
        described.person_id,
        described.to_institution_code,
        described.submitted_at,
        described.named_by_encounter_id,
        referral_arrival.rule_id,
        referral_arrival.arrives_as,
        referral_arrival.days_from,
        referral_arrival.days_until,
        case referral_arrival.counted_from
            when 'accepted' then described.accepted_at::date
            when 'discharged' then described.discharged_on
        end as counted_from_on
    from described
    inner join referral_arrival
        on
            described.referral_direction_code = referral_arrival.referral_direction_code
            and described.is_to_county = referral_arrival.is_to_county
            and described.submitted_at::date >= referral_arrival.valid_from
    where
        described.is_accepted
        and described.person_id is not null

),

possible_arrival as (

    select
        expected.person_id || '|' || expected.to_institution_code as pair_group,
        expected.record_key as left_id,
        care.care_event_id as right_id,
        expected.rule_id,
        expected.arrives_as,
        expected.submitted_at,
        expected.referral_number,
        coalesce(care.care_event_id = expected.named_by_encounter_id, false)
            as is_named,
        care.started_on as arrived_on,
        care.started_at as arrived_at,
        care.started_on - expected.counted_from_on as days_to_arrival
    from expected
    inner join care
        on
            expected.person_id = care.person_id
            and expected.to_institution_code = care.institution_code
            and expected.arrives_as = care.arrives_as
            and care.started_on between
            expected.counted_from_on + expected.days_from
            and expected.counted_from_on + expected.days_until

),

-- The county takes pairs in the order of the gap, the submission and the number; of two
-- visits on one day the one at which the doctor typed the number is meant.

{{ one_to_one(
    'possible_arrival',
    'days_to_arrival, submitted_at, referral_number, is_named desc, arrived_at, right_id',
) }},

referral as (

    select
        -- keys
        described.record_key as event_id,
        described.referral_number,
        -- who and where
        described.person_id,
        described.known_from_institution_code as institution_code,
        described.known_to_institution_code as to_institution_code,
        described.is_to_county,
        -- what
        described.referral_direction_code,
        described.referral_status_code,
        described.diagnosis_code,
        described.diagnosis_name,
        described.is_accepted,
        described.not_counted_because,
        -- when
        described.submitted_at,
        described.accepted_at,
        described.discharged_on,
        -- what came of it
        taken_pair.right_id as arrival_event_id,
        taken_pair.arrives_as as arrival_kind,
        taken_pair.rule_id as arrival_rule_id,
        taken_pair.arrived_on,
        taken_pair.days_to_arrival,
        taken_pair.right_id is not null as has_arrived,
        described.named_by_encounter_id,
        -- where it comes from
        described.source_system,
        described.source_table,
        described.org_code,
        described.native_id,
        described.native_part,
        described._file_id,
        described._line_number
    from described
    left join taken_pair
        on described.record_key = taken_pair.left_id

)

select * from referral
