"""What parameters are where asset class and resolution are known."""

from collections.abc import Mapping
from typing import Final

from rustybt.calendars.times import NANOS_PER_MINUTE
from rustybt.clock.resolution import SESSION, Resolution
from rustybt_data.quality.catalogue import Parameter

Changes = Mapping[str, Mapping[str, Parameter]]
"""Parameters by rule, then by name."""

_DAILY_MOVE: Final = {"equity": 0.03, "future": 0.02, "crypto": 0.05, "forex": 0.01}
_INTRADAY_MOVE: Final = {"equity": 0.01, "future": 0.005, "crypto": 0.01, "forex": 0.002}
_MISSING_MINUTES: Final = {"equity": 30, "future": 30, "crypto": 5, "forex": 15}
_MISSING_SHARE: Final = {"equity": 0.5, "future": 0.5, "crypto": 0.05, "forex": 0.1}
_STALE_MINUTES: Final = 60
_SHORTEST_RUN: Final = 5


def defaults_of(asset_class: str, resolution: Resolution) -> Changes:
    """Parameters that differ from those of the catalogue of rules."""
    if not resolution.is_intraday:
        return _of_sessions(asset_class, resolution)
    length = resolution.nanoseconds
    assert length is not None, "a bar inside a session has a fixed length"

    def bars(minutes: int, least: int) -> int:
        return max(minutes * NANOS_PER_MINUTE // length, least)

    window = {"window": 240, "refresh": 60, "history": 60}
    stale = {"least": bars(_STALE_MINUTES, _SHORTEST_RUN)}
    return {
        "return_outlier": {
            **window,
            "least_move": _INTRADAY_MOVE[asset_class],
            "floor": 0.0001,
        },
        "volume_outlier": window,
        "spike": {"persist": 5},
        "missing_bars": {"least": bars(_MISSING_MINUTES[asset_class], 1)},
        "missing_share": {"over": _MISSING_SHARE[asset_class]},
        "stale_bars": {"least": _SHORTEST_RUN},
        "stale_closes": stale,
        "zero_volume": stale,
    }


def _of_sessions(asset_class: str, resolution: Resolution) -> Changes:
    least_move = {"least_move": _DAILY_MOVE[asset_class]}
    if resolution == SESSION:
        return {"return_outlier": least_move}
    longer = {"window": 60, "refresh": 1, "history": 20}
    return {"return_outlier": {**least_move, **longer}, "volume_outlier": longer}
