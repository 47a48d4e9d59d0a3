{#
  Documents that amend each other share a chain, named by its oldest document: (invoice_id, chain_id).
  An amendment of an amendment of an amendment is followed; longer chains are cut there.
#}
{% macro amendment_chains() -%}
    select
        documents.invoice_id,
        coalesce(grand_parents.amends_of, parents.amends_of, documents.amends_of, documents.invoice_id) as chain_id
    from {{ ref('int_documents') }} as documents
    left join {{ ref('int_documents') }} as parents
        on documents.amends_of = parents.invoice_id
    left join {{ ref('int_documents') }} as grand_parents
        on parents.amends_of = grand_parents.invoice_id
{%- endmacro %}
