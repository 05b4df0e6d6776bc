"""The audit as one HTML page that asks for nothing else: words, tables, pictures, colours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from recsys_book.audit import drawings, measures
from recsys_book.audit.advice import misleading, recommendation
from recsys_book.audit.notices import Notice
from recsys_book.audit.trials import MOST_QUERIES, Trial
from recsys_helpers.display import Table
from recsys_helpers.log import Interactions

STYLE = """
:root { color-scheme: light dark; --ink: #22313a; --paper: #fff; --soft: #f1f5f6; --line: #c9d3d7;
  --teal: #12707f; --amber: #8a5300; --red: #a32638; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4ebee; --paper: #14191c; --soft: #1f272b;
  --line: #44525a; --teal: #6fc7d4; --amber: #f0b35a; --red: #ff8f9c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere; }
main, header, footer { max-width: 60rem; margin: 0 auto; padding: 0 1rem; }
h1 { font-size: 1.8rem; line-height: 1.2; margin-top: 2rem; }
h2 { font-size: 1.3rem; margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: 1rem; }
h3 { font-size: 1.05rem; margin-bottom: .2rem; }
.advice { border-left: 4px solid var(--teal); background: var(--soft); padding: .8rem 1rem; }
.notices { display: grid; grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); gap: 1rem;
  padding: 0; list-style: none; }
.notices li { border: 1px solid var(--line); border-top: 4px solid var(--teal);
  border-radius: 4px; padding: .2rem 1rem .6rem; }
.notices .look { border-top-color: var(--amber); }
.notices .wrong { border-top-color: var(--red); }
.notices p { margin: .3rem 0; }
.level { font-size: .85rem; font-weight: 600; color: var(--teal); }
.look .level { color: var(--amber); }
.wrong .level { color: var(--red); }
.scroll { overflow-x: auto; overflow-wrap: normal; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: .4rem 0; }
th, td { text-align: left; padding: .35rem .7rem .35rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; }
th[scope=row] { min-width: 9rem; }
figure { margin: 1rem 0; }
svg { display: block; width: 100%; height: auto; max-width: 30rem; fill: var(--teal);
  stroke-width: 2; }
svg line { stroke: var(--teal); }
svg .axis { stroke: var(--line); }
svg text { fill: var(--ink); font-size: 13px; }
figcaption, footer, .note { font-size: .9rem; }
"""

LEVELS = {"fine": "Nothing to do", "look": "Worth a look", "wrong": "Act on this"}


@dataclass(frozen=True, eq=False)
class Audit:
    """What was found in a log and measured on it.

    Parameters
    ----------
    name
        What the log is called.
    log
        The log, with duplicates.
    notices
        What was looked for.
    trials
        The splits that were tried.
    """

    name: str
    log: Interactions
    notices: Sequence[Notice]
    trials: Sequence[Trial]

    @property
    def recommendation(self) -> str:
        """Which model to begin with, and why."""
        return recommendation(self.trials)

    @property
    def misleading(self) -> list[str]:
        """What could make the measured figures look other than they are."""
        return misleading(self.notices, self.trials)

    def html(self) -> str:
        """Return the page.

        Returns
        -------
        str
            A whole HTML document, without scripts and links to other files.
        """
        log = self.log
        body = [
            f"<header><h1>An audit of {escape(self.name)}</h1>",
            f"<p>{len(log):,} rows of {log.n_users:,} users and {log.n_items:,} items"
            f"{_span(log)}.</p></header><main>",
            "<h2>Where to begin</h2>",
            f'<p class="advice">{escape(self.recommendation)}</p>',
            "<h2>What would mislead you here</h2>",
            _list(self.misleading, "Nothing that was looked for."),
            "<h2>The log</h2>",
            _rows_over_time(log),
            _notices(self.notices),
            *map(_trial, self.trials),
            "</main><footer><p>Settings of all models are the package's own; nothing was chosen on "
            "the test part. Intervals are bootstraps over users and hold for these fitted models. "
            f"Where a test has more than {MOST_QUERIES:,} queries, so many were drawn at random."
            "</p></footer>",
        ]
        title = escape(f"Audit of {self.name}")
        return (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
            "style-src 'unsafe-inline'\">"
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<link rel="icon" href="data:,"><title>{title}</title><style>{STYLE}</style></head>'
            f"<body>{''.join(body)}</body></html>\n"
        )


def _span(log: Interactions) -> str:
    if log.time_unit == "rows":
        return ", in the order of the file"
    first, last = _dates(log)
    return f", from {first} to {last}"


def _dates(log: Interactions) -> tuple[str, str]:
    times = log.datetimes.sort()
    first, last = times.gather([0, len(times) - 1]).dt.strftime("%Y-%m-%d").to_list()
    return first, last


def _rows_over_time(log: Interactions) -> str:
    if log.time_unit == "rows":
        return ""
    _, counts = measures.rows_by_period(log)
    first, last = _dates(log)
    alt = (
        f"Bars: rows in {len(counts)} equal periods from {first} to {last}. The fullest period has "
        f"{counts.max():,} rows, the median one {np.median(counts):,.0f}."
    )
    return (
        f"<figure>{drawings.bars(counts.tolist(), (first, last), alt)}"
        "<figcaption>Rows over time.</figcaption></figure>"
    )


def _notices(notices: Iterable[Notice]) -> str:
    order = list(LEVELS)[::-1]
    items = [
        f'<li class="{one.level}"><h3>{escape(one.title)}</h3>'
        f'<p class="level">{LEVELS[one.level]}</p><p>{escape(one.found)}</p>'
        + (f"<p>{escape(one.advice)}</p>" if one.advice else "")
        + "</li>"
        for one in sorted(notices, key=lambda one: order.index(one.level))
    ]
    return f'<ul class="notices">{"".join(items)}</ul>'


def _trial(trial: Trial) -> str:
    title = f"<h2>{escape(trial.name)}</h2>"
    if trial.split is None or trial.report is None:
        return (
            f"{title}<p>The log could not be split like this: {escape(trial.failed['split'])}</p>"
        )
    report = trial.report
    names = sorted(report.ranks, key=report.mean, reverse=True)
    rows = [(name, *report.interval(name)) for name in names]
    metric = f"NDCG@{report.k}"
    said = "; ".join(
        f"{name} {mean:.3f}, {low:.3f} to {high:.3f}" for name, mean, low, high in rows
    )
    parts = [
        title,
        f"<figure>{drawings.intervals(rows, f'{metric} with 95% intervals: {said}.')}",
        f"<figcaption>{metric} with 95% intervals.</figcaption></figure>",
        table(report.table(), f"{trial.name}: averages with intervals, best first"),
        _seconds(trial),
        table(Table(trial.split.report), f"{trial.name}: what the parts hold"),
    ]
    if len(names) > 1:
        verdicts = report.compare_all().table()
        parts.insert(4, table(verdicts, f"{trial.name}: verdicts on all pairs, judged at once"))
    parts += [
        f'<p class="note">{escape(name)} was left out: {escape(why)}</p>'
        for name, why in trial.failed.items()
    ]
    return "".join(parts)


def _seconds(trial: Trial) -> str:
    took = ", ".join(f"{name} {seconds:.1f}" for name, seconds in trial.seconds.items())
    return f'<p class="note">Seconds to fit: {escape(took)}.</p>'


def _list(sentences: Sequence[str], otherwise: str) -> str:
    if not sentences:
        return f"<p>{escape(otherwise)}</p>"
    return f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in sentences)}</ul>"


def table(shown: Table, caption: str) -> str:
    """Return a table as HTML with a caption, headers of its columns and rows, and its notes.

    Examples
    --------
    >>> import polars as pl
    >>> table(Table(pl.DataFrame({"model": ["EASE"], "NDCG@10": [0.25]})), "Averages")[:42]
    '<div class="scroll" tabindex="0" role="reg'
    """
    text = [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in repr(Table(shown.frame)).splitlines()
    ]
    head, _, *rows = text
    columns = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        + "</tr>"
        for name, *cells in rows
    )
    notes = escape(" ".join(map(repr, shown.notes)))
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{columns}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>" + (f'<p class="note">{notes}</p>' if notes else "")
    )
