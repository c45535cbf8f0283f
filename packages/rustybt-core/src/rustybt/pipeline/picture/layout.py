"""Where the boxes of a graph stand: in layers from left to right, with few lines that cross.

The method is that of Sugiyama: a line over several layers passes through a place of its own in
each, and layers are sorted by the middle of what their boxes are tied to, back and forth.
"""

import itertools
from collections.abc import Mapping, Sequence
from typing import NamedTuple

Place = tuple[int, int]
"""A box by (number, -1), a passage by the numbers of (edge, layer)."""

GAP_X = 64.0
GAP_Y = 18.0
PASSAGE = 10.0
_SWEEPS = 12


class Box(NamedTuple):
    """A box: its left upper corner and its size."""

    x: float
    y: float
    width: float
    height: float


class Layout(NamedTuple):
    """A graph on paper.

    Attributes:
        boxes: By the number of the node.
        passages: For each edge the points through which it goes between its boxes.
        width: Of all.
        height: Of all.
    """

    boxes: Mapping[int, Box]
    passages: Sequence[Sequence[tuple[float, float]]]
    width: float
    height: float


def laid_out(
    sizes: Sequence[tuple[float, float]], levels: Sequence[int], edges: Sequence[tuple[int, int]]
) -> Layout:
    """Find places for boxes.

    Args:
        sizes: Width and height of each box.
        levels: The layer of each; an edge goes to a higher one.
        edges: Pairs of numbers of boxes.
    """
    layers, ties = _layers(levels, edges)
    _sort(layers, ties)

    def height_of(place: Place) -> float:
        return sizes[place[0]][1] if place[1] < 0 else PASSAGE

    tops = _tops(layers, ties, height_of_places={p: height_of(p) for each in layers for p in each})
    boxes: dict[int, Box] = {}
    points: dict[Place, list[tuple[float, float]]] = {}
    x = 0.0
    for layer in layers:
        width = max((sizes[p[0]][0] for p in layer if p[1] < 0), default=0.0)
        for place in layer:
            if place[1] < 0:
                boxes[place[0]] = Box(x, tops[place], width, sizes[place[0]][1])
            else:
                middle = tops[place] + PASSAGE / 2
                points[place] = [(x, middle), (x + width, middle)]
        x += width + GAP_X
    passages = [
        [
            point
            for layer in range(levels[source] + 1, levels[target])
            for point in points[number, layer]
        ]
        for number, (source, target) in enumerate(edges)
    ]
    height = max((tops[p] + height_of(p) for layer in layers for p in layer), default=0.0)
    return Layout(boxes, passages, max(x - GAP_X, 0.0), height)


def _layers(
    levels: Sequence[int], edges: Sequence[tuple[int, int]]
) -> tuple[list[list[Place]], dict[Place, list[Place]]]:
    """The places of each layer, and what each is tied to."""
    layers: list[list[Place]] = [[] for _ in range(max(levels, default=-1) + 1)]
    ties: dict[Place, list[Place]] = {}
    for number, level in enumerate(levels):
        layers[level].append((number, -1))
        ties[number, -1] = []
    for number, (source, target) in enumerate(edges):
        path: list[Place] = [(source, -1)]
        for level in range(levels[source] + 1, levels[target]):
            layers[level].append((number, level))
            path.append((number, level))
        path.append((target, -1))
        for one, other in itertools.pairwise(path):
            ties.setdefault(one, []).append(other)
            ties.setdefault(other, []).append(one)
    return layers, ties


def _sort(layers: list[list[Place]], ties: Mapping[Place, list[Place]]) -> None:
    """Order each layer by the middle of what it is tied to in the layer beside it."""
    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        order = range(1, len(layers)) if forth else range(len(layers) - 2, -1, -1)
        for number in order:
            beside = {p: at for at, p in enumerate(layers[number - 1 if forth else number + 1])}
            layer = layers[number]
            own = {p: float(at) for at, p in enumerate(layer)}
            for place in layer:
                tied = [beside[other] for other in ties[place] if other in beside]
                if tied:
                    own[place] = sum(tied) / len(tied)
            layer.sort(key=own.__getitem__)


def _tops(
    layers: list[list[Place]],
    ties: Mapping[Place, list[Place]],
    *,
    height_of_places: Mapping[Place, float],
) -> dict[Place, float]:
    """The upper edge of each place: near the middle of what it is tied to, none over another."""
    heights, tops = height_of_places, dict[Place, float]()
    for layer in layers:
        y = 0.0
        for place in layer:
            tops[place] = y
            y += heights[place] + GAP_Y
    for sweep in range(_SWEEPS):
        order = layers if sweep % 2 == 0 else layers[::-1]
        for layer in order:
            _settle(layer, ties, heights, tops)
    least = min(tops.values(), default=0.0)
    return {place: top - least for place, top in tops.items()}


def _settle(
    layer: list[Place],
    ties: Mapping[Place, list[Place]],
    heights: Mapping[Place, float],
    tops: dict[Place, float],
) -> None:
    """Move the places of a layer to where they want to be, as near as the others let them."""
    wanted = []
    for place in layer:
        middles = sorted(tops[other] + heights[other] / 2 for other in ties[place])
        middle = sum(middles) / len(middles) if middles else tops[place] + heights[place] / 2
        wanted.append(middle - heights[place] / 2)
    # Neighbours that would overlap become one block, which stands where all of it wants to be.
    blocks: list[tuple[list[int], float]] = []
    offsets = _offsets(layer, heights)
    for number, top in enumerate(wanted):
        members, start = [number], top - offsets[number]
        while blocks and blocks[-1][1] > start:
            before, at = blocks.pop()
            total = at * len(before) + start * len(members)
            members = [*before, *members]
            start = total / len(members)
        blocks.append((members, start))
    for members, start in blocks:
        for number in members:
            tops[layer[number]] = start + offsets[number]


def _offsets(layer: list[Place], heights: Mapping[Place, float]) -> list[float]:
    """How far below the first each place is, at least."""
    offsets, y = [], 0.0
    for place in layer:
        offsets.append(y)
        y += heights[place] + GAP_Y
    return offsets
