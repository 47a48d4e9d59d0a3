"""What was found: verdicts, breaks, and what each check compared."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.analysis.marts import Marts

BREAK_STATUSES = ("open", "acknowledged", "disputed", "accepted", "resolved", "reopened")
SEVERITIES = ("critical", "high", "medium", "low")


class Found(Marts):
    """The tables of the reconciliation itself."""

    def breaks(
        self,
        *,
        status: str | Sequence[str] = "unresolved",
        code: str | None = None,
        currency: str | None = None,
        period: str | None = None,
        customer_id: str | None = None,
    ) -> pl.LazyFrame:
        """Records that should agree and do not.

        Shape:   one row per break, the greatest amount at risk first. `status` is `unresolved` (all but resolved),
                 `all`, or one or several of BREAK_STATUSES; `code` a `break_code`.
        Units:   `at_risk_amount` is never negative, null where not known. Add rows with `is_primary` only.
        Errors:  ValueError for an unknown status or code.

        >>> warehouse.breaks(status="disputed").select("break_code", "at_risk_amount").collect().rows()
        [('order_not_billed', Decimal('12.000000000000'))]
        >>> euro = warehouse.breaks(currency="EUR").filter(pl.col("is_primary"))
        >>> euro.select(pl.col("at_risk_amount").sum()).collect().item()
        Decimal('212.000000000000')
        """
        order = "at_risk_amount desc nulls last, break_id"
        frame = self._mart("fct_breaks", order, currency=currency, period=period, customer_id=customer_id)
        if code is not None:
            known = self.break_codes().collect()["break_code"].to_list()
            if code not in known:
                raise ValueError(f"unknown break code {code}; known are {', '.join(sorted(known))}")
            frame = frame.filter(pl.col("break_code") == code)
        return frame.filter(pl.col("status").is_in(_statuses(status)))

    def reconciliation(self, *, currency: str | None = None, period: str | None = None) -> pl.LazyFrame:
        """The verdict of each month and currency, and what it rests on.

        Shape:   one row per period and currency, newest period first.

        >>> warehouse.reconciliation(period="2026-09").select("currency", "verdict").collect().rows()
        [('EUR', 'breaks'), ('JPY', 'not_reconciled'), ('USD', 'clean')]
        """
        return self._mart("fct_reconciliation", "period desc, currency", currency=currency, period=period)

    def coverage(self, *, currency: str | None = None, period: str | None = None) -> pl.LazyFrame:
        """What was compared with what, what was not, and why not.

        Shape:   one row per period, currency, kind, part and reason; kinds overlap and are never added.
        """
        return self._mart("fct_coverage", "period, currency, kind, part", currency=currency, period=period)

    def match_candidates(self, *, currency: str | None = None, customer_id: str | None = None) -> pl.LazyFrame:
        """Orders that could be behind a charge without an order, and why none was confirmed.

        Shape:   one row per break and candidate.
        """
        return self._mart("fct_match_candidates", "break_id", currency=currency, customer_id=customer_id)

    def line_proofs(
        self, *, currency: str | None = None, period: str | None = None, customer_id: str | None = None
    ) -> pl.LazyFrame:
        """Whether a line holds by itself: its formula, total, tax rate and exchange rate.

        Shape:   one row per line of a counted document and proof.
        """
        return self._mart("fct_line_proofs", currency=currency, period=period, customer_id=customer_id)

    def restated_lines(
        self, *, currency: str | None = None, period: str | None = None, customer_id: str | None = None
    ) -> pl.LazyFrame:
        """Lines that are gone from a document, or new on it, since it was first read or its month was closed.

        Shape:   one row per line, `change` is `removed` or `added`; a line that says something else now has both.
        Units:   `difference_amount` adds up to the difference of the document's lines, in the document's currency.
        """
        order = "invoice_id, change desc, partition_id, page, item"
        return self._mart("fct_restated_lines", order, currency=currency, period=period, customer_id=customer_id)

    def price_checks(self, *, currency: str | None = None, customer_id: str | None = None) -> pl.LazyFrame:
        """Charges whose order tells no price, beside the price list. For information: a difference is no break.

        Shape:   one row per charge.
        Units:   unit prices in `list_currency` and `pricing_currency`, amounts in `currency`.
        """
        return self._mart("fct_price_checks", "invoice_line_id", currency=currency, customer_id=customer_id)

    def fx_checks(self, *, currency: str | None = None) -> pl.LazyFrame:
        """Exchange rates on the bills beside the month's published ones. For information, too.

        Shape:   one row per month, pair of currencies and rate; `deviation_usd_amount` is what it cost, in dollars.
        """
        return self._mart("fct_fx_checks", "rate_month desc, currency, fx_rate", currency=currency)

    def break_codes(self) -> pl.LazyFrame:
        """The rules that find breaks: title, severity, the rule in words, the next step."""
        return self._mart("dim_break_codes")


def _statuses(status: str | Sequence[str]) -> list[str]:
    if status == "all":
        return list(BREAK_STATUSES)
    if status == "unresolved":
        return [name for name in BREAK_STATUSES if name != "resolved"]
    asked = [status] if isinstance(status, str) else list(status)
    unknown = sorted(set(asked) - set(BREAK_STATUSES))
    if unknown:
        known = ", ".join(("unresolved", "all", *BREAK_STATUSES))
        raise ValueError(f"unknown break status {', '.join(unknown)}; known are {known}")
    return asked
