"""What a strategy sees of facts that are no prices: `data.fundamentals`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from rustybt.assets import Asset, Instrument
from rustybt.data.arguments import checked_fields, one_or_several
from rustybt.data.bundle import FUNDAMENTALS
from rustybt.errors import InvalidArgument

if TYPE_CHECKING:
    from rustybt.data.cursor import Cursor
    from rustybt.data.point_in_time import PointInTime
    from rustybt.data.portal import PolarsDataPortal


class FactAccess:
    """Fundamentals at the present of a run. Nothing is read before one is asked for."""

    _cursor: "Cursor"
    _portal: "PolarsDataPortal"
    _facts: "PointInTime | None" = None

    @property
    def facts(self) -> "PointInTime":
        """All fundamentals of the run, as they were known at any time up to the present.

        Raises:
            InvalidArgument: The run has none.
            LookaheadError: From its methods, where a time after the present is asked for.
        """
        if self._facts is None:
            self._facts = self._opened_facts()
        return self._facts

    def _opened_facts(self) -> "PointInTime":
        read = self._portal.bundle.tables.get(FUNDAMENTALS)
        if read is None:
            reason = (
                "run_algorithm(fundamentals=...) takes a frame or the name of a data set; "
                "a bundle may have one, too"
            )
            raise InvalidArgument(field="fundamentals", value=None, reason=reason)
        from rustybt.data.point_in_time import PointInTime

        return PointInTime.of(read(), forecasts=True).until(lambda: self._cursor.now)

    def fundamentals(
        self, assets: Instrument | Sequence[Instrument], fields: str | list[str] | tuple[str, ...]
    ) -> Any:  # noqa: ANN401 - numbers and texts
        """What is known at present of assets, from the fundamentals of the run.

        Of what has become known by the end of the bar it is the newest: about the newest time
        (`effective_at`), as it was last stated. `data.facts` shows more: `history`, `as_of`.

        Args:
            assets: One, or a list; they are found by their symbols.
            fields: One, or a list.

        Returns:
            A value for one asset and one field, a dict by asset for several assets and one
            field, a frame ``symbol, fields…`` for a list of fields. Numbers are Decimals, or
            floats in float mode. What is not known is None.

        Raises:
            InvalidArgument: The run has no fundamentals; or for what is no asset or no field.
        """
        one, several = one_or_several(assets)
        for asset in several:
            if not isinstance(asset, Asset):
                raise InvalidArgument(field="assets", value=asset, reason="give assets")
        facts = self.facts
        if isinstance(fields, str):
            values = [self._fact(facts, asset, fields) for asset in several]
            return values[0] if one else self._facts_by_asset(several, values, fields)
        names = checked_fields(fields, facts.fields)
        rows = [[self._fact(facts, asset, name) for name in names] for asset in several]
        return self._fact_table(several, names, rows, one=one)

    def _fact(self, facts: "PointInTime", asset: Instrument, field: str) -> object:
        value = facts.value(asset.symbol, field, self._cursor.now)
        return self._shown(value, text=facts.is_text(field))

    def _shown(self, value: Any, *, text: bool) -> object:  # noqa: ANN401 - a Decimal or a text
        """A value as the strategy sees it."""
        if value is None or text or self._portal.arithmetic.exact:
            return value
        return float(value)

    def _facts_by_asset(
        self, assets: Sequence[Instrument], values: list[object], field: str
    ) -> object:
        """Values of several assets."""
        return dict(zip(assets, values, strict=True))

    def _fact_table(
        self,
        assets: Sequence[Instrument],
        fields: Sequence[str],
        rows: list[list[object]],
        *,
        one: bool,
    ) -> object:
        """Values of several fields."""
        exact = self._portal.arithmetic.exact
        columns = [pl.Series("symbol", [asset.symbol for asset in assets], pl.String)]
        for place, field in enumerate(fields):
            dtype = self.facts.dtype(field)
            shown = dtype if exact or dtype == pl.String else pl.Float64()
            columns.append(pl.Series(field, [row[place] for row in rows], shown))
        return pl.DataFrame(columns)
