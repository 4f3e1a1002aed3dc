{#
    Pairs one to one, in the order that the rules wish: the best pair is taken first, then the
    best of those whose two ends are both still free, until no such pair is left.

    Goes in: the name of a table expression with `pair_group` (pairs of different groups never
    share an end), `left_id`, `right_id`, and the order in which pairs are taken; it has to
    tell any two pairs of a group apart. Comes out: the expression `taken_pair`, pairs with all
    their columns. The `with` around it must say `recursive`.
#}
{% macro one_to_one(pairs, preference) %}
weighed_pair as (

    select
        *,
        count(*) over (partition by left_id) = 1
        and count(*) over (partition by right_id) = 1 as is_only_choice
    from {{ pairs }}

),

-- Most ends have one choice only; the others wait in line.
queued_pair as (

    select
        *,
        row_number() over (
            partition by pair_group order by {{ preference }}
        ) as place
    from weighed_pair
    where not is_only_choice

),

served_pair as (

    select
        pair_group,
        0::bigint as place,
        null::text as left_id,
        null::text as right_id,
        array[]::text[] as taken_left_ids,
        array[]::text[] as taken_right_ids,
        false as is_taken
    from queued_pair
    where place = 1

    union all

    select
        queued_pair.pair_group,
        queued_pair.place,
        queued_pair.left_id,
        queued_pair.right_id,
        case
            when ends.are_free then served_pair.taken_left_ids || queued_pair.left_id
            else served_pair.taken_left_ids
        end as taken_left_ids,
        case
            when ends.are_free then served_pair.taken_right_ids || queued_pair.right_id
            else served_pair.taken_right_ids
        end as taken_right_ids,
        ends.are_free as is_taken
    from served_pair
    inner join queued_pair
        on
            served_pair.pair_group = queued_pair.pair_group
            and served_pair.place + 1 = queued_pair.place
    cross join
        lateral (
            select
                not queued_pair.left_id = any(served_pair.taken_left_ids)
                and not queued_pair.right_id = any(served_pair.taken_right_ids) as are_free
        ) as ends

),

taken_pair as (

    select *
    from weighed_pair
    where is_only_choice

    union all

    select weighed_pair.*
    from weighed_pair
    inner join served_pair
        on
            weighed_pair.pair_group = served_pair.pair_group
            and weighed_pair.left_id = served_pair.left_id
            and weighed_pair.right_id = served_pair.right_id
            and served_pair.is_taken

)
{%- endmacro %}
