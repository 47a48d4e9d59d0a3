"""Charts: geometry for the eye. The exact amounts are in the tables, and in the text that a chart shows on a bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

import altair as alt
import polars as pl

from pipelines.analysis.pages.style import COLOURS, MOODS

_ROW_HEIGHT = 22
# No menu beside a chart: it offers an editor on the web, and would send the chart there.
_PLAIN = {"embedOptions": {"actions": False}}
Chart = alt.Chart | alt.LayerChart | alt.FacetChart
Money = Callable[[Decimal | None, str | None], str]


def bars(
    frame: pl.DataFrame,
    money: Money,
    *,
    label: str,
    amount: str,
    title: str,
    currency: str,
    mood: str = "",
    sort: Sequence[str] | None = None,
    width: int = 520,
) -> Chart:
    """One bar a row, with its amount in writing: amounts of one currency only.

    Shape:   `mood` is the column whose codes give the colour; without `sort` the order is that of the rows.
    """
    drawn = _drawn(frame, money, amount, currency)
    order = list(sort or drawn[label].to_list())
    base = alt.Chart(drawn.select("length", "written", pl.col(label), *([mood] if mood else [])))
    y = alt.Y(f"{label}:N", sort=order, title=None, axis=alt.Axis(labelLimit=260))
    x = alt.X("length:Q", title=currency, axis=alt.Axis(format=",~f", tickCount=5, grid=True))
    tips = [alt.Tooltip(f"{label}:N", title=" "), alt.Tooltip("written:N", title=currency)]
    drawn_bars = base.mark_bar(cornerRadiusEnd=2, color=COLOURS["calm"]).encode(x=x, y=y, tooltip=tips)
    if mood:
        drawn_bars = drawn_bars.encode(color=_colours(drawn[mood].unique().to_list(), mood))
    writing = base.mark_text(align="left", dx=4, fontSize=11).encode(x=x, y=y, text="written:N")
    chart: Chart = alt.layer(drawn_bars, writing).properties(
        title=title, width=width, height=alt.Step(_ROW_HEIGHT), usermeta=_PLAIN
    )
    return _styled(chart)


def columns_by_month(
    frame: pl.DataFrame, money: Money, *, amount: str, part: str, title: str, currency: str, month: str = "period"
) -> Chart:
    """One column a month, made of parts: amounts of one currency only."""
    drawn = _drawn(frame, money, amount, currency)
    places = {code: place for place, code in enumerate(sorted(drawn[part].unique().to_list(), key=_place))}
    drawn = drawn.with_columns(place=pl.col(part).replace_strict(places, return_dtype=pl.Int64))
    chart: Chart = (
        alt.Chart(drawn.select("length", "written", "place", month, part))
        .mark_bar()
        .encode(
            x=alt.X(f"{month}:N", title=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("length:Q", title=currency, axis=alt.Axis(format=",~f", tickCount=5)),
            color=_colours(list(places), part),
            # The worst at the foot of the column.
            order=alt.Order("place:Q"),
            tooltip=[f"{month}:N", f"{part}:N", alt.Tooltip("written:N", title=currency)],
        )
        .properties(title=title, width=300, height=180, usermeta=_PLAIN)
    )
    return _styled(chart)


def counts_by_month(frame: pl.DataFrame, *, count: str, title: str, month: str = "month") -> Chart:
    """How many a month; a month without any keeps its place."""
    drawn = frame.select(count, day=pl.col(month).str.to_date("%Y-%m"))
    chart: Chart = (
        alt.Chart(drawn)
        .mark_bar(color=COLOURS["calm"], size=10)
        .encode(
            x=alt.X("yearmonth(day):T", title=None, axis=alt.Axis(format="%Y-%m")),
            y=alt.Y(f"{count}:Q", title=None, axis=alt.Axis(tickMinStep=1)),
            tooltip=[alt.Tooltip("yearmonth(day):T", title="month", format="%Y-%m"), f"{count}:Q"],
        )
        .properties(title=title, width=640, height=180, usermeta=_PLAIN)
    )
    return _styled(chart)


def line_by_month(
    frame: pl.DataFrame, *, value: str, series: str, title: str, unit: str, month: str = "period"
) -> Chart:
    """How a rate or a price moved, one line a series."""
    drawn = frame.with_columns(length=pl.col(value).cast(pl.Float64), written=pl.col(value).cast(pl.String))
    chart: Chart = (
        alt.Chart(drawn.select("length", "written", month, series))
        .mark_line(point=True)
        .encode(
            x=alt.X(f"{month}:N", title=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("length:Q", title=unit, scale=alt.Scale(zero=False)),
            color=alt.Color(f"{series}:N", title=None),
            tooltip=[f"{month}:N", f"{series}:N", alt.Tooltip("written:N", title=unit)],
        )
        .properties(title=title, width=460, height=200, usermeta=_PLAIN)
    )
    return _styled(chart)


def _drawn(frame: pl.DataFrame, money: Money, amount: str, currency: str) -> pl.DataFrame:
    """The frame with lengths to draw and exact amounts to read."""
    written = [money(one, currency) for one in frame[amount]]
    # A length on the screen may be a float; no amount is read back from it.
    return frame.with_columns(
        length=pl.col(amount).cast(pl.Float64).fill_null(0), written=pl.Series(written, dtype=pl.String)
    )


def _colours(codes: Sequence[str], name: str) -> alt.Color:
    known = sorted((one for one in codes if one is not None), key=_place)
    scale = alt.Scale(domain=known, range=[COLOURS[MOODS.get(one, "calm")] for one in known])
    return alt.Color(f"{name}:N", scale=scale, legend=alt.Legend(title=None, orient="bottom"))


def _place(code: str) -> tuple[int, str]:
    """Worst first."""
    return -list(COLOURS).index(MOODS.get(code, "calm")), code


def _styled(chart: Chart) -> Chart:
    """In the letters of the page, the title on the left."""
    styled: Chart = (
        chart.configure(font="PT Sans, Segoe UI, sans-serif")
        .configure_title(anchor="start", fontSize=14, fontWeight=600)
        .configure_axis(labelFontSize=12, titleFontSize=12, titleFontWeight="normal", gridOpacity=0.5)
        .configure_legend(labelFontSize=12)
        .configure_view(strokeWidth=0)
    )
    return styled
