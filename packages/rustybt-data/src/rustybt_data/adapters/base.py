"""What adapters of vendors have in common: a vendor's rows go in, an ingested bundle comes out."""

import json
import os
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping, Sequence
from datetime import date
from typing import Any, ClassVar, Final

import polars as pl

from rustybt.assets import Equity, kind_of
from rustybt.calendars import TradingCalendar, get_calendar
from rustybt.clock.resolution import MINUTE, SESSION, Resolution
from rustybt.data.bundles import AdjustmentWriter, AssetWriter, BarWriter
from rustybt.errors import (
    DataValidationError,
    InvalidArgument,
    MissingCredential,
    MissingExtra,
    ResolutionNotServed,
)
from rustybt.logs import get_logger
from rustybt.net import Retry, Timer, TokenBucket
from rustybt.settings import settings
from rustybt_data.adapters.arrange import Arranged, arranged, grouped, joined
from rustybt_data.adapters.ingest import Ingest
from rustybt_data.adapters.options import AdapterOptions, Edge
from rustybt_data.adapters.pages import Page, PageStore, unless_wrong
from rustybt_data.adapters.soundness import sound
from rustybt_data.adapters.standard import BarLabel, Unit, label_name, standard_frame
from rustybt_data.adapters.tally import FetchStep, Tally
from rustybt_data.adapters.windows import Window
from rustybt_data.predicates import Admits
from rustybt_data.quality import QualityReport

_log = get_logger(__name__)
PAGES: Final = "pages"
"""Folder of the pages below the data folder."""


class BaseDataAdapter(ABC):
    """An adapter of one source of bars, and the function that ingests what it finds.

    A subclass says in class attributes how its source writes bars, and how to fetch them in
    `fetch`; the rest is here: options, rate limit, retries, pages, standard form, order,
    duplicates, checks, writing. It is named as an entry point of ``rustybt.data_adapters``.

    Args:
        location: Address or path of the source; "" for the source's own address.
        options: Those of `AdapterOptions` and `own_options`, as texts.

    Attributes:
        location: As given.
        options: The options, parsed.
        timer: Where time comes from; tests replace it before the first fetch.
        pages: Where pages wait for a fetch to be complete; None to keep none.
        calendar: Whose sessions count; None for that of the ingestion, or that of the symbols:
            24/7 for pairs, else XNYS.
        tally: What the fetches of this adapter have brought so far.
        admits: Which bars are let in; who judges them afterwards sets it before a fetch.
        watch: Told after each page where the fetch is; None for nobody.

    Raises:
        InvalidArgument: An option is not known, or has no such value.
        ResolutionNotServed: The source has no bars of the resolution.
    """

    name: ClassVar[str]
    """What the adapter is called: in errors, and as an entry point."""

    extra: ClassVar[str | None] = None
    """The extra of its distribution that brings the vendor's client."""

    bar_label: ClassVar[BarLabel] = "end"
    """Whether the source labels the start or the end of a bar; see `standard_frame`."""

    resolutions: ClassVar[tuple[str, ...]] = ("1d",)
    """The lengths of bars that the source serves."""

    own_options: ClassVar[Mapping[str, str]] = {}
    """The adapter's own options and their defaults."""

    columns: ClassVar[Mapping[str, str]] = {}
    """Our name by the source's, where they differ."""

    unit: ClassVar[Unit | None] = None
    """What labels count that are integers."""

    zone: ClassVar[str] = "UTC"
    """The zone of labels that name none, and of the days of daily bars."""

    rate: ClassVar[tuple[int, float]] = (5, 1.0)
    """Requests in so many seconds."""

    incremental: ClassVar[bool] = True
    """Whether the catalog asks only for what comes after the newest bar that it has."""

    lists_symbols: ClassVar[bool] = False
    """Whether it says itself which symbols there are, so that none need be given."""

    needs_start: ClassVar[bool] = True
    """Whether the catalog has to be told from when on bars are wanted."""

    def __init__(self, location: str, options: Mapping[str, str], /) -> None:
        self.location = location
        self.options = AdapterOptions.parse(options, adapter=self.name, own=self.own_options)
        self.timer = Timer()
        self.pages: PageStore | None = PageStore(settings().data_dir / PAGES / self.name)
        self.calendar: TradingCalendar | None = None
        self.tally = Tally()
        self.admits: Admits = "sound"
        self.watch: Callable[[FetchStep], object] | None = None
        self._bucket: TokenBucket | None = None
        self._used: list[dict[str, str | None]] = []
        self._served(self.options.resolution)

    # ------------------------------------------------------------------ what a subclass writes

    @abstractmethod
    async def fetch(
        self, symbols: Sequence[str], start: Edge, end: Edge, resolution: Resolution
    ) -> pl.DataFrame:
        """The source's rows of some symbols.

        More rows than asked for, in any order, some of them twice, do no harm. Prices are texts
        where the wire has texts or JSON numbers (`rustybt_data.adapters.rows`).

        Args:
            symbols: What is asked for, in our spelling.
            start: A date, the first session, for bars of a day and longer; a datetime in UTC,
                when the first bar begins, for shorter ones.
            end: The last session, included; or when the last bar ends.
            resolution: Length of a bar, one of `resolutions`.

        Returns:
            ``symbol``, a label and the fields of bars under the source's names.

        Raises:
            UnknownSymbol: The source does not know a symbol.
        """

    async def actions(
        self, symbols: Sequence[str], start: date, end: date
    ) -> Mapping[str, pl.DataFrame]:
        """Corporate actions of some symbols, where the source has them.

        Args:
            symbols: What is asked for.
            start: The first day.
            end: The last day, included.

        Returns:
            By kind, as `rustybt.data.bundles.AdjustmentWriter` takes them (``splits``,
            ``dividends``, ...), with a column ``symbol`` in place of ``sid``.
        """
        del symbols, start, end
        return {}

    @property
    def gives_actions(self) -> bool:
        """Whether the source has corporate actions at all."""
        return type(self).actions is not BaseDataAdapter.actions

    def pace(self) -> tuple[int, float]:
        """Requests in so many seconds, asked for at the first of them; by default `rate`."""
        return self.rate

    def symbols(self) -> tuple[str, ...]:
        """The symbols that the options name, or where they name none all that the source has.

        Raises:
            InvalidArgument: They name none, and the source does not say what it has.
        """
        if not self.options.symbols:
            raise InvalidArgument(field="symbols", value="", reason="give some: symbols=AAA,BBB")
        return self.options.symbols

    def facts(self, symbol: str) -> Mapping[str, Any]:
        """What the source says about an asset, once its bars have been fetched.

        Returns:
            Columns of the asset database, such as ``tick_size`` and ``lot_size``; none by default.
        """
        del symbol
        return {}

    # ------------------------------------------------------------------ from rows to bars

    def standardize(
        self, frame: pl.DataFrame, resolution: Resolution | None = None
    ) -> pl.DataFrame:
        """The source's rows as the standard frame; see `standard_frame`.

        Args:
            frame: What `fetch` returned.
            resolution: Length of a bar; by default that of the options.
        """
        length = resolution or self.options.resolution
        if frame.is_empty() and "symbol" not in frame.columns:
            frame = pl.DataFrame(schema=dict.fromkeys(_needed(length), pl.String))
        return standard_frame(
            frame,
            source=self.name,
            resolution=length,
            calendar=self.calendar_of(frame["symbol"].unique()),
            bar_label=self.bar_label,
            columns=self.columns,
            unit=self.unit,
            zone=self.zone,
        )

    def validate(self, frame: pl.DataFrame) -> QualityReport:
        """Check a standard frame by the default rules of layers 1 and 2.

        Rows without volume and without a price other than 0 are times without trade: they pass.

        Raises:
            DataValidationError: A rule keeps a bar out, such as one whose open is above its high.
        """
        return sound(frame, self.calendar_of(frame["symbol"].unique()), source=self.name)

    async def bars(
        self,
        symbols: Sequence[str],
        start: Edge,
        end: Edge | None,
        resolution: Resolution | str,
        *,
        after: Mapping[str, Edge] | None = None,
    ) -> pl.DataFrame:
        """Fetched bars in the standard form, checked, sorted by symbol and label.

        Args:
            symbols: What is asked for.
            start: A date is a session, the first one. A datetime is an instant: bars of less
                than a day begin then or later. Dates of such bars stand for the open of the first
                session and the close of the last one.
            end: The last session, included; or an instant when the last bar has ended at the
                latest; None for now.
            resolution: Length of a bar.
            after: The newest label known of a symbol: only what comes after it is fetched.

        Raises:
            ResolutionNotServed: The source has no such bars.
            InvalidArgument: No session lies between the ends.
            DataValidationError: What came is not valid, or a bar came twice and differs.
        """
        frame = await self.fetched(symbols, start, end, Resolution.parse(resolution), after)
        self.forget_pages()
        return frame

    async def fetched(
        self,
        symbols: Sequence[str],
        start: Edge,
        end: Edge | None,
        resolution: Resolution,
        after: Mapping[str, Edge] | None = None,
    ) -> pl.DataFrame:
        """The same; the pages of it are kept until `forget_pages` is called.

        Bars are checked as far as `admits` says.

        Args:
            symbols: As for `bars`; so are the others.
            start: As for `bars`.
            end: As for `bars`.
            resolution: As for `bars`.
            after: As for `bars`.
        """
        self._served(resolution)
        with_twins = self.admits == "all"
        calendar, now = self.calendar_of(symbols), self.now_ns()
        window = Window.of(start, end, resolution, calendar, now_ns=now)
        frames = []
        for known, group in grouped(symbols, after or {}):
            part = window if known is None else window.after(known)
            if part is None:
                continue
            raw = await self.fetch(group, part.fetch_start, part.end, resolution)
            with unless_wrong(self.forget_pages):
                standard = self.standardize(raw, resolution)
                found = arranged(
                    standard, part, calendar, source=self.name, now_ns=now, with_twins=with_twins
                )
                self._tell(group, found)
                if self.admits == "sound":
                    self.validate(found.frame)
            frames.append(found.frame)
        if not frames:
            frames.append(self.standardize(pl.DataFrame(), resolution))
        return joined(frames)

    def _tell(self, symbols: Sequence[str], found: Arranged) -> None:
        self.tally.repeated.update(found.repeated)
        self.tally.outside += found.outside
        self.tally.incomplete += found.incomplete
        if found.duplicates or found.outside or found.incomplete:
            _log.info(
                "rows are left out",
                source=self.name,
                symbols=list(symbols),
                duplicates=found.duplicates,
                outside=found.outside,
                incomplete=found.incomplete,
            )

    # ------------------------------------------------------------------ tools for a subclass

    async def ask(self, ask: Callable[[], Awaitable[Any]], *, request: str) -> Any:  # noqa: ANN401
        """What a request returns: within the rate limit, asked again after transient errors.

        Args:
            ask: Makes the request, once per try. It raises
                `rustybt.errors.VendorUnavailable` (see `rustybt.net.check_reply`) where the same
                request may succeed later.
            request: What is asked, for errors, without secrets; see `rustybt.net.redacted`.

        Raises:
            RetriesExhausted: No try succeeded.
        """
        bucket = self._bucket = self._bucket or TokenBucket(*self.pace(), timer=self.timer)

        async def turn() -> Any:  # noqa: ANN401
            await bucket.acquire()
            return await ask()

        retry = Retry(vendor=self.name, timer=self.timer, seed=os.getpid())
        return await retry.call(turn, request=request)

    async def paged(
        self,
        load: Callable[[str | None], Awaitable[Page]],
        *,
        request: str,
        key: Mapping[str, str],
        growing: bool = False,
    ) -> list[pl.DataFrame]:
        """The frames of all pages of a request; those that an interrupted fetch got are kept.

        Args:
            load: Asks for the page of a cursor, None for the first one.
            request: As for `ask`.
            key: What else the replies depend on: symbol, start, end, resolution.
            growing: Whether the last page may have more rows later, since the range reaches up to
                now: it is not kept.

        Raises:
            DataValidationError: The source sends the same cursor again and again.
        """
        frames: list[pl.DataFrame] = []
        cursor: str | None = None
        seen: set[str | None] = set()
        while cursor not in seen:
            seen.add(cursor)
            page = await self._page(load, cursor, request=request, key=key, growing=growing)
            frames.append(page.frame)
            cursor = page.cursor
            if cursor is None:
                return frames
        reason = "the source names this page again and again; ask for a shorter range"
        raise DataValidationError(file=f"{self.name}, {request}", value=cursor, reason=reason)

    async def _page(
        self,
        load: Callable[[str | None], Awaitable[Page]],
        cursor: str | None,
        *,
        request: str,
        key: Mapping[str, str],
        growing: bool,
    ) -> Page:
        whole = {
            "adapter": self.name,
            "location": self.location,
            "options": json.dumps(dict(self.options.own), sort_keys=True),
            **key,
            "cursor": cursor,
        }
        if self.pages is not None:
            self._used.append(whole)
            kept = self.pages.load(whole, now_ns=self.timer.now_ns())
            if kept is not None:
                self._told(kept, key, resumed=True, kept=True)
                return kept
        page: Page = await self.ask(lambda: load(cursor), request=request)
        keeps = self.pages is not None and not (growing and page.cursor is None)
        if self.pages is not None and keeps:
            self.pages.save(whole, page, now_ns=self.timer.now_ns())
        self._told(page, key, resumed=False, kept=keeps)
        return page

    def _told(self, page: Page, key: Mapping[str, str], *, resumed: bool, kept: bool) -> None:
        step = self.tally.page(key.get("symbol", ""), page.frame.height, resumed=resumed, kept=kept)
        if self.watch is not None:
            self.watch(step)

    def forget_pages(self) -> None:
        """Remove the pages of what is complete: the next fetch asks the source again."""
        for key in self._used:
            if self.pages is not None:
                self.pages.remove(key)
        self._used.clear()

    def secret(self, variable: str) -> str:
        """A credential, which only the environment holds.

        Raises:
            MissingCredential: The variable is not set.
        """
        value = os.environ.get(variable, "").strip()
        if not value:
            raise MissingCredential(vendor=self.name, variable=variable)
        return value

    def missing(self, error: ImportError) -> MissingExtra:
        """The error about a client that is not installed; raise it from the given one."""
        del error
        return MissingExtra(
            feature=f"the client of {self.name}", install=f"rustybt-data[{self.extra}]"
        )

    def now_ns(self) -> int:
        """The time of day, in ns since 1970-01-01 UTC."""
        return self.timer.now_ns()

    def calendar_of(self, symbols: Iterable[str]) -> TradingCalendar:
        """The calendar of some symbols."""
        if self.calendar is not None:
            return self.calendar
        kinds = {kind_of(symbol) for symbol in symbols}
        return get_calendar("XNYS" if not kinds or Equity in kinds else "24/7")

    def _served(self, resolution: Resolution) -> None:
        if str(resolution) not in {str(Resolution.parse(text)) for text in self.resolutions}:
            served = ", ".join(self.resolutions)
            raise ResolutionNotServed(source=self.name, resolution=str(resolution), served=served)

    # ------------------------------------------------------------------ ingesting

    def __call__(  # noqa: PLR0913, PLR0917 - Zipline's signature
        self,
        environ: Mapping[str, str],
        asset_db_writer: AssetWriter,
        minute_bar_writer: BarWriter,
        daily_bar_writer: BarWriter,
        adjustment_writer: AdjustmentWriter,
        calendar: TradingCalendar,
        start_session: date,
        end_session: date,
        cache: MutableMapping[str, Any],
        show_progress: bool,  # noqa: FBT001
        output_dir: str,
        /,
    ) -> None:
        """Ingest the symbols of the options; see `rustybt.data.bundles.IngestFunction`.

        Raises:
            InvalidArgument: No symbols are given.
            DataValidationError: What came is not valid.
        """
        del environ, cache, output_dir
        self.calendar = calendar
        self.admits = getattr(daily_bar_writer, "admits", None) or self.admits
        resolution = self.options.resolution
        writer = minute_bar_writer if resolution.is_intraday else daily_bar_writer
        if resolution not in {MINUTE, SESSION}:
            writer = writer.of_length(str(resolution))
        self._ingest(
            (writer, asset_db_writer, adjustment_writer),
            calendar,
            (start_session, end_session),
            show_progress=show_progress,
        )

    def _ingest(
        self,
        writers: tuple[BarWriter, AssetWriter, AdjustmentWriter],
        calendar: TradingCalendar,
        sessions: tuple[date, date],
        *,
        show_progress: bool,
    ) -> None:
        """Fetch and write the symbols of the options."""
        if not self.options.symbols:
            raise InvalidArgument(field="symbols", value="", reason="give some: symbols=AAA,BBB")
        Ingest(self, calendar, sessions, show_progress=show_progress).write(*writers)
        self.forget_pages()


def _needed(resolution: Resolution) -> tuple[str, ...]:
    return ("symbol", label_name(resolution), "open", "high", "low", "close", "volume")
