"""The functions of a running algorithm that find things: assets, times, the environment."""

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, Literal, SupportsIndex
from zoneinfo import ZoneInfo

from rustybt.algorithm.base import AlgorithmBase
from rustybt.calendars import Moment, from_day, from_ns, to_day
from rustybt.errors import InvalidArgument, UnsupportedDatetimeFormat

if TYPE_CHECKING:
    from rustybt.assets import Asset, ContinuousFuture, Future


class LookupMethods(AlgorithmBase):
    """`symbol` and its relatives."""

    def symbol(self, symbol_str: str, country_code: str | None = None) -> "Asset":
        """The asset that has a symbol, as of the look-up date.

        The look-up date is that of `set_symbol_lookup_date`, else the last session of the run.

        Args:
            symbol_str: The symbol; lower case is as good as upper case.
            country_code: Where the same symbol trades in several countries.

        Raises:
            TypeError: It is no text.
            SymbolNotFound: Nothing has this symbol.
            MultipleSymbolsFound: Several assets had it; set a look-up date.
        """
        if not isinstance(symbol_str, str):
            raise TypeError(f"symbol_str was {symbol_str!r}; give a text such as 'AAPL'")
        env = self._env
        as_of = env.lookup_date or env.parameters.end_session
        asset = env.finder.lookup_symbol(symbol_str.upper(), as_of, country_code=country_code)
        env.portal.subscribe([asset])
        return asset

    def symbols(self, *args: str, country_code: str | None = None) -> "list[Asset]":
        """The assets that have these symbols; see `symbol`."""
        return [self.symbol(name, country_code=country_code) for name in args]

    def sid(self, sid: int) -> "Asset":
        """The asset of this number in the bundle.

        Raises:
            SidsNotFound: There is none.
            InvalidArgument: It is no whole number.
        """
        if not isinstance(sid, SupportsIndex):
            raise InvalidArgument(field="sid", value=sid, reason="give a whole number")
        asset = self._env.finder.retrieve_asset(int(sid))
        self._env.portal.subscribe([asset])
        return asset

    def future_symbol(self, symbol: str) -> "Future":
        """The futures contract of this symbol.

        Raises:
            SymbolNotFound: There is none.
        """
        contract = self._env.finder.lookup_future_symbol(symbol.upper())
        self._env.portal.subscribe([contract])
        return contract

    def continuous_future(
        self,
        root_symbol_str: str,
        offset: int = 0,
        roll: Literal["calendar", "volume", "open_interest"] = "volume",
        adjustment: Literal["mul", "add"] | None = "mul",
    ) -> "ContinuousFuture":
        """The chain of contracts of a root symbol, as one thing to read; it cannot be ordered.

        `data.current(chain, "contract")` is the contract that it holds today. When it moves on to
        the next one is told in `rustybt.assets.rolls`.

        Args:
            root_symbol_str: Root symbol, such as "CL".
            offset: 0 for the active contract, 1 for the next, and so on.
            roll: "volume", "calendar" or "open_interest"; the last needs a column of that name.
            adjustment: How history joins prices of different contracts: "mul" multiplies older
                ones, "add" moves them, None leaves them as they were.

        Raises:
            TypeError: The root symbol is no text.
            RootSymbolNotFound: There is no such chain.
            InvalidArgument: An argument is none of its allowed values, or the data lack what the
                chain is to be rolled by.
        """
        if not isinstance(root_symbol_str, str):
            raise TypeError(f"root_symbol_str was {root_symbol_str!r}; give a text such as 'CL'")
        chain = self._env.finder.create_continuous_future(
            root_symbol_str.upper(), offset, roll, adjustment
        )
        self._env.portal.subscribe([chain])
        return chain

    def set_symbol_lookup_date(self, dt: Moment) -> None:
        """Let `symbol` resolve as of this date from now on.

        Raises:
            UnsupportedDatetimeFormat: It is no date.
        """
        try:
            self._env.lookup_date = from_day(to_day(dt))
        except InvalidArgument as error:
            raise UnsupportedDatetimeFormat(input=dt, method="set_symbol_lookup_date") from error

    def get_datetime(self, tz: "tzinfo | str | None" = None) -> datetime:
        """Now in the run's time.

        Args:
            tz: The zone to express it in, or its name; UTC when not given.
        """
        now = self._env.current_dt
        if tz is None:
            return now
        return now.astimezone(ZoneInfo(tz) if isinstance(tz, str) else tz)

    def get_environment(self, field: str = "platform") -> Any:  # noqa: ANN401 - of all kinds
        """Facts about the run.

        Args:
            field: One of arena, data_frequency, start, end, capital_base, platform; or "*" for
                all of them in a dict.

        Raises:
            InvalidArgument: There is no such field.
        """
        env = self._env
        calendar, parameters = env.calendar, env.parameters
        first = calendar.session_index(parameters.start_session)
        last = calendar.session_index(parameters.end_session)
        facts = {
            "arena": parameters.arena,
            "data_frequency": parameters.data_frequency,
            "start": env.view.instant(calendar.first_minute(first)),
            "end": env.view.instant(calendar.session_close(last)),
            "capital_base": parameters.capital_base,
            "platform": env.platform,
        }
        if field == "*":
            return facts
        if field not in facts:
            raise InvalidArgument(
                field="field", value=field, reason=f"give one of {', '.join(facts)} or '*'"
            )
        return facts[field]

    @property
    def datetime(self) -> datetime:
        """Now in the run's time, UTC."""
        return from_ns(self._env.now)
