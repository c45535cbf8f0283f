"""A graph of terms as SVG."""

import itertools
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from rustybt.pipeline.picture.layout import Box, Layout, laid_out
from rustybt.pipeline.picture.nodes import GraphEdge, GraphNode, Kind

_FILL: Final[dict[Kind, tuple[str, str]]] = {
    "data": ("#e8edf3", "#7b8ea3"),
    "factor": ("#e3f1e4", "#5b9a63"),
    "filter": ("#fdf0d5", "#c8912b"),
    "classifier": ("#efe4f6", "#9068b0"),
}
"""The colours of a box and of its border."""

_MARGIN: Final = 24.0
_TITLE: Final = 30.0
_LEGEND: Final = 44.0
_PAD: Final = 12.0
_LINE: Final = 17.0
_WIDEST: Final = 42
"""Characters of a line of text, at most; the rest is shown where the pointer rests."""

_STYLE: Final = """
text { font-family: ui-sans-serif, system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
.name { font-size: 13px; font-weight: 600; fill: #1d2733; }
.more { font-size: 11px; fill: #52606d; }
.shown { font-size: 11px; font-weight: 600; fill: #14507a; }
.title { font-size: 15px; font-weight: 600; fill: #1d2733; }
.line { fill: none; stroke: #93a1b0; stroke-width: 1.4; }
.mask { stroke-dasharray: 5 4; stroke: #c8912b; }
"""


def drawn(nodes: Sequence[GraphNode], edges: Sequence[GraphEdge], title: str) -> str:
    """The text of an SVG file."""
    texts = [_texts(node) for node in nodes]
    layout = laid_out(
        [_size(lines) for lines in texts],
        [node.level for node in nodes],
        [(edge.source, edge.target) for edge in edges],
    )
    top = _MARGIN + (_TITLE if title else 0.0)
    width = max(layout.width, 420.0) + 2 * _MARGIN
    height = top + layout.height + _LEGEND + _MARGIN
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}" role="img">'
        ),
        f"<title>{escape(title or 'pipeline')}</title>",
        f"<style>{_STYLE}</style>",
        (
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" '
            'markerHeight="7" orient="auto"><path d="M0 0.5 L8 4 L0 7.5 Z" fill="#93a1b0"/>'
            "</marker></defs>"
        ),
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>',
    ]
    if title:
        parts.append(f'<text class="title" x="{_MARGIN}" y="{_MARGIN + 12}">{escape(title)}</text>')
    parts.append(f'<g transform="translate({_MARGIN} {top})">')
    parts.extend(_lines(edges, layout))
    for number, (node, lines) in enumerate(zip(nodes, texts, strict=True)):
        parts.extend(_box(node, lines, layout.boxes[number]))
    parts.append("</g>")
    parts.extend(_legend(_MARGIN, height - _MARGIN - 12))
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def _texts(node: GraphNode) -> list[tuple[str, str]]:
    """The lines of a box, each with its class."""
    lines = [("name", _cut(node.label))]
    more = []
    if node.window > 1:
        more.append(f"window {node.window}")
    if node.extra_rows:
        more.append(f"{node.extra_rows} earlier session{'s' if node.extra_rows > 1 else ''}")
    if node.uses > 1:
        more.append(f"shared by {node.uses}")
    if more:
        lines.append(("more", " · ".join(more)))
    lines.extend(("shown", _cut(f"→ {name}")) for name in node.columns)
    if node.is_screen:
        lines.append(("shown", "→ screen"))
    return lines


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _size(lines: Sequence[tuple[str, str]]) -> tuple[float, float]:
    """How wide and high a box has to be: a letter of the name is about 8.5 wide, others 6.2."""
    widths = [len(text) * (8.5 if kind == "name" else 6.2) for kind, text in lines]
    return max(widths) + 2 * _PAD, len(lines) * _LINE + _PAD


def _box(node: GraphNode, lines: Sequence[tuple[str, str]], box: Box) -> Iterator[str]:
    fill, border = _FILL[node.kind]
    stroke = 2.4 if node.columns or node.is_screen else 1.2
    yield f"<g><title>{escape(repr(node.term))}</title>"
    yield (
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" '
        f'rx="6" fill="{fill}" stroke="{border}" stroke-width="{stroke}"/>'
    )
    for number, (kind, text) in enumerate(lines):
        y = box.y + _PAD / 2 + (number + 0.75) * _LINE
        yield f'<text class="{kind}" x="{box.x + _PAD:.1f}" y="{y:.1f}">{escape(text)}</text>'
    yield "</g>"


def _lines(edges: Sequence[GraphEdge], layout: Layout) -> Iterator[str]:
    """The lines between boxes, as curves that leave and arrive level."""
    for edge, passage in zip(edges, layout.passages, strict=True):
        source, target = layout.boxes[edge.source], layout.boxes[edge.target]
        points = [
            (source.x + source.width, source.y + source.height / 2),
            *passage,
            (target.x, target.y + target.height / 2),
        ]
        path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
        for (x, y), (to_x, to_y) in itertools.pairwise(points):
            middle = (x + to_x) / 2
            path += f" C{middle:.1f} {y:.1f} {middle:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
        kind = "line mask" if edge.is_mask else "line"
        yield f'<path class="{kind}" d="{path}" marker-end="url(#tip)"/>'


def _legend(x: float, y: float) -> Iterator[str]:
    for kind, (fill, border) in _FILL.items():
        yield (
            f'<rect x="{x:.0f}" y="{y:.0f}" width="14" height="14" rx="3" fill="{fill}" '
            f'stroke="{border}"/>'
        )
        yield f'<text class="more" x="{x + 20:.0f}" y="{y + 11:.0f}">{kind}</text>'
        x += 34 + 7 * len(kind)
    yield f'<path class="line mask" d="M{x:.0f} {y + 7:.0f} h26"/>'
    yield f'<text class="more" x="{x + 32:.0f}" y="{y + 11:.0f}">mask</text>'
