"""`show_graph`: the terms of a pipeline as a picture."""

from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.errors import InvalidArgument
from rustybt.pipeline import CustomFactor, Pipeline
from rustybt.pipeline.data import EquityPricing, USEquityPricing
from rustybt.pipeline.factors import Returns, SimpleMovingAverage
from rustybt.pipeline.picture import GraphNode
from rustybt.pipeline.picture.layout import GAP_Y, laid_out
from rustybt.pipeline.term import Term

CLOSE, VOLUME = EquityPricing.close, EquityPricing.volume
LIQUID = VOLUME.latest > 100
MEAN = SimpleMovingAverage(inputs=[CLOSE], window_length=5, mask=LIQUID)
CHANGE = Returns(window_length=3)
SMOOTH = SimpleMovingAverage(inputs=[CHANGE], window_length=4)
PIPELINE = Pipeline({"mean": MEAN, "up": CHANGE, "smooth": SMOOTH}, screen=LIQUID)


def nodes(pipeline: Pipeline = PIPELINE) -> dict[Term, GraphNode]:
    return {node.term: node for node in pipeline.to_simple_graph().nodes}


# Terms by (kind, level, window, earlier sessions, columns, uses), worked out by hand: 4 rows of
# changes need 3 earlier changes, and the first of those closes of 2 sessions before it: 5.
EXPECTED = {
    CLOSE: ("data", 0, 0, 5, (), 2),
    VOLUME: ("data", 0, 0, 0, (), 1),
    CHANGE: ("factor", 1, 3, 3, ("up",), 1),
    SMOOTH: ("factor", 2, 4, 0, ("smooth",), 0),
    VOLUME.latest: ("factor", 1, 1, 0, (), 1),
    LIQUID: ("filter", 2, 0, 0, (), 1),
    MEAN: ("factor", 3, 5, 0, ("mean",), 0),
}


def test_what_each_term_needs() -> None:
    told = {
        term: (n.kind, n.level, n.window, n.extra_rows, n.columns, n.uses)
        for term, n in nodes().items()
    }
    assert told == EXPECTED
    assert [term for term, node in nodes().items() if node.is_screen] == [LIQUID]


def test_inputs_come_before_what_is_made_of_them() -> None:
    graph = PIPELINE.to_simple_graph()
    assert all(edge.source < edge.target for edge in graph.edges)
    assert [edge for edge in graph.edges if edge.is_mask] == [
        edge
        for edge in graph.edges
        if (graph.ordered()[edge.source], graph.ordered()[edge.target]) == (LIQUID, MEAN)
    ]


def test_a_screen_where_there_is_none() -> None:
    graph = Pipeline({"mean": MEAN}).to_simple_graph(LIQUID)
    assert [node.term for node in graph.nodes if node.is_screen] == [LIQUID]


def test_months_begin_at_most_22_weekdays_before() -> None:
    """A month of 23 weekdays begins on one and ends 22 weekdays later."""
    monthly = Pipeline({"x": CLOSE.latest.downsample("month_start")})
    assert nodes(monthly)[CLOSE].extra_rows == 22


# ------------------------------------------------------------------ the picture


def texts(svg: str) -> list[str]:
    root = ET.fromstring(svg)
    return [each.text or "" for each in root.iter("{http://www.w3.org/2000/svg}text")]


def test_the_picture_says_what_is_computed() -> None:
    shown = texts(PIPELINE.show_graph().svg)
    for text in (
        "Pipeline of 3 columns",
        "EquityPricing.close",
        "EquityPricing.volume.latest",
        "5 earlier sessions · shared by 2",
        "window 3 · 3 earlier sessions",
        "· > 100",
        "→ mean",
        "→ up",
        "→ screen",
        "mask",
    ):
        assert text in shown


def test_it_names_the_domain() -> None:
    title = texts(Pipeline({"x": USEquityPricing.close.latest}).show_graph().svg)[0]
    assert title == "Pipeline of 1 columns, US_EQUITIES"


class Odd(CustomFactor):
    """A term whose column has a name that XML has to be careful with."""

    inputs = (CLOSE,)
    window_length = 1


def test_any_name_of_a_column_is_shown() -> None:
    name = '<a> & "b" ' + "x" * 60
    shown = texts(Pipeline({name: Odd()}).show_graph().svg)
    assert any(text.startswith('→ <a> & "b" xxx') and text.endswith("…") for text in shown)


def test_it_is_shown_in_a_notebook_and_saved(tmp_path: Path) -> None:
    graph = PIPELINE.show_graph()
    file = graph.save(tmp_path / "plan.svg")
    assert file.read_text("utf-8") == graph._repr_svg_()
    assert "7 terms" in repr(graph)


def test_an_empty_pipeline_has_a_picture() -> None:
    assert texts(Pipeline().show_graph().svg)[0] == "Pipeline of 0 columns"


def test_other_formats(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgument, match="format was 'png'; give svg"):
        PIPELINE.show_graph("png")
    with pytest.raises(InvalidArgument, match=r"give a name that ends with \.svg"):
        PIPELINE.show_graph().save(tmp_path / "plan.png")


# ------------------------------------------------------------------ the layout


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[tuple[float, float]], list[int], list[tuple[int, int]]]:
    """Sizes, levels and edges of graphs without cycles."""
    count = draw(st.integers(1, 14))
    levels: list[int] = []
    edges: list[tuple[int, int]] = []
    for number in range(count):
        parts = draw(st.sets(st.integers(0, number - 1), max_size=3)) if number else set()
        edges.extend((part, number) for part in sorted(parts))
        levels.append(1 + max((levels[part] for part in parts), default=-1))
    length = st.floats(10, 200)
    return [(draw(length), draw(length)) for _ in range(count)], levels, edges


@given(graph=graphs())
def test_no_box_is_over_another_and_lines_go_to_the_right(
    graph: tuple[list[tuple[float, float]], list[int], list[tuple[int, int]]],
) -> None:
    sizes, levels, edges = graph
    layout = laid_out(sizes, levels, edges)
    boxes = [layout.boxes[number] for number in range(len(sizes))]
    for box, (width, height) in zip(boxes, sizes, strict=True):
        assert box.width >= width
        assert box.height == height
        assert box.x >= 0
        assert box.y >= -1e-6
        assert box.x + box.width <= layout.width + 1e-6
        assert box.y + box.height <= layout.height + 1e-6
    for one, other in combinations(boxes, 2):
        beside = one.x + one.width <= other.x or other.x + other.width <= one.x
        apart = max(one.y - other.y - other.height, other.y - one.y - one.height)
        assert beside or apart >= GAP_Y - 1e-6
    for (source, target), passage in zip(edges, layout.passages, strict=True):
        start, end = boxes[source], boxes[target]
        stops = [start.x + start.width, *(x for x, _ in passage), end.x]
        assert all(x <= to_x for x, to_x in pairwise(stops))
        assert len(passage) == 2 * (levels[target] - levels[source] - 1)
