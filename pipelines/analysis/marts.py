"""What every group of tables needs: a mart as a lazy frame, narrowed by what all of them know."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import polars as pl

from pipelines.analysis.frames import Reader

_PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Marts:
    """One published generation, or one enquiry.

    Shape:   `as_of` is the moment that the rules asked about, `generation` the number of the published result, and
             `is_enquiry` whether it is not the published one but what was known at an earlier moment.
    Units:   times in UTC without a zone, `as_of` too.
    """

    data_dir: Path
    generation: int
    as_of: datetime
    is_enquiry: bool
    _reader: Reader = field(repr=False, compare=False)

    def _mart(
        self,
        mart: str,
        order: str | None = None,
        *,
        currency: str | None = None,
        period: str | None = None,
        customer_id: str | None = None,
        period_column: str = "period",
    ) -> pl.LazyFrame:
        if period is not None and not _PERIOD.fullmatch(period):
            raise ValueError(f"`{period}` is not a month; write it like 2026-08")
        frame = self._reader.scan(f"marts.{mart}", order)
        # The API writes one id in several cases; the marts have customers in lower case and currencies in upper.
        customer = customer_id.lower() if customer_id else None
        code = currency.upper() if currency else None
        for column, value in (("currency", code), (period_column, period), ("customer_id", customer)):
            if value is not None:
                frame = frame.filter(pl.col(column) == value)
        return frame
