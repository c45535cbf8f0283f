"""`declare_indicator`: what the functions of `rustybt.indicators` call."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from rustybt.algorithm.base import AlgorithmBase
from rustybt.algorithm.environment import Phase
from rustybt.errors import OutsideInitialize

if TYPE_CHECKING:
    from rustybt.assets import Instrument
    from rustybt.indicators import CompoundIndicator, Indicator, Indicators


class IndicatorMethods(AlgorithmBase):
    """`declare_indicator`."""

    def declare_indicator(
        self,
        name: str,
        assets: "Instrument | Iterable[Instrument]",
        *,
        field: str | None = None,
        frequency: str | None = None,
        parameters: Mapping[str, object],
    ) -> "Indicator | CompoundIndicator | dict[Instrument, Indicator | CompoundIndicator]":
        """Have an indicator computed over the run; `rustybt.indicators` has a function for each.

        Args:
            name: Its name there.
            assets: One, or a list.
            field: What it is computed of, where it takes any field; ``close`` if not given.
            frequency: Length of the bars: those of the run if not given; ``1d`` for sessions.
            parameters: Its parameters by name; others have their defaults.

        Returns:
            What can be read bar by bar, or a dict of it by asset.

        Raises:
            OutsideInitialize: Called outside `initialize`.
            InvalidArgument: An argument has a value that it cannot have.
        """
        from rustybt.data.arguments import one_or_several

        if self._env.phase is not Phase.INITIALIZE:
            raise OutsideInitialize
        one, several = one_or_several(assets)
        board = self._indicators()
        made = {
            asset: board.declare(
                name, asset, field=field, frequency=frequency, parameters=parameters
            )
            for asset in several
        }
        return made[several[0]] if one else made

    def _indicators(self) -> "Indicators":
        env = self._env
        if env.indicators is None:
            from rustybt.indicators import IndicatorBoard

            env.indicators = IndicatorBoard(env.portal, pandas=env.shows_pandas)
        return env.indicators
