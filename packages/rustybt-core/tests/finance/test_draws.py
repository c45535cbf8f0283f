"""Draws: the published numbers of the generator, repetition, and the shape of distributions."""

import statistics
from collections.abc import Callable
from itertools import islice, pairwise
from math import exp, log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.errors import InvalidArgument
from rustybt.finance.draws import DRAW_SCALE, Draws, splitmix64

ONE = 10**DRAW_SCALE
WORD = 2**64
SAMPLES = 20_000

KEYS = st.lists(st.integers(-(2**63), 2**63 - 1), max_size=3)
SEEDS = st.integers(-(2**63), 2**64 - 1)


@pytest.mark.parametrize(
    ("seed", "numbers"),
    [
        # Rosetta Code, "Pseudo-random numbers/Splitmix64"
        (
            1234567,
            [
                6457827717110365317,
                3203168211198807973,
                9817491932198370423,
                4593380528125082431,
                16408922859458223821,
            ],
        ),
        # splitmix64.c of S. Vigna, state 0 and state 42
        (
            0,
            [
                16294208416658607535,
                7960286522194355700,
                487617019471545679,
                17909611376780542444,
            ],
        ),
        (42, [13679457532755275413, 2949826092126892291, 5139283748462763858]),
    ],
)
def test_the_generator_gives_its_published_numbers(seed: int, numbers: list[int]) -> None:
    assert list(islice(splitmix64(seed), len(numbers))) == numbers


def first_of(seed: int) -> int:
    return next(splitmix64(seed))


def test_words_are_taken_in_as_documented() -> None:
    state = first_of(0 ^ 42)  # the seed
    state = first_of(state ^ 9)  # bytes of the purpose
    state = first_of(state ^ int.from_bytes(b"partial ", "little"))
    state = first_of(state ^ int.from_bytes(b"s", "little"))
    assert Draws(42).bits("partial s") == state
    assert Draws(42).bits("partial s", 7) == first_of(state ^ 7)
    assert Draws(42).bits("partial s", 7, -1) == first_of(first_of(state ^ 7) ^ (WORD - 1))


def test_pinned_draws() -> None:
    """These numbers are the same in every version and every language, or runs do not repeat."""
    draws = Draws(20_240_301)
    assert draws.bits("fill", 1, 1_709_326_800_000_000_000) == 12141800289438621561
    assert draws.uniform("fill", 1, 1_709_326_800_000_000_000) == 658208312584724001
    assert draws.normal("latency", 1) == 297224599008776934
    assert draws.exponential("latency", 1) == 483125378252243721
    assert draws.integer(1_000, "latency", 1) == 616
    assert draws.within("network").normal("latency", 1) == -11035964408138871


def test_a_draw_is_a_function_of_its_bits() -> None:
    draws = Draws(3)
    for key in range(200):
        bits = draws.bits("x", key)
        uniform = draws.uniform("x", key)
        assert uniform == bits * ONE // WORD
        assert draws.integer(6, "x", key) == bits * 6 // WORD
        middle = (uniform + 0.5) / ONE
        assert draws.normal("x", key) / ONE == pytest.approx(
            statistics.NormalDist().inv_cdf(middle), abs=1e-12
        )
        assert draws.exponential("x", key) / ONE == pytest.approx(-log(middle), abs=1e-12)


@given(seed=SEEDS, keys=KEYS)
def test_a_draw_does_not_depend_on_what_was_drawn_before(seed: int, keys: list[int]) -> None:
    one, other = Draws(seed), Draws(seed)
    for step in range(5):
        other.uniform("fill", step)
        other.within("network").normal("latency", step)
    assert one.bits("fill", *keys) == other.bits("fill", *keys)
    assert one.within("broker").bits("fill", *keys) == other.within("broker").bits("fill", *keys)


def test_seed_purpose_part_and_every_key_make_a_difference() -> None:
    draws = Draws(1)
    numbers = [
        draws.bits("fill"),
        draws.bits("fill", 0),
        draws.bits("fill", 1),
        draws.bits("fill", 0, 0),
        draws.bits("fill", 0, 1),
        draws.bits("fill", 1, 0),
        draws.bits("fills", 1, 0),
        draws.bits("", 1, 0),
        draws.within("fill").bits("fill", 1, 0),
        draws.within("network").bits("fill", 1, 0),
        draws.within("network").within("network").bits("fill", 1, 0),
        Draws(2).bits("fill", 1, 0),
        Draws(-1).bits("fill", 1, 0),
    ]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("seed", [2**64, -(2**63) - 1])
def test_a_seed_has_64_bits(seed: int) -> None:
    with pytest.raises(InvalidArgument, match="give a whole number of 64 bits"):
        Draws(seed)


# ------------------------------------------------------------------ distributions


def sample(draw: Callable[[Draws, int], int]) -> list[float]:
    draws = Draws(7)
    return [draw(draws, key) / ONE for key in range(SAMPLES)]


def distance(numbers: list[float], distribution: Callable[[float], float]) -> float:
    """The statistic of Kolmogorov and Smirnov: the largest gap between the two functions."""
    ordered = sorted(numbers)
    return max(
        max((place + 1) / SAMPLES - distribution(number), distribution(number) - place / SAMPLES)
        for place, number in enumerate(ordered)
    )


# Of 20,000 numbers the statistic exceeds 1.95 / sqrt(n) once in a thousand samples.
FAR = 1.95 / sqrt(SAMPLES)


def test_uniform_numbers() -> None:
    numbers = sample(lambda draws, key: draws.uniform("u", key))
    assert min(numbers) >= 0
    assert max(numbers) < 1
    assert distance(numbers, lambda number: number) < FAR


def test_normal_numbers() -> None:
    numbers = sample(lambda draws, key: draws.normal("n", key))
    assert distance(numbers, statistics.NormalDist().cdf) < FAR
    assert statistics.fmean(numbers) == pytest.approx(0, abs=4 / sqrt(SAMPLES))
    assert statistics.stdev(numbers) == pytest.approx(1, abs=4 / sqrt(2 * SAMPLES))


def test_exponential_numbers() -> None:
    numbers = sample(lambda draws, key: draws.exponential("e", key))
    assert min(numbers) >= 0
    assert distance(numbers, lambda number: 1 - exp(-number)) < FAR


def test_whole_numbers_are_equally_likely() -> None:
    draws = Draws(7)
    drawn = [draws.integer(10, "i", key) for key in range(SAMPLES)]
    expected = SAMPLES / 10
    chi_square = sum((drawn.count(face) - expected) ** 2 / expected for face in range(10))
    assert chi_square < 27.88  # 9 degrees of freedom, once in a thousand samples
    assert set(drawn) == set(range(10))


@pytest.mark.parametrize(
    "keys",
    [
        lambda key: (key, 0),
        lambda key: (0, key),
        lambda key: (key, key),
        lambda key: (1, key * 60_000_000_000),
    ],
)
def test_neighbouring_keys_have_nothing_in_common(keys: Callable[[int], tuple[int, int]]) -> None:
    draws = Draws(7)
    numbers = [draws.normal("n", *keys(key)) / ONE for key in range(SAMPLES)]
    products = [one * other for one, other in pairwise(numbers)]
    assert statistics.fmean(products) == pytest.approx(0, abs=4 / sqrt(SAMPLES))


def test_other_seeds_and_purposes_have_nothing_in_common() -> None:
    base = sample(lambda draws, key: draws.normal("n", key))
    others = {
        "purpose": sample(lambda draws, key: draws.normal("m", key)),
        "part": sample(lambda draws, key: draws.within("p").normal("n", key)),
        "seed": [Draws(8).normal("n", key) / ONE for key in range(SAMPLES)],
    }
    for name, numbers in others.items():
        products = [one * other for one, other in zip(base, numbers, strict=True)]
        assert statistics.fmean(products) == pytest.approx(0, abs=4 / sqrt(SAMPLES)), name
