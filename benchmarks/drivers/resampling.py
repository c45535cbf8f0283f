"""Make longer bars: RustyBT exactly, or Polars on floats."""

from collections.abc import Callable

import polars as pl

from benchmarks.drivers.task import Outcome, Task, answer


def exactly(frame: pl.DataFrame, to: str) -> Callable[[], pl.DataFrame]:
    """RustyBT, by the clock of UTC."""
    from rustybt_data.resampling import aggregate

    from_ = "1m" if "open" in frame.columns else None
    return lambda: aggregate(frame, to, by="clock", from_=from_, partial=True)


def on_floats(frame: pl.DataFrame, to: str) -> Callable[[], pl.DataFrame]:
    """The same groups of the same rows, as Polars makes them."""
    numbers = [name for name in frame.columns if name not in ("timestamp", "symbol")]
    floats = frame.with_columns(pl.col(numbers).cast(pl.Float64))
    is_bars = "open" in numbers
    names = ("open", "high", "low", "close", "volume") if is_bars else (*["price"] * 4, "size")
    first, high, low, last, volume = map(pl.col, names)
    how = {
        "open": first.first(),
        "high": high.max(),
        "low": low.min(),
        "close": last.last(),
        "volume": volume.sum(),
    }
    return lambda: floats.group_by_dynamic(
        "timestamp", every=to, group_by="symbol", closed="right", label="right"
    ).agg(**how)


def outcome(bars: pl.DataFrame) -> Outcome:
    """How many bars there are, and the sums of their closes and volumes."""
    return Outcome(
        fills=bars.height,
        final_value=float(bars["close"].sum()),
        read=float(bars["volume"].sum()),
    )


if __name__ == "__main__":
    the_task = Task.from_arguments()
    the_frame = pl.read_parquet(the_task.data)
    make = exactly if the_task.options["numeric"] == "decimal" else on_floats
    the_bars = make(the_frame, the_task.frequency)
    answer(the_task, lambda: outcome(the_bars()), "rustybt-data", "polars", "numpy")
