"""What the notebooks share: inputs, tables and charts for marimo. The numbers come from `pipelines.analysis`."""

from pipelines.analysis.found import SEVERITIES
from pipelines.analysis.pages import charts
from pipelines.analysis.pages.break_frames import AGE_BUCKETS, ageing, breaks_by_code, breaks_in_words, searchable
from pipelines.analysis.pages.cells import (
    Cell,
    chip,
    chip_html,
    day,
    escaped,
    in_words,
    money,
    number,
    price,
    text,
    words,
)
from pipelines.analysis.pages.inputs import (
    Chosen,
    as_of_input,
    asked,
    choices,
    chosen,
    head,
    newest_due_month,
    opened,
)
from pipelines.analysis.pages.month_frames import (
    DOCUMENT_PARTS,
    bridge,
    counted_documents,
    waiting,
    waiting_by_reason,
)
from pipelines.analysis.pages.names import smallest_coin, with_names
from pipelines.analysis.pages.note_form import note_form, recorded
from pipelines.analysis.pages.tables import Show, counted, facts, searchable_table, told

__all__ = [
    "AGE_BUCKETS",
    "DOCUMENT_PARTS",
    "SEVERITIES",
    "Cell",
    "Chosen",
    "Show",
    "ageing",
    "as_of_input",
    "asked",
    "breaks_by_code",
    "breaks_in_words",
    "bridge",
    "charts",
    "chip",
    "chip_html",
    "choices",
    "chosen",
    "counted",
    "counted_documents",
    "day",
    "escaped",
    "facts",
    "head",
    "in_words",
    "money",
    "newest_due_month",
    "note_form",
    "number",
    "opened",
    "price",
    "recorded",
    "searchable",
    "searchable_table",
    "smallest_coin",
    "text",
    "told",
    "waiting",
    "waiting_by_reason",
    "with_names",
    "words",
]
