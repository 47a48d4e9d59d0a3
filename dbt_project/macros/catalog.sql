{#
  What the readings of the catalog say of each item: its newest description, the first and the last moment at which
  a reading showed it, and whether the newest look at it still found it.

  A look is the newest reading of a question that once showed the item, or that asks for it by id. Countries (and
  customers) are looked at apart: an item that one country dropped may be for sale in another.
#}
{% macro catalog_items(staging, by_id, keys, attributes) -%}
    {%- set key_list = keys | join(', ') -%}
    {%- set asked = [] -%}
    {%- for key in keys %}{% do asked.append('asked_' ~ key ~ ' as ' ~ key) %}{% endfor -%}
with readings as (
    select
        partition_id, endpoint, asked_for, place, asked_product_id, asked_sku_id, asked_availability_id,
        read_at, seen_at, row_count, is_newest
    from {{ ref('int_catalog_readings') }}
),

shown as (
    select
        {%- for name in keys + attributes %}
        items.{{ name }},
        {%- endfor %}
        readings.asked_for,
        readings.place,
        readings.read_at,
        readings.seen_at,
        readings.is_newest,
        row_number() over (
            partition by {{ 'items.' ~ keys | join(', items.') }}
            order by
                readings.seen_at desc, readings.read_at desc, readings.partition_id asc,
                items._page asc, items._position asc
        ) as age
    from {{ ref(staging) }} as items
    inner join readings on items._partition = readings.partition_id
),

questions as (
    select distinct {{ key_list }}, asked_for from shown
    union
    select {{ asked | join(', ') }}, asked_for from readings where endpoint = '{{ by_id }}'
),

still_there as (
    select distinct {{ key_list }}, asked_for from shown where is_newest
),

looks as (
    select
        {%- for key in keys %}
        questions.{{ key }},
        {%- endfor %}
        newest.place,
        newest.seen_at as looked_at,
        still_there.asked_for is not null as is_shown
    from questions
    inner join readings as newest on questions.asked_for = newest.asked_for and newest.is_newest
    left join still_there
        on questions.asked_for = still_there.asked_for
        {%- for key in keys %} and questions.{{ key }} = still_there.{{ key }}{% endfor %}
),

places as (
    select
        {{ key_list }},
        place,
        max(case when is_shown then looked_at end) as shown_at,
        max(case when not is_shown then looked_at end) as missed_at
    from looks
    group by {{ key_list }}, place
),

present as (
    select
        {{ key_list }},
        max(case when shown_at >= coalesce(missed_at, shown_at) then 1 else 0 end) as present_count
    from places
    group by {{ key_list }}
),

spans as (
    select
        {{ key_list }},
        min(read_at) as first_read_at,
        max(seen_at) as last_read_at
    from shown
    group by {{ key_list }}
)

select
    {%- for key in keys %}
    present.{{ key }},
    {%- endfor %}
    {%- for name in attributes %}
    described.{{ name }},
    {%- endfor %}
    spans.first_read_at,
    spans.last_read_at,
    present.present_count = 1 as is_current
from present
left join spans
    on {% for key in keys %}present.{{ key }} = spans.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
left join shown as described
    on {% for key in keys %}present.{{ key }} = described.{{ key }} and {% endfor %}described.age = 1
{%- endmacro %}

{#
  Since and until when an item is known, and from where its name is: the catalog, else a charge, an order, an
  entitlement. Readings of the catalog and the orders that name it count alike; `catalog` is the catalog's row, if any.
#}
{% macro catalog_validity(first_named_at, last_named_at, weight) -%}
    {{ as_time("least(coalesce(catalog.first_read_at, " ~ first_named_at ~ "), coalesce("
        ~ first_named_at ~ ", catalog.first_read_at))") }} as first_seen_at,
    {{ as_time("greatest(coalesce(catalog.last_read_at, " ~ last_named_at ~ "), coalesce("
        ~ last_named_at ~ ", catalog.last_read_at))") }} as last_seen_at,
    {{ as_flag('catalog.is_current') }} as is_current,
    {{ as_text("case when catalog.first_read_at is not null then 'catalog' when " ~ weight ~ " = 3 then 'charge' when "
        ~ weight ~ " = 2 then 'order' else 'entitlement' end") }} as source
{%- endmacro %}
