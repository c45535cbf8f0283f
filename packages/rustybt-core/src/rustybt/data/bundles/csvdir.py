"""Registering a folder of CSV files as a bundle, under the name that Zipline gave it."""

import os
from collections.abc import Iterable, Mapping, MutableMapping
from datetime import date
from typing import Any

from rustybt.calendars import TradingCalendar, from_day, to_day
from rustybt.data.bundles.stores import IngestFunction
from rustybt.errors import InvalidArgument
from rustybt.plugins import groups, registry


def csvdir_equities(
    tframes: Iterable[str] | None = None, csvdir: str | os.PathLike[str] | None = None
) -> IngestFunction:
    """The ingest function of a folder, to be registered.

    For example::

        register("mine", csvdir_equities(["daily"], "/data/prices"), calendar_name="XNYS")

    Args:
        tframes: Which of its folders ``daily`` and ``minute`` are read; None for those there are.
        csvdir: The folder; None for what the environment variable CSVDIR says when the bundle is
            ingested.
    """
    options = {} if tframes is None else {"folders": ",".join(tframes)}

    def ingest(  # noqa: PLR0913, PLR0917 - Zipline's signature
        environ: Mapping[str, str],
        asset_db_writer: Any,  # noqa: ANN401
        minute_bar_writer: Any,  # noqa: ANN401
        daily_bar_writer: Any,  # noqa: ANN401
        adjustment_writer: Any,  # noqa: ANN401
        calendar: TradingCalendar,
        start_session: date,
        end_session: date,
        cache: MutableMapping[str, Any],
        show_progress: bool,  # noqa: FBT001
        output_dir: str,
        /,
    ) -> None:
        folder = environ.get("CSVDIR") if csvdir is None else os.fspath(csvdir)
        if not folder:
            raise InvalidArgument(
                field="CSVDIR", value=folder, reason="name the folder there or give csvdir="
            )
        function = registry(groups.DATA_ADAPTERS).load("csvdir")(folder, options)
        function(
            environ,
            asset_db_writer,
            minute_bar_writer,
            daily_bar_writer,
            adjustment_writer,
            calendar,
            from_day(to_day(start_session)),
            from_day(to_day(end_session)),
            cache,
            show_progress,
            output_dir,
        )

    return ingest
