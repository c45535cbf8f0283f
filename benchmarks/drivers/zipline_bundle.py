"""Ingest a csvdir folder into Zipline's own store."""

# Zipline is not installed where mypy runs, and its API has no types.
# mypy: ignore-errors

from functools import partial
from pathlib import Path

import pandas as pd
from zipline.data import bundles

from benchmarks.drivers.task import Task

STAMPS = {"daily": "date", "minute": "dt_utc_minute_end"}


def register(task):
    """Let the bundle of a task be found, ingested or not; give back its sessions."""
    folder = Path(task.data)
    sessions = pd.read_csv(folder / "sessions.csv", parse_dates=["session"])["session"]
    bundles.register(
        task.bundle,
        partial(ingest, folder),
        calendar_name="XNYS",
        start_session=sessions.iloc[0],
        end_session=sessions.iloc[-1],
    )


def ingest(  # noqa: PLR0913, PLR0917 - Zipline's signature
    folder,
    environ,
    asset_db_writer,
    minute_bar_writer,
    daily_bar_writer,
    adjustment_writer,
    calendar,
    start_session,
    end_session,
    cache,
    show_progress,
    output_dir,
):
    days = ["start_date", "end_date", "first_traded", "auto_close_date"]
    assets = pd.read_csv(folder / "assets.csv", parse_dates=days).set_index("sid")
    exchanges = [{"exchange": "NYSE", "canonical_name": "NYSE", "country_code": "US"}]
    asset_db_writer.write(equities=assets, exchanges=pd.DataFrame(exchanges))
    daily_bar_writer.write(without_gaps(bars(folder, "daily", assets), calendar))
    minute_bar_writer.write(bars(folder, "minute", assets))
    adjustment_writer.write(
        splits=events(folder / "splits.csv", ["effective_date"]),
        dividends=events(
            folder / "dividends.csv", ["ex_date", "declared_date", "record_date", "pay_date"]
        ),
    )


def bars(folder, kind, assets):
    """Pairs of sid and frame, for the assets that have bars of this kind."""
    stamp = STAMPS[kind]
    for sid, asset in assets.iterrows():
        path = folder / kind / f"{asset['symbol']}.csv"
        if path.exists():
            yield sid, pd.read_csv(path, parse_dates=[stamp], index_col=stamp)


def without_gaps(frames, calendar):
    """Frames with a row of zeros for each session without trade: what Zipline's store wants."""
    for sid, frame in frames:
        sessions = calendar.sessions_in_range(frame.index[0], frame.index[-1])
        whole = len(frame) == len(sessions)
        yield sid, frame if whole else frame.reindex(sessions, fill_value=0)


def events(path, days):
    """Corporate actions without the column that is there for readers."""
    return pd.read_csv(path, parse_dates=days).drop(columns="symbol")


if __name__ == "__main__":
    the_task = Task.from_arguments()
    register(the_task)
    bundles.ingest(the_task.bundle)
