"""How the pages look: one style sheet, and the colours that charts and chips share."""

from __future__ import annotations

# Told apart by people who see no red or green as well, and dark enough for small text.
COLOURS = {"good": "#2a6f4e", "quiet": "#a9b4c4", "calm": "#5b6b82", "warn": "#b26a00", "bad": "#a4262c"}
MOODS = dict.fromkeys(("clean", "received", "matched", "found", "explained"), "good")
MOODS |= dict.fromkeys(("medium", "due", "timing", "acknowledged"), "calm")
MOODS |= dict.fromkeys(("low", "resolved"), "quiet")
MOODS |= dict.fromkeys(("breaks", "break", "high", "short", "over", "unasked", "soon"), "warn")
MOODS |= dict.fromkeys(("not_reconciled", "not_compared", "critical", "late", "expired"), "bad")

STYLE = """<style>
.recon {border-collapse: collapse; width: 100%; font-size: .86rem;
  font-variant-numeric: tabular-nums; margin: .2rem 0 1rem}
.recon th {text-align: left; font-weight: 600; border-bottom: 2px solid rgba(120,120,120,.55); padding: .35rem .6rem;
  vertical-align: bottom}
.recon td {border-bottom: 1px solid rgba(120,120,120,.22); padding: .35rem .6rem; vertical-align: top}
.recon .right {text-align: right} .recon td.right {white-space: nowrap}
.recon .strong td {font-weight: 600; border-top: 2px solid rgba(120,120,120,.55)}
.recon.narrow {max-width: 42rem} .recon .nothing {opacity: .45} .recon .whole {white-space: nowrap}
.recon small {opacity: .72; overflow-wrap: anywhere}
.recon-chip {border-radius: .6rem; padding: .05rem .5rem; white-space: nowrap; font-weight: 600; font-size: .78rem}
.recon-chip.bad {background: #fde2e1; color: #8f1d1d} .recon-chip.warn {background: #fdf0d0; color: #7a4a00}
.recon-chip.good {background: #dcf3e1; color: #14632b}
.recon-chip.calm, .recon-chip.quiet {background: #e8eaee; color: #3f4652}
.recon-facts {display: flex; flex-wrap: wrap; gap: .8rem; margin: .4rem 0 1rem}
.recon-fact {border: 1px solid rgba(120,120,120,.35); border-radius: .6rem; padding: .6rem .9rem; min-width: 11rem}
.recon-fact b {display: block; font-size: 1.3rem; font-variant-numeric: tabular-nums}
.recon-fact small {opacity: .75}
.recon-told {white-space: pre-wrap; font-family: ui-monospace, monospace; font-size: .8rem; line-height: 1.45;
  border-left: 3px solid rgba(120,120,120,.45); padding: .2rem 0 .2rem .9rem; overflow-wrap: anywhere}
</style>"""
