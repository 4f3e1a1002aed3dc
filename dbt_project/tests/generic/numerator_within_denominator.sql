-- One row per case of a share that adds more to the numerator than to the denominator.
{% test numerator_within_denominator(model) %}

select *
from {{ model }}
where
    numerator > denominator
    or numerator < 0

{% endtest %}
