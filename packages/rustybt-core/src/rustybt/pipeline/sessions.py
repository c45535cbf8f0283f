"""What a pipeline shows, cut into sessions: Polars frames, or pandas frames as Zipline's."""

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import polars as pl

from rustybt.assets import AssetFinder
from rustybt.data.coefficients import IntArray
from rustybt.pipeline.pipeline import KEYS

if TYPE_CHECKING:
    import pandas as pd


class Sessions(Protocol):
    """Frames by session."""

    def of_day(self, day: int) -> Any:  # noqa: ANN401 - a frame of either kind
        """What is shown on a day, given in days since 1970-01-01."""
        ...


class PolarsSessions:
    """Polars frames of ``sid, symbol`` and the columns of the pipeline.

    Args:
        frame: What the engine computed.
    """

    def __init__(self, frame: pl.DataFrame) -> None:
        self._days = _days(frame)
        self._frame = frame.drop("session")

    def of_day(self, day: int) -> pl.DataFrame:
        """See `Sessions.of_day`."""
        first, stop = _rows(self._days, day)
        return self._frame[first:stop]


class PandasSessions:
    """Pandas frames of the columns of the pipeline, by Asset.

    Args:
        frame: What the engine computed.
        finder: The assets.
    """

    def __init__(self, frame: pl.DataFrame, finder: AssetFinder) -> None:
        self._days = _days(frame)
        self._assets = assets_of(frame["sid"], finder)
        self._columns = pandas_columns(frame)

    def of_day(self, day: int) -> "pd.DataFrame":
        """See `Sessions.of_day`."""
        import pandas as pd

        first, stop = _rows(self._days, day)
        index = pd.Index(self._assets[first:stop], dtype=object)
        values = {name: column[first:stop] for name, column in self._columns.items()}
        return pd.DataFrame(values, index=index, columns=list(values))


def pandas_frame(frame: pl.DataFrame, finder: AssetFinder) -> "pd.DataFrame":
    """What the engine computed as a pandas frame by (session, Asset), as Zipline shows it."""
    import pandas as pd

    days = _days(frame).astype("datetime64[D]").astype("datetime64[ns]")
    index = pd.MultiIndex.from_arrays([pd.DatetimeIndex(days), assets_of(frame["sid"], finder)])
    values = pandas_columns(frame)
    return pd.DataFrame(values, index=index, columns=list(values))


def assets_of(sids: pl.Series, finder: AssetFinder) -> Any:  # noqa: ANN401 - an array of objects
    """The assets of sids."""
    known = sids.unique().sort()
    assets = np.empty(len(known), object)
    assets[:] = finder.retrieve_all(known.to_list())
    return assets[np.searchsorted(known.to_numpy(), sids.to_numpy())]


def pandas_columns(frame: pl.DataFrame) -> dict[str, Any]:
    """The columns of a pipeline as pandas shows them: NaN, NaT, False and -1 where there is none.

    Texts become categories.
    """
    return {name: _pandas_column(frame[name]) for name in frame.columns if name not in KEYS}


def _pandas_column(series: pl.Series) -> Any:  # noqa: ANN401 - an array of either library
    if series.dtype == pl.String:
        import pandas as pd

        return pd.Categorical(series.to_list())
    if series.dtype == pl.Boolean:
        series = series.fill_null(value=False)
    return series.to_numpy()


def _days(frame: pl.DataFrame) -> IntArray:
    return frame["session"].to_physical().cast(pl.Int64).to_numpy()


def _rows(days: IntArray, day: int) -> tuple[int, int]:
    first, stop = np.searchsorted(days, [day, day + 1]).tolist()
    return first, stop
