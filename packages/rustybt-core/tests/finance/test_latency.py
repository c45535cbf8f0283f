"""Latency: tables by hand, distributions, and what constructors refuse."""

import statistics
from collections.abc import Callable, Sequence
from decimal import Decimal
from math import exp, log, sqrt
from typing import Any

import pytest
from cost_stubs import AAA, Order
from hypothesis import given
from hypothesis import strategies as st

from rustybt.errors import InvalidArgument, InvalidNumber
from rustybt.finance.draws import Draws
from rustybt.finance.latency import (
    EmpiricalLatency,
    FixedLatency,
    Latency,
    LatencyModel,
    LogNormalLatency,
    NormalLatency,
)

MS = 1_000_000
ORDERS = 20_000

# Of 20,000 numbers the statistic exceeds 1.95 / sqrt(n) once in a thousand samples.
FAR = 1.95 / sqrt(ORDERS)


def order(sequence: int = 1) -> Order:
    return Order(AAA, 100, sequence=sequence)


def delays(model: LatencyModel, seed: int = 7) -> list[int]:
    draws = Draws(seed)
    return [model.delay(order(sequence), draws) for sequence in range(ORDERS)]


def distance(numbers: Sequence[float], distribution: Callable[[float], float]) -> float:
    """The statistic of Kolmogorov and Smirnov: the largest gap between the two functions."""
    return max(
        max((place + 1) / ORDERS - distribution(number), distribution(number) - place / ORDERS)
        for place, number in enumerate(sorted(numbers))
    )


@pytest.mark.parametrize(
    ("model", "nanoseconds"),
    [
        (FixedLatency(0), 0),
        (FixedLatency(1.5), 1_500_000),
        (FixedLatency("0.25"), 250_000),
        (FixedLatency(Decimal(40)), 40_000_000),
        (FixedLatency("0.0000005"), 0),  # half a nanosecond, to the even one
        (FixedLatency("0.0000015"), 2),
        (NormalLatency(5, 0), 5_000_000),
        (NormalLatency(0, 0, minimum=2), 2_000_000),
        (LogNormalLatency(5, 0), 5_000_000),
        (LogNormalLatency("0.5", 0, minimum=1), 1_000_000),
        (EmpiricalLatency([3]), 3_000_000),
        (Latency(), 0),
        (Latency(network=1, broker="0.5", exchange=0.25), 1_750_000),
        (Latency(network=NormalLatency(2, 0), exchange=FixedLatency(3)), 5_000_000),
        (Latency(broker=Latency(network=1, exchange=2)), 3_000_000),
    ],
    ids=repr,
)
def test_delays_that_are_certain(model: LatencyModel, nanoseconds: int) -> None:
    assert model.delay(order(), Draws(1)) == nanoseconds


def test_normal_delays() -> None:
    numbers = [delay / MS for delay in delays(NormalLatency(20, 4))]
    assert distance(numbers, statistics.NormalDist(20, 4).cdf) < FAR


def test_normal_delays_are_cut_off_below() -> None:
    numbers = [delay / MS for delay in delays(NormalLatency(1, 2, minimum="0.5"))]
    assert min(numbers) == 0.5
    cut = sum(number == 0.5 for number in numbers) / ORDERS
    assert cut == pytest.approx(statistics.NormalDist(1, 2).cdf(0.5), abs=4 * 0.5 / sqrt(ORDERS))


def test_lognormal_delays() -> None:
    numbers = [log(delay / MS) for delay in delays(LogNormalLatency(10, "0.5"))]
    assert distance(numbers, statistics.NormalDist(log(10), 0.5).cdf) < FAR
    sixth = sum(number > log(10) + 0.5 for number in numbers) / ORDERS
    assert sixth == pytest.approx(0.1587, abs=0.011)  # 1 - Phi(1)


def test_a_lognormal_delay_is_the_median_times_a_power_of_e() -> None:
    draws = Draws(7)
    for sequence in range(100):
        z = draws.normal("latency", sequence) / 10**18
        delay = LogNormalLatency(10, "0.5").delay(order(sequence), draws)
        assert delay == pytest.approx(10 * MS * exp(z / 2), abs=1)
        assert NormalLatency(50, 2).delay(order(sequence), draws) == pytest.approx(
            (50 + 2 * z) * MS, abs=1
        )


def test_measured_delays_are_equally_likely() -> None:
    drawn = delays(EmpiricalLatency([1, 2, 2, "40.5"]))
    assert set(drawn) == {1_000_000, 2_000_000, 40_500_000}
    for value, share in ((1_000_000, 0.25), (2_000_000, 0.5), (40_500_000, 0.25)):
        assert drawn.count(value) / ORDERS == pytest.approx(share, abs=4 * 0.5 / sqrt(ORDERS))


def test_parts_are_drawn_each_for_itself() -> None:
    part = NormalLatency(10, 2)
    draws = Draws(7)
    network = [part.delay(order(n), draws.within("network")) for n in range(ORDERS)]
    broker = [part.delay(order(n), draws.within("broker")) for n in range(ORDERS)]
    assert delays(Latency(network=part)) == network
    both = delays(Latency(network=part, broker=part))
    assert both == [one + other for one, other in zip(network, broker, strict=True)]
    assert statistics.correlation(network, broker) == pytest.approx(0, abs=4 / sqrt(ORDERS))
    assert statistics.stdev(both) / MS == pytest.approx(sqrt(8), rel=0.03)


@given(
    seed=st.integers(0, 2**63 - 1),
    sequence=st.integers(0, 10**9),
    mean=st.decimals("0", "100", places=3),
    deviation=st.decimals("0", "100", places=3),
)
def test_nothing_arrives_before_it_is_sent(
    seed: int, sequence: int, mean: Decimal, deviation: Decimal
) -> None:
    model = Latency(
        network=NormalLatency(mean, deviation),
        broker=LogNormalLatency(1 + mean, deviation / 25),
        exchange=EmpiricalLatency([mean, deviation]),
    )
    draws = Draws(seed)
    assert model.delay(order(sequence), draws) >= 0
    assert model.delay(order(sequence), Draws(seed)) == model.delay(order(sequence), draws)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: FixedLatency(-1), InvalidArgument, "milliseconds was -1; give zero or more"),
        (lambda: FixedLatency("soon"), InvalidNumber, "milliseconds was 'soon'"),
        (lambda: NormalLatency(-1, 1), InvalidArgument, "mean was -1"),
        (lambda: NormalLatency(1, -1), InvalidArgument, "deviation was -1"),
        (lambda: NormalLatency(1, 1, -1), InvalidArgument, "minimum was -1"),
        (lambda: LogNormalLatency(0, 1), InvalidArgument, "median was 0; give more than zero"),
        (lambda: LogNormalLatency(1, 5), InvalidArgument, "spread was 5; give at most 4"),
        (lambda: EmpiricalLatency([]), InvalidArgument, "give at least one delay"),
        (lambda: EmpiricalLatency([1, -2]), InvalidArgument, r"samples\[1\] was -2"),
        (lambda: Latency(network=-1), InvalidArgument, "network was -1"),
        (lambda: Latency(broker=[1]), InvalidNumber, r"broker was \[1\]"),  # type: ignore[arg-type]
    ],
)
def test_impossible_arguments(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(
    ("model", "text"),
    [
        (FixedLatency(1.5), "FixedLatency(milliseconds=1.5)"),
        (NormalLatency(20, 4), "NormalLatency(mean=20, deviation=4, minimum=0)"),
        (LogNormalLatency(5, "0.5"), "LogNormalLatency(median=5, spread=0.5, minimum=0)"),
        (EmpiricalLatency([1, 2]), "EmpiricalLatency(<2 samples>)"),
        (
            Latency(network=1),
            (
                "Latency(network=FixedLatency(milliseconds=1), "
                "broker=FixedLatency(milliseconds=0), exchange=FixedLatency(milliseconds=0))"
            ),
        ),
    ],
)
def test_a_model_shows_its_arguments(model: LatencyModel, text: str) -> None:
    assert repr(model) == text
