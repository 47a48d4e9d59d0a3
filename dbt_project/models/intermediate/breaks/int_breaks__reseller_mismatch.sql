-- Rule: the charges name another indirect reseller than the partner on record of the order line.
-- Grain: one row per charge group that breaks the rule.
with recorded as (
    select
        order_item_id,
        coalesce(partner_id_on_record, 'none') as partner_id,
        min(coalesce(partner_id_on_record, 'none')) over (partition by order_item_id) as recorded_partner_id
    from {{ ref('int_order_lines') }}
),

-- One of the item's lines has to carry the reseller; which of them a charge bills is not known.
strangers as (
    select
        lines.charge_group_id,
        count(*) as stranger_count,
        max(coalesce(lines.reseller_mpn_id, 'none')) as billed_reseller_id,
        max(all_lines.recorded_partner_id) as recorded_partner_id
    from {{ ref('int_lines') }} as lines
    inner join (
        select distinct
            order_item_id,
            recorded_partner_id
        from recorded
    ) as all_lines on lines.order_item_id = all_lines.order_item_id
    left join (
        select distinct
            order_item_id,
            partner_id
        from recorded
    ) as same_partner
        on
            lines.order_item_id = same_partner.order_item_id
            and coalesce(lines.reseller_mpn_id, 'none') = same_partner.partner_id
    where lines.is_charge and same_partner.order_item_id is null
    group by lines.charge_group_id
),

charge_groups as (
    select
        charge_group_id,
        order_item_id,
        customer_id,
        order_id,
        product_id,
        sku_id,
        currency,
        total_sum,
        last_invoice_id,
        last_invoice_at,
        period
    from {{ ref('int_charge_groups') }}
),

mismatched as (
    select
        charge_groups.*,
        strangers.stranger_count,
        strangers.billed_reseller_id,
        strangers.recorded_partner_id
    from charge_groups
    inner join strangers on charge_groups.charge_group_id = strangers.charge_group_id
),

breaks as (
    select
        {{ break_row('reseller_mismatch', 'charge_group', with_columns(charge_group_keys(), {
            'actual_amount': 'total_sum',
            'at_risk_amount': '0',
            'direction': "'exposure'",
            'explanation': count_text('stranger_count', 'charge') ~ " || ' with reseller ' || billed_reseller_id
                || ', the partner on record of the order is ' || recorded_partner_id || '; no amount at risk'"
        })) }}
    from mismatched
)

select * from breaks
