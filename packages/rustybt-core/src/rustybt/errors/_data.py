"""Errors of data: files, bundles, calendars, histories, benchmarks."""
# ruff: noqa: N818 - the names are part of the public API; those of Zipline are kept

from __future__ import annotations

from collections.abc import Sequence

from rustybt.errors._base import CorruptStateError, TransientError, UserError, listed, near

# ------------------------------------------------------------------ files and bundles


class DataValidationError(UserError, ValueError):
    """A file holds something that is no valid market data.

    ``reason`` says what is wrong and what to do; ``line`` counts from 1 with the header.
    """

    file: str
    reason: str
    line: int | None = None
    column: str | None = None
    value: object = None

    @property
    def message(self) -> str:
        """Name file, line, column and value, as far as they are known."""
        parts = [self.file]
        if self.line is not None:
            parts.append(f"line {self.line}")
        if self.column is not None:
            parts.append(f"column {self.column}")
        where = ", ".join(parts)
        return (
            f"{where}: {self.reason}"
            if self.value is None
            else (f"{where}: was {self.value!r}; {self.reason}")
        )


class BundleNotFound(UserError, LookupError):
    """No bundle has this name."""

    name: str
    known: Sequence[str] = ()

    @property
    def message(self) -> str:
        """Name the bundles that exist."""
        return (
            f"there is no bundle named {self.name!r}; {near(self.name, self.known)}"
            f"there are: {listed(self.known)}. "
            "Ingest it with: rustybt bundle ingest NAME --source csvdir --path DIR"
        )


class IngestionNotFound(UserError, LookupError):
    """A bundle has no ingestion at, or before, the time asked for."""

    bundle: str
    timestamp: object = None
    oldest: object = None

    @property
    def message(self) -> str:
        """Say how to ingest, or when the oldest one was."""
        when = "" if self.timestamp is None else f" at or before {self.timestamp}"
        if self.oldest is not None:
            return f"bundle {self.bundle!r} has no ingestion{when}; the oldest is of {self.oldest}"
        return (
            f"bundle {self.bundle!r} has no ingestion{when}; "
            f"ingest it with: rustybt bundle ingest {self.bundle}"
        )


class BadClean(UserError, ValueError):
    """``clean`` was asked for no selection, or for two that exclude each other."""

    before: object = None
    after: object = None
    keep_last: int | None = None
    template = (
        "clean was called with before={before}, after={after}, keep_last={keep_last}; "
        "give before and/or after, or a keep_last of 0 or more, but not both"
    )


class CorruptData(CorruptStateError):
    """A stored data set contradicts itself or cannot be read."""

    path: str
    reason: str
    template = "{path} is corrupt: {reason}; ingest the data again"


class CatalogVersionError(CorruptStateError):
    """The database of the catalog has tables of another version."""

    where: str
    found: str | None
    expected: str
    template = (
        "the catalog in {where} has tables of version {found}, expected was {expected}; "
        "install the version of RustyBT that wrote it, or a newer one"
    )


class CatalogBusy(TransientError, RuntimeError):
    """Somebody else changes the catalog."""

    doing: str
    holder: str
    template = "{doing} is under way already, by {holder}; wait until that has ended"


class DatasetNotFound(UserError, LookupError):
    """The catalog has no such data."""

    wanted: str
    known: Sequence[str] = ()

    @property
    def message(self) -> str:
        """Name what there is."""
        return f"the catalog has no {self.wanted}; there are: {listed(self.known)}"


class SeveralDatasets(UserError, LookupError):
    """Several data sets have what was asked for."""

    wanted: str
    names: Sequence[str]
    template = "{names} have {wanted}; say which with dataset="


class StorageFull(TransientError, OSError):
    """There is no space left for what was to be stored."""

    path: str
    reason: str
    template = (
        "{path} cannot take the data: {reason}; nothing of it is visible, and what was written "
        "is removed. Make space, for example with: rustybt data gc"
    )


class StorageNotWritable(UserError, OSError):
    """What has to be written may not be."""

    path: str
    reason: str
    template = (
        "{path} cannot be written: {reason}; get the right to write there, or choose a folder of "
        "your own by RUSTYBT_HOME"
    )


class AssetDBVersionError(CorruptStateError):
    """An asset database has a schema that this version does not read."""

    db_version: object
    expected_version: object
    template = (
        "the asset database has schema version {db_version}, expected was {expected_version}; "
        "ingest the bundle again or install the version of RustyBT that wrote it"
    )


class AssetDBImpossibleDowngrade(UserError, ValueError):
    """A downgrade to a schema newer than the database was asked for."""

    db_version: object
    desired_version: object
    template = (
        "the asset database has schema version {db_version}, "
        "which is below the version {desired_version} asked for; choose an older one"
    )


# ------------------------------------------------------------------ what a strategy reads


class LookaheadError(UserError, LookupError):
    """Something was asked for that lies after the present of the simulation."""

    requested: object
    now: object
    template = "{requested} was asked for at {now}; a strategy sees nothing after the present"


class MissingPrice(UserError, LookupError):
    """An asset has no price at a time at which one is needed."""

    asset: object
    at: object
    template = "{asset} has no price at {at}; ask data.can_trade first or check the data"


class MissingRate(UserError, LookupError):
    """A currency has no known rate in another one at a time at which one is needed.

    ``last`` is the time of the newest rate, where that is too old.
    """

    base: str
    quote: str
    at: object
    last: object = None

    @property
    def message(self) -> str:
        """Name the pair and the time, and what there is."""
        known = "" if self.last is None else f"; the last one, of {self.last}, is too old"
        return (
            f"there is no rate of {self.base} in {self.quote} at {self.at}{known}; "
            "add it to the rates of the data, for example in rates.csv"
        )


class MissingRollPrice(UserError, LookupError):
    """Two contracts of a chain have no price in common by which they could be joined.

    ``roll`` is the session in which the chain moves on from ``front`` to ``back``.
    """

    root_symbol: str
    offset: int
    adjustment: object
    front: object
    back: object
    roll: object
    template = (
        "history of the continuous future of {root_symbol} (offset {offset}, adjustment "
        "{adjustment!r}) joins {front} and {back}, which have no close in the same session before "
        "the roll on {roll}; ingest bars of both up to then, or give adjustment=None"
    )


class HistoryWindowStartsBeforeData(UserError, LookupError):
    """A history window reaches back past the first session of the data."""

    first_trading_day: object
    suggested_start_day: object = None

    @property
    def message(self) -> str:
        """Say on which day the run could start instead, if such a day exists."""
        advice = (
            "ask for a shorter window"
            if self.suggested_start_day is None
            else f"start on or after {self.suggested_start_day}"
        )
        return (
            f"the history window starts before the data do, on {self.first_trading_day}; {advice}"
        )


class IncompatibleHistoryFrequency(UserError, ValueError):
    """A history was asked for that is finer than the bars of the run."""

    frequency: object
    data_frequency: object
    template = (
        "history of frequency {frequency} was asked for in a run of {data_frequency} bars; "
        "ask for the same or a coarser frequency"
    )


class NoTradeDataAvailable(UserError, LookupError):
    """An asset is asked for outside its life."""

    sid: object
    dt: object
    template = "{sid} does not trade on {dt}; choose another asset or period"


class NoTradeDataAvailableTooEarly(NoTradeDataAvailable):
    """An asset is asked for before its first day."""

    start_dt: object
    template = "{sid} was asked for on {dt}, but starts trading on {start_dt}; start later"


class NoTradeDataAvailableTooLate(NoTradeDataAvailable):
    """An asset is asked for after its last day."""

    end_dt: object
    template = "{sid} was asked for on {dt}, but stops trading on {end_dt}; end earlier"


class BenchmarkAssetNotAvailableTooEarly(NoTradeDataAvailableTooEarly):
    """The benchmark does not yet trade when the run starts."""


class BenchmarkAssetNotAvailableTooLate(NoTradeDataAvailableTooLate):
    """The benchmark no longer trades when the run ends."""


class InvalidBenchmarkAsset(UserError, ValueError):
    """The benchmark pays a stock dividend, so that its returns are not defined."""

    sid: object
    dt: object
    template = "{sid} has a stock dividend on {dt}; choose another benchmark"


class WrongDataForTransform(UserError, ValueError):
    """A transformation needs fields that its input does not have."""

    transform: object
    fields: object
    template = "{transform} needs the fields {fields}; add them to its input"


class NoSourceError(UserError, ValueError):
    """A run has no data."""

    template = "no data were given; pass a bundle or a frame"


class NoFurtherDataError(UserError, LookupError):
    """Dates beyond the known data are needed."""

    msg: str
    template = "{msg}"


class UnsupportedDatetimeFormat(UserError, ValueError):
    """Something that is no point in time was given to a function."""

    input: object
    method: str
    template = "{method} was given {input!r}; give a datetime, a date or an ISO 8601 text"


# ------------------------------------------------------------------ calendars


class InvalidCalendarName(UserError, LookupError):
    """No calendar has this name."""

    calendar_name: str
    known: Sequence[str] = ()

    @property
    def message(self) -> str:
        """Name calendars that exist."""
        examples = listed(self.known or ("XNYS", "24/7"))
        return (
            f"there is no calendar named {self.calendar_name!r}; "
            f"give the code of an exchange or 24/7, for example: {examples}"
        )


class CalendarNameCollision(UserError, ValueError):
    """A calendar of this name is registered already."""

    calendar_name: str
    template = (
        "a calendar named {calendar_name!r} is registered already; "
        "choose another name or register with force=True"
    )


class CyclicCalendarAlias(UserError, ValueError):
    """Aliases of calendars lead back to themselves."""

    cycle: Sequence[str]

    @property
    def message(self) -> str:
        """Draw the cycle."""
        return f"calendar aliases form the cycle {' -> '.join(self.cycle)}; remove one of them"


class SessionOutOfRange(UserError, LookupError):
    """A time lies outside the sessions that a calendar knows."""

    calendar: str
    requested: object
    first: object
    last: object
    template = (
        "calendar {calendar} has sessions from {first} to {last}, asked for was {requested}; "
        "choose a time between them"
    )


class NotASession(UserError, ValueError):
    """A day is no session of its calendar."""

    calendar: str
    day: object
    template = "{day} is no session of calendar {calendar}; choose a trading day"


class ScheduleFunctionWithoutCalendar(UserError, ValueError):
    """A schedule was asked for in a run whose calendar cannot drive it."""

    schedule: object
    template = "schedule_function needs a trading calendar, the run has {schedule}; name one"


class ScheduleFunctionInvalidCalendar(UserError, ValueError):
    """``schedule_function`` was given a calendar that it does not know."""

    given_calendar: object
    allowed_calendars: Sequence[object]

    @property
    def message(self) -> str:
        """Name the calendars that may be given."""
        return (
            f"schedule_function was given calendar {self.given_calendar!r}; "
            f"give one of {listed(self.allowed_calendars)}"
        )
