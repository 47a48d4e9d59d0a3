{#
  How often the suppressions are worked through. A break stands unless a standing break suppresses it, so each
  link of the longest chain in the seed needs one round; a test compares the two.
#}
{% macro suppression_rounds() -%} {{ return(6) }} {%- endmacro %}

{# low 1, medium 2, high 3, critical 4. #}
{% macro severity_rank(severity) -%}
    case {{ severity }} when 'low' then 1 when 'medium' then 2 when 'high' then 3 when 'critical' then 4 end
{%- endmacro %}

{# The word of a rank; everything above critical is critical. #}
{% macro severity_word(rank) -%}
    case when {{ rank }} >= 4 then 'critical' when {{ rank }} = 3 then 'high' when {{ rank }} = 2 then 'medium' else 'low' end
{%- endmacro %}
