"""The text by which results are saved: one for what is the same, another for what is not."""

import functools
import os
import random
import subprocess
import sys
import types
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from rustybt.data.point_in_time import PointInTime
from rustybt.pipeline import CustomFactor, Pipeline
from rustybt.pipeline.data import Column, DataSet, EquityPricing
from rustybt.pipeline.factors import Returns, SimpleMovingAverage
from rustybt.pipeline.loaders import BarLoader, DataFrameLoader, EventsLoader, FactLoader
from rustybt.pipeline.signature import graph_text, loader_text, versions_text
from rustybt.pipeline.stable_text import NotStable, StableText

CLOSE = EquityPricing.close

# ------------------------------------------------------------------ code of one's own

FACTOR = """
import numpy as np
from rustybt.pipeline import CustomFactor
from rustybt.pipeline.data import EquityPricing

{outside}

class Own(CustomFactor):
    inputs = [EquityPricing.close]
    window_length = {length}

    def compute(self, today, assets, out, close):
        {body}
"""


def own(
    body: str = "out[:] = helper(close[0])",
    outside: str = "LIMIT = 3\ndef helper(x): return x * LIMIT",
    length: int = 2,
) -> str:
    """The text of a pipeline with a factor that is defined by a text."""
    space: dict[str, Any] = {"__name__": "__strategy__"}
    exec(FACTOR.format(body=body, outside=outside, length=length), space)
    return graph_text(Pipeline({"own": space["Own"]()}))


def test_the_same_code_has_the_same_text() -> None:
    assert own() == own()


@pytest.mark.parametrize(
    "changed",
    [
        {"body": "out[:] = helper(close[1])"},
        {"body": "out[:] = helper(close[0]) + 1"},
        {"outside": "LIMIT = 4\ndef helper(x): return x * LIMIT"},
        {"outside": "LIMIT = 3\ndef helper(x): return x + LIMIT"},
        {"outside": "LIMIT = 3\ndef helper(x, y=1): return x * LIMIT"},
        {"outside": "LIMIT = 3\ndef helper(x, *, y=1): return x * LIMIT"},
        {"outside": "LIMIT = np.array([3.0])\ndef helper(x): return x * LIMIT"},
        {"outside": "helper = np.nanmean"},
        {"outside": "helper = np.nanmax"},
        {"outside": "def made(n):\n  return lambda x: x * n\nhelper = made(3)"},
        {"outside": "def made(n):\n  return lambda x: x * n\nhelper = made(4)"},
        {"outside": "class Box:\n  n = 3\ndef helper(x): return x * Box.n"},
        {"outside": "class Box:\n  n = 4\ndef helper(x): return x * Box.n"},
        {"length": 3},
    ],
)
def test_whatever_a_factor_uses_counts(changed: dict[str, Any]) -> None:
    assert own(**changed) == own(**changed)
    assert own(**changed) != own()


def test_every_change_has_a_text_of_its_own() -> None:
    texts = [
        own(outside=f"helper = {name}") for name in ("np.nanmean", "np.nanmax", "np.add", "abs")
    ]
    assert len(set(texts)) == len(texts)


def test_names_that_code_only_has_as_attributes_do_not_count() -> None:
    """`close.mean` does not use what the module calls `mean`."""
    body = "out[:] = close.mean(axis=0)"
    assert own(body, "mean = 1") == own(body, "mean = 2")


def test_a_factor_that_calls_itself_or_names_its_class() -> None:
    outside = "def helper(x, n=2): return x if n == 0 else helper(x, n - 1) * (Own is not None)"
    assert own(outside=outside) == own(outside=outside)


def test_a_user_module_may_change_unseen() -> None:
    module = types.ModuleType("helpers_of_mine")
    sys.modules[module.__name__] = module
    try:
        with pytest.raises(NotStable, match="helpers_of_mine"):
            own("out[:] = helpers_of_mine.f(close)", "import helpers_of_mine")
    finally:
        del sys.modules[module.__name__]


def test_an_object_of_any_kind_may_differ_in_each_process() -> None:
    with pytest.raises(NotStable, match="a object in it may be different"):
        own("out[:] = hash(THING)", "THING = object()")


ANOTHER_PROCESS = """
from rustybt.pipeline import Pipeline, CustomFilter
from rustybt.pipeline.data import EquityPricing
from rustybt.pipeline.factors import Returns
from rustybt.pipeline.signature import graph_text, versions_text

NAMES = {"a", "b", "c"}
TABLE = {"x": 1, "y": {"z": frozenset([1, 2, 3])}}

class Chosen(CustomFilter):
    inputs = [EquityPricing.close]
    window_length = 1
    params = {"level": 5.0}
    def compute(self, today, assets, out, close, level):
        out[:] = [len(NAMES) < c < TABLE["x"] or c in {"u", "v"} for c in close[0]]

change = Returns(window_length=5)
print(graph_text(Pipeline({"change": change, "x": change * 2}, screen=Chosen())), versions_text())
"""


def test_it_is_the_same_in_every_process() -> None:
    texts = {
        subprocess.run(
            [sys.executable, "-c", ANOTHER_PROCESS],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(texts) == 1


# ------------------------------------------------------------------ terms

MEAN = SimpleMovingAverage(inputs=[CLOSE], window_length=3)


class Scores(DataSet):
    """A data set of one's own."""

    score = Column(float)
    count = Column(int, missing_value=0)


class Nan(CustomFactor):
    """A factor with a parameter."""

    inputs = (CLOSE,)
    window_length = 1
    params = ("level",)


TERMS: list[Any] = [
    MEAN,
    SimpleMovingAverage(inputs=[CLOSE], window_length=4),
    SimpleMovingAverage(inputs=[EquityPricing.open], window_length=3),
    SimpleMovingAverage(inputs=[CLOSE], window_length=3, mask=CLOSE.latest > 1),
    Returns(window_length=3),
    CLOSE.latest,
    Scores.score.latest,
    Scores.count.latest,
    MEAN + 1,
    MEAN - 1,
    1 - MEAN,
    MEAN + 2,
    MEAN + CLOSE.latest,
    CLOSE.latest + MEAN,
    -MEAN,
    MEAN > 1,
    ~(MEAN > 1),
    Nan(level=0.0),
    Nan(level=-0.0),
    Nan(level=float("nan")),
    Nan(level=0),
    Nan(level="0"),
    Nan(level=date(2020, 1, 1)),
    Nan(level=Decimal(0)),
]


def test_terms_that_differ_have_different_texts() -> None:
    texts = [graph_text(Pipeline({"x": term})) for term in TERMS]
    assert len(set(texts)) == len(TERMS)
    assert texts == [graph_text(Pipeline({"x": term})) for term in TERMS]


# ------------------------------------------------------------------ values

VALUES: list[Any] = [
    None,
    True,
    1,
    1.0,
    "1",
    b"1",
    (1,),
    (),
    {1},
    {1: 2},
    {"1": 2},
    np.array([1]),
    np.array([1.0]),
    np.array([[1]]),
    np.dtype(float),
    np.float32(1),
    pl.DataFrame({"a": [1]}),
    pl.DataFrame({"b": [1]}),
    pl.col("a"),
    pl.col("a") + 1,
    functools.partial(pow, 2),
    functools.partial(pow, 3),
    len,
    np.nanmean,
    Path,
    np,
    date(2020, 1, 1),
    float("nan"),
    float("inf"),
]


def test_values_that_differ_have_different_texts() -> None:
    texts = [StableText().of(value) for value in VALUES]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    "value", [object(), random.Random(1), np.array([object()]), iter([]), [object()], {1: object()}]
)
def test_values_that_have_none(value: object) -> None:
    with pytest.raises(NotStable):
        StableText().of(value)


def test_a_list_that_holds_itself() -> None:
    value: list[Any] = [1]
    value.append(value)
    assert StableText().of(value) == StableText().of(value)


def test_versions_name_all_that_computes() -> None:
    assert all(name in versions_text() for name in ("rustybt", "polars", "numpy", "python"))


# ------------------------------------------------------------------ loaders


class Told:
    """A loader that says when its data change."""

    def __init__(self, fingerprint: object) -> None:
        self.fingerprint = fingerprint


@pytest.mark.parametrize("loader", [Told(None), Told(5), object()])
def test_a_loader_that_says_nothing(loader: object) -> None:
    with pytest.raises(NotStable, match="has no attribute fingerprint"):
        loader_text(loader)


FRAME = pl.DataFrame({"session": [date(2024, 1, 2)], "1": [2.0]})
FACTS = pl.DataFrame(
    {
        "symbol": ["A"],
        "effective_at": [date(2024, 1, 1)],
        "known_at": [date(2024, 1, 2)],
        "eps": [1.0],
    }
)
EVENTS = pl.DataFrame(
    {
        "sid": [1],
        "event_date": [date(2024, 1, 5)],
        "known_at": [date(2024, 1, 2)],
        "score": [2.0],
    }
)


def test_facts_that_were_given_may_change_unseen() -> None:
    with pytest.raises(NotStable, match="FactLoader has no attribute fingerprint"):
        loader_text(FactLoader(PointInTime(FACTS)))


def test_loaders_of_other_data() -> None:
    made: list[Callable[[], object]] = [
        lambda: Told("a"),
        lambda: Told("b"),
        BarLoader,
        lambda: BarLoader(one_currency=True),
        lambda: BarLoader(halted_eves=False),
        FactLoader,
        lambda: FactLoader(known_by="previous_close"),
        lambda: DataFrameLoader(CLOSE, FRAME),
        lambda: DataFrameLoader(CLOSE, FRAME.with_columns(pl.lit(3.0).alias("1"))),
        lambda: DataFrameLoader(EquityPricing.currency, FRAME.cast({"1": pl.String})),
        lambda: EventsLoader(EVENTS),
        lambda: EventsLoader(EVENTS, {Scores.score: "score"}),
        lambda: EventsLoader(EVENTS, None, {Scores.score: "score"}),
    ]
    texts = [loader_text(make()) for make in made]
    assert len(set(texts)) == len(made)
    assert texts == [loader_text(make()) for make in made]
