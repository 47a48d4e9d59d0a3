{# Words of the API in the one spelling that the marts use; an unknown word stays, folded. #}

{% macro document_word(column) -%}
    case {{ fold_word(column) }}
        when 'voidnote' then 'void_note'
        when 'adjustmentnote' then 'adjustment_note'
        when 'creditnote' then 'credit_note'
        else {{ fold_word(column) }}
    end
{%- endmacro %}

{% macro invoice_type_word(column) -%}
    case {{ fold_word(column) }} when 'onetime' then 'one_time' else {{ fold_word(column) }} end
{%- endmacro %}

{# `marketplace` is an old name of the same lines. #}
{% macro provider_word(column) -%}
    case {{ fold_word(column) }} when 'marketplace' then 'onetime' else {{ fold_word(column) }} end
{%- endmacro %}

{% macro billing_cycle_word(column) -%}
    case {{ fold_word(column) }} when 'onetime' then 'one_time' else {{ fold_word(column) }} end
{%- endmacro %}

{% macro transaction_word(column) -%}
    case {{ fold_word(column) }}
        when 'userpurchase' then 'user_purchase'
        when 'systempurchase' then 'system_purchase'
        when 'systembilling' then 'system_billing'
        else {{ fold_word(column) }}
    end
{%- endmacro %}
