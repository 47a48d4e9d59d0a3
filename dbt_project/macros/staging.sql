{#
  The rows of a raw table that count, with what the ledger knows of their partition. Rows of superseded
  walks stay invisible, whatever is left of them in the raw table.
#}
{% macro current_rows(table_name) -%}
    {{ source('partner_center_raw', table_name) }} as sent
    inner join {{ source('partner_center_raw', 'load_ledger') }} as ledger
        on sent._partition = ledger.partition_id and sent._walk_id = ledger.walk_id
{%- endmacro %}
