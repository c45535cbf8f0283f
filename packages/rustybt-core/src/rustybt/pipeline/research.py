"""`run_pipeline`: a pipeline over history, for research."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, overload

import polars as pl

from rustybt.calendars import Moment
from rustybt.data.bundle import BundleData
from rustybt.errors import InvalidArgument
from rustybt.pipeline.opening import opened_bundle
from rustybt.pipeline.pipeline import Pipeline
from rustybt.pipeline.profiles import Profile
from rustybt.pipeline.result_cache import ResultCache
from rustybt.pipeline.scale_out import Spread
from rustybt.pipeline.sessions import pandas_frame
from rustybt.pipeline.work import Work
from rustybt.progress import OnProgress, late_progress
from rustybt.settings import settings

if TYPE_CHECKING:
    import pandas as pd

    from rustybt.pipeline.loaders.sources import GivenLoaders
    from rustybt.pipeline.scale_out import Submits

CACHE_FOLDER = "pipelines"
"""Folder of saved results in that of the data."""


@overload
def run_pipeline(
    pipeline: Pipeline,
    start: Moment,
    end: Moment,
    bundle: str | BundleData | None = None,
    catalog: object = None,
    *,
    timestamp: Moment | None = None,
    frames: Literal["polars"] = "polars",
    chunk: int | None = None,
    loaders: "GivenLoaders" = None,
    profile: Profile = "standard",
    progress: "bool | OnProgress | None" = None,
    cache: bool | ResultCache = True,
    workers: int | None = None,
    executor: "Submits | None" = None,
    lazy: Literal[False] = False,
) -> pl.DataFrame: ...
@overload
def run_pipeline(
    pipeline: Pipeline,
    start: Moment,
    end: Moment,
    bundle: str | BundleData | None = None,
    catalog: object = None,
    *,
    timestamp: Moment | None = None,
    frames: Literal["polars"] = "polars",
    chunk: int | None = None,
    loaders: "GivenLoaders" = None,
    profile: Profile = "standard",
    progress: "bool | OnProgress | None" = None,
    cache: bool | ResultCache = True,
    workers: int | None = None,
    executor: "Submits | None" = None,
    lazy: Literal[True],
) -> pl.LazyFrame: ...
@overload
def run_pipeline(
    pipeline: Pipeline,
    start: Moment,
    end: Moment,
    bundle: str | BundleData | None = None,
    catalog: object = None,
    *,
    timestamp: Moment | None = None,
    frames: Literal["pandas"],
    chunk: int | None = None,
    loaders: "GivenLoaders" = None,
    profile: Profile = "standard",
    progress: "bool | OnProgress | None" = None,
    cache: bool | ResultCache = True,
    workers: int | None = None,
    executor: "Submits | None" = None,
    lazy: Literal[False] = False,
) -> "pd.DataFrame": ...
def run_pipeline(  # noqa: PLR0913 - a keyword for each choice
    pipeline: Pipeline,
    start: Moment,
    end: Moment,
    bundle: str | BundleData | None = None,
    catalog: object = None,
    *,
    timestamp: Moment | None = None,
    frames: Literal["polars", "pandas"] = "polars",
    chunk: int | None = None,
    loaders: "GivenLoaders" = None,
    profile: Profile = "standard",
    progress: "bool | OnProgress | None" = None,
    cache: bool | ResultCache = True,
    workers: int | None = None,
    executor: "Submits | None" = None,
    lazy: bool = False,
) -> "pl.DataFrame | pl.LazyFrame | pd.DataFrame":
    """Compute a pipeline for every session from `start` to `end`.

    Results are kept in the folder of the data, by everything that they depend on: terms, the code
    of terms of one's own, data, dates, versions. Where that cannot be told, nothing is kept, and a
    log line of level info says why.

    Args:
        pipeline: The pipeline.
        start: First day.
        end: Last day; at the latest the session after the last one of the data.
        bundle: Name of a bundle, ``name`` or ``name@time``, or an opened one; "sample" when
            neither this nor `catalog` is given.
        catalog: Where the bundle is looked up: a DataCatalog, or the folder of one; None for the
            one that the settings name.
        timestamp: Take the newest version of the bundle up to this time.
        frames: "polars" or "pandas".
        chunk: Sessions that are computed at once; None: as many as fit in about half a GB.
        loaders: What brings further data: loaders by column or data set, or a function that
            returns the loader of a column.
        profile: "zipline" where built-in terms and adjustments are to be zipline's.
        progress: Whether a bar is shown, or what is told the sessions done and those there are;
            None: a bar in a terminal, for what takes longer than a second.
        cache: Whether a saved result is taken and the result saved; or where.
        workers: So many processes of this machine compute parts of the sessions; None: this one
            computes all. Each of them needs memory for a chunk.
        executor: What runs workers elsewhere, such as `rustybt.pipeline.ray_executor.RayExecutor`,
            or an executor of `concurrent.futures`. They open the bundle by its name.
        lazy: Whether a LazyFrame is returned, which reads the files of the saved result when it
            is collected.

    Returns:
        ``session, sid, symbol`` and the columns of the pipeline, sorted by session and sid; with
        pandas the columns by session and Asset.

    Raises:
        BundleNotFound: There is no such bundle.
        InvalidArgument: Arguments that cannot be used, or no session between the days.
        SessionOutOfRange: A day is outside the calendar.
        NoFurtherDataError: Sessions are asked for of which nothing can be known yet.
        WindowLengthTooLong: A term needs sessions before the first of the data.
    """
    _check_choices(pipeline, frames, chunk, lazy=lazy)
    data = opened_bundle(bundle, catalog, timestamp)
    spread = Spread.of(workers, executor)
    work = Work.of(pipeline, data, start, end, loaders=loaders, profile=profile)
    work = work._replace(spread=spread, catalog=catalog)
    store = _store(cache)
    with _told(progress) as on_progress:
        if lazy:
            return work.scan(store, chunk, on_progress)
        frame = work.result(store, chunk, on_progress)
    return pandas_frame(frame, data.finder) if frames == "pandas" else frame


def _check_choices(pipeline: object, frames: object, chunk: object, *, lazy: bool) -> None:
    if not isinstance(pipeline, Pipeline):
        raise InvalidArgument(field="pipeline", value=pipeline, reason="give a Pipeline")
    if frames not in {"polars", "pandas"}:
        raise InvalidArgument(field="frames", value=frames, reason="give polars or pandas")
    if lazy and frames == "pandas":
        raise InvalidArgument(
            field="lazy", value=True, reason="a LazyFrame is one of Polars; leave out frames"
        )
    whole = isinstance(chunk, int) and not isinstance(chunk, bool) and chunk > 0
    if chunk is not None and not whole:
        raise InvalidArgument(
            field="chunk", value=chunk, reason="give a number of sessions from 1 on, or None"
        )


def _store(cache: object) -> ResultCache | None:
    if isinstance(cache, ResultCache):
        return cache
    return ResultCache(settings().data_dir / CACHE_FOLDER) if cache else None


@contextmanager
def _told(progress: "bool | OnProgress | None") -> "Iterator[OnProgress | None]":
    """What is told how far the work is."""
    if callable(progress):
        yield progress
        return
    with late_progress(shown=progress) as on_progress:
        yield on_progress
