-- Grain: one row per thing done to an order with success, however often the change feed tells of it.
-- The order is the one that the record's values name: the id of a record holds it in lower case.
with records as (
    select
        _partition,
        _page,
        _position,
        audit_record_id,
        customer_id,
        operation_type,
        operation_at,
        row_number() over (
            partition by audit_record_id
            order by _partition asc nulls last, _page asc nulls last, _position asc nulls last
        ) as telling
    from {{ ref('stg_partner_center__audit_records') }}
    where resource_type = 'order' and operation_status = 'succeeded' and operation_at is not null
),

named as (
    select
        _partition,
        _page,
        _position,
        max({{ order_id('value_text') }}) as order_id
    from {{ ref('stg_partner_center__audit_record_values') }}
    where value_key = 'orderid'
    group by _partition, _page, _position
)

select
    records.audit_record_id,
    records.customer_id,
    named.order_id,
    records.operation_type = 'createorder' as is_creation,
    records.operation_at
from records
inner join named
    on
        records._partition = named._partition
        and records._page = named._page
        and records._position = named._position
where records.telling = 1 and named.order_id is not null
