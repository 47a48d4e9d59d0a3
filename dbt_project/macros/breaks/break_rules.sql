{#
  Every rule that is built, by code, in catalogue order. A rule is one model `int_breaks__<code>`, one row in
  the seed `break_catalogue` and one entry here; tests compare the three.
#}
{% macro break_rules() -%}
    {{ return([
        "charge_without_order",
        "item_not_on_order",
        "ambiguous_match",
        "order_not_billed",
        "quantity_charged_vs_ordered",
        "price_charged_vs_ordered",
        "charged_not_entitled",
        "quantity_ordered_vs_entitled",
        "provisioning_overdue",
        "entitled_after_cancellation",
        "entitlement_without_order",
        "cancelled_not_credited",
        "credit_short",
        "credit_without_cancellation",
        "over_credited",
        "duplicate_in_invoice",
        "duplicate_across_invoices",
        "customer_mismatch",
        "customer_unknown",
        "currency_mismatch",
        "line_total",
        "invoice_total_vs_lines",
        "invoice_without_lines",
        "invoice_missing",
        "statement_vs_invoice",
        "balance_vs_open_invoices",
        "unbilled_lost",
        "invoice_not_read",
        "not_compared",
        "nothing_compared",
        "unclassified",
    ]) }}
{%- endmacro %}
