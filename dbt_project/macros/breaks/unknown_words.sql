{# The documented words, once each, folded: (field, word). Currencies are those of their seed. #}
{% macro known_words() -%}
    select
        field,
        {{ fold_word('value') }} as word
    from {{ ref('known_values') }}
    union
    select
        'currency' as field,
        {{ fold_word('currency') }} as word
    from {{ ref('currencies') }}
{%- endmacro %}

{#
  `words`: what a word is called -> (its field, its column). The joins to the CTE `known` that leave no partner for a
  word that is not documented, and the text of these: 'charge type Gift, currency XXX', '' where there is none.
#}
{% macro known_word_joins(words) -%}
    {%- for field, column in words.values() %}
    left join known as known_{{ loop.index }}
        on known_{{ loop.index }}.field = '{{ field }}' and {{ fold_word(column) }} = known_{{ loop.index }}.word
    {%- endfor %}
{%- endmacro %}

{% macro unknown_words_text(words) -%}
    substr(
        {%- for name, place in words.items() %}
        {{ '|| ' if not loop.first }}case
            when {{ fold_word(place[1]) }} is not null and known_{{ loop.index }}.word is null
                then ', {{ name }} ' || {{ place[1] }}
            else ''
        end
        {%- endfor %}, 3
    )
{%- endmacro %}
