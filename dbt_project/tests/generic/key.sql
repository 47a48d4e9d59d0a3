{#- One row per value, and a value in every row: `unique` and `not_null` of dbt in one reading of the model. -#}
{% test key(model, column_name) %}
select
    {{ column_name }},
    count(*) as rows_found
from {{ model }}
group by {{ column_name }}
having count(*) > 1 or {{ column_name }} is null
{% endtest %}
