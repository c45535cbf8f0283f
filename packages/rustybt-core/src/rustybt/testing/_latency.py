"""What every latency model has to do."""

from __future__ import annotations

from copy import deepcopy
from typing import Final

import pytest

from rustybt.finance.draws import Draws
from rustybt.finance.latency import LatencyModel
from rustybt.testing._market import ASSETS, PlacedOrder, in_lots, number

_SEEDS: Final = (0, 1, 20_240_301)
_SEQUENCES: Final = tuple(range(1, 201))


class LatencyModelSuite:
    """Tests of a latency model. A subclass gives the model by a fixture ``model``.

    The model is asked about orders of every kind of asset, with several seeds.
    """

    def test_is_a_latency_model(self, model: LatencyModel) -> None:
        """It has the methods of the protocol."""
        assert isinstance(model, LatencyModel)

    @pytest.mark.parametrize("seed", _SEEDS)
    def test_delays_are_whole_nanoseconds_not_below_zero(
        self, model: LatencyModel, seed: int
    ) -> None:
        """Nothing arrives before it was sent."""
        for delay in delays(model, seed):
            assert type(delay) is int, f"{delay!r}"
            assert delay >= 0

    @pytest.mark.parametrize("seed", _SEEDS)
    def test_same_question_has_the_same_answer(self, model: LatencyModel, seed: int) -> None:
        """A run repeats, whatever was drawn before, and in whatever order."""
        first = delays(model, seed)
        assert delays(model, seed) == first
        assert delays(deepcopy(model), seed) == first
        draws = Draws(seed)
        backwards = [model.delay(order, draws) for order in reversed(orders())]
        assert backwards[::-1] == first

    def test_other_draws_do_not_matter(self, model: LatencyModel) -> None:
        """A delay depends on its order, not on what else was drawn of the same generator."""
        draws = Draws(1)
        for sequence in _SEQUENCES:
            draws.normal("latency", sequence)
            draws.uniform("fill", sequence, 1)
        assert [model.delay(order, draws) for order in orders()] == delays(model, 1)


def delays(model: LatencyModel, seed: int) -> list[int]:
    """The delays of all orders, with draws of their own."""
    draws = Draws(seed)
    return [model.delay(order, draws) for order in orders()]


def orders() -> list[PlacedOrder]:
    """Orders of every kind of asset, with and without a limit price."""
    return [
        PlacedOrder(
            asset=asset,
            amount=in_lots(asset, sequence, "decimal"),
            filled=number(0, "decimal"),
            commission=number(0, "decimal"),
            limit=None if sequence % 2 else number(100, "decimal"),
            sequence=sequence,
        )
        for sequence in _SEQUENCES
        for asset in (ASSETS[sequence % len(ASSETS)],)
    ]
