-- A break points where its rule says; rules by sign may point either way, and no amount at risk is negative.
-- An unknown word stands on a line, or on a document by itself.
select
    found.break_id,
    found.break_code,
    found.direction,
    found.at_risk_amount
from {{ ref('int_breaks_found') }} as found
inner join {{ ref('break_catalogue') }} as catalogue on found.break_code = catalogue.break_code
where (catalogue.direction <> 'sign' and found.direction <> catalogue.direction)
    or (found.grain <> catalogue.grain and not (found.break_code = 'unknown_value' and found.grain = 'document'))
    or found.at_risk_amount < 0
