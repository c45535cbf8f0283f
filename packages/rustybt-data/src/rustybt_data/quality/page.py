"""A report as a page of HTML that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final

import polars as pl

from rustybt.calendars import to_day, to_ns
from rustybt_data.quality.catalogue import RULES
from rustybt_data.quality.words import Reported, label_of, summary, worst

_ROWS: Final = 500
_SYMBOLS: Final = 40
_BINS: Final = 120
_CELL: Final = 7
_LINE: Final = 18
_LEFT: Final = 120
_TOP: Final = 8

_COLOURS: Final = {"flag": "#e0a526", "quarantine": "#c8372d", "fail": "#5b1a72"}

_STYLE: Final = """
body { font: 14px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem;
  color: #1d2430; background: #fff; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #dfe3e8;
  vertical-align: top; }
th { font-weight: 600; border-bottom: 2px solid #aab2bd; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
td.label, .flag, .quarantine, .fail { white-space: nowrap; }
.flag::before, .quarantine::before, .fail::before { content: ""; display: inline-block;
  width: .7em; height: .7em; margin-right: .4em; border-radius: 2px; }
.scroll { overflow-x: auto; } svg text { font: 12px system-ui, sans-serif; fill: #1d2430; }
""" + "".join(f".{name}::before {{ background: {colour}; }}\n" for name, colour in _COLOURS.items())


def page_of(report: Reported) -> str:
    """The page: a summary, a picture of where problems lie, what was found and where."""
    title = escape(f"Quality of {report.name}" if report.name else "Quality of data")
    body = "\n".join(_body(report))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{title}</h1>\n{body}\n</body>\n</html>\n"
    )


def _body(report: Reported) -> Iterator[str]:
    yield f"<p>{escape(summary(report))}</p>"
    if report.is_clean:
        return
    picture = _picture(report)
    if picture:
        yield "<h2>Where</h2>"
        legend = (f'<span class="{name}">{name}</span>' for name in _COLOURS)
        yield f"<p>The worst outcome by symbol and time: {' &nbsp; '.join(legend)}</p>"
        yield f'<div class="scroll">{picture}</div>'
    yield "<h2>Rules</h2>"
    counts = report.counts().sort("outcome", "findings", descending=True)
    about = {name: kind.about.replace("`", "") for name, kind in RULES.items()}
    yield _table(
        ("rule", "what it finds", "outcome", "findings", "symbols"),
        (
            (rule, about[rule], outcome, findings, symbols)
            for rule, _, outcome, findings, symbols in counts.iter_rows()
        ),
    )
    shown, title = worst(report, _ROWS)
    yield f"<h2>{title}</h2>"
    yield _table(shown.columns, shown.iter_rows())


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    numbers = {"findings", "symbols"}
    heads = "".join(
        f'<th class="n">{name}</th>' if name in numbers else f"<th>{name}</th>" for name in header
    )
    lines = ("<tr>" + "".join(map(_cell, header, row)) + "</tr>" for row in rows)
    body = "\n".join(lines)
    return f'<div class="scroll"><table>\n<tr>{heads}</tr>\n{body}\n</table></div>'


def _cell(name: str, value: object) -> str:
    if isinstance(value, int):
        return f'<td class="n">{value:,}</td>'
    text = escape(label_of(value))
    if name == "outcome":
        return f'<td><span class="{text}">{text}</span></td>'
    return f'<td class="label">{text}</td>' if name == "label" else f"<td>{text}</td>"


# ---------------------------------------------------------------- picture


def _picture(report: Reported) -> str:
    """A line for each of the worst symbols, a cell for each part of the time with a finding."""
    found = report.rows.filter(pl.col("label").is_not_null())
    if found.is_empty() or report.first is None or report.last is None:
        return ""
    cells, symbols = _cells(report, found)
    width, height = _LEFT + _BINS * _CELL + 10, _TOP + len(symbols) * _LINE + 24
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="Findings by symbol and time">'
    )
    parts = [head]
    for place, symbol in enumerate(symbols):
        top = _TOP + place * _LINE
        name = escape(symbol if len(symbol) <= 16 else f"{symbol[:15]}…")
        parts.append(f'<text x="{_LEFT - 8}" y="{top + 12}" text-anchor="end">{name}</text>')
        parts.append(
            f'<rect x="{_LEFT}" y="{top}" width="{_BINS * _CELL}" height="{_LINE - 4}" '
            'fill="#eef1f4"/>'
        )
    for symbol, bin_, outcome, count in cells.iter_rows():
        top = _TOP + symbols.index(symbol) * _LINE
        parts.append(
            f'<rect x="{_LEFT + bin_ * _CELL}" y="{top}" width="{_CELL}" height="{_LINE - 4}" '
            f'fill="{_COLOURS[outcome]}"><title>{escape(symbol)}: {count:,} found</title></rect>'
        )
    bottom = _TOP + len(symbols) * _LINE + 14
    parts.append(f'<text x="{_LEFT}" y="{bottom}">{escape(label_of(report.first))}</text>')
    parts.append(
        f'<text x="{_LEFT + _BINS * _CELL}" y="{bottom}" text-anchor="end">'
        f"{escape(label_of(report.last))}</text></svg>"
    )
    return "\n".join(parts)


def _cells(report: Reported, found: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """The worst outcome and the number of findings by symbol and part of the time."""
    ranked = (
        found.group_by("symbol")
        .agg(pl.col("outcome").max().alias("worst"), pl.len().alias("findings"))
        .sort("worst", "findings", "symbol", descending=(True, True, False))
    )
    symbols: list[str] = ranked["symbol"].head(_SYMBOLS).to_list()
    assert report.first is not None, "there are findings with labels"
    assert report.last is not None, "there are findings with labels"
    count = to_day if found.schema["label"] == pl.Date() else to_ns
    first, last = count(report.first), count(report.last)
    part = max(float(last - first), 1.0) / _BINS
    place = (pl.col("label").to_physical().cast(pl.Float64) - float(first)) / part
    cells = (
        found.filter(pl.col("symbol").is_in(symbols))
        .with_columns(place.floor().clip(0, _BINS - 1).cast(pl.Int64).alias("bin"))
        .group_by("symbol", "bin")
        .agg(pl.col("outcome").max(), pl.len())
        .sort("symbol", "bin")
    )
    return cells, symbols
