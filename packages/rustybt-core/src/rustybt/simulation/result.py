"""What a run leaves behind."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from rustybt.errors import InvalidArgument
from rustybt.simulation.manifest import Manifest
from rustybt.simulation.rules import SimulationRules
from rustybt.simulation.tables import Tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    import polars as pl

    from rustybt.assets import Asset
    from rustybt.metrics import Summary
    from rustybt.simulation.envelope import Envelope
    from rustybt.simulation.explanations.explanation import Explanation
    from rustybt.values import Value

_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class BacktestResult:
    """The result of a run: frames, a summary, and how it came about.

    Money, prices and amounts are Decimals where the run computed with them, else Float64. Times
    are UTC.

    Attributes:
        tables: Every frame as it is kept, with sids.
        assets: The assets that the run traded or held, by sid.
        capital_base: Capital at the start.
        manifest: Arguments, code, data and versions.
        envelope: The same run under other fills, None where it was not asked for.
    """

    tables: Tables
    assets: Mapping[int, Asset]
    capital_base: Value
    manifest: Manifest
    envelope: Envelope | None = None

    def __repr__(self) -> str:
        sessions, values = self.performance["session"], self.performance["portfolio_value"]
        span = f"{sessions[0]} to {sessions[-1]}" if len(sessions) else "an empty span"
        ending = values[-1] if len(values) else self.capital_base
        return (
            f"<BacktestResult of {span}: {len(sessions):,} sessions, "
            f"ending value {ending:,.2f}, kernel {self.manifest.kernel}>"
        )

    @property
    def performance(self) -> pl.DataFrame:
        """A row per session: value, cash, exposure, returns, leverage, risk figures so far."""
        return self.tables.performance

    @property
    def orders(self) -> pl.DataFrame:
        """A row per order, in order of creation, in its final state.

        Columns: id, symbol, created, last_modified, amount, filled, commission, limit, stop,
        limit_reached, stop_reached, status (OPEN, FILLED, CANCELLED, REJECTED), reason, code (the
        stable name of the reason), order_type (market, limit, stop, stop_limit, trailing_stop,
        iceberg), time_in_force, group_id, role (entry, take_profit, stop_loss, leg), strategy.
        """
        return self.tables.orders.drop("sid")

    @property
    def transactions(self) -> pl.DataFrame:
        """A row per execution, in order of execution.

        Columns: order_id (null for an auto-close), symbol, dt, amount, price, commission.
        """
        return self.tables.transactions.drop("sid")

    @property
    def positions(self) -> pl.DataFrame:
        """A row per session and open position.

        Columns: session, symbol, amount, cost_basis, last_sale_price.
        """
        return self.tables.positions.drop("sid")

    @property
    def recorded(self) -> pl.DataFrame:
        """A row per session with the last value of everything that the strategy recorded."""
        return self.tables.recorded

    @property
    def trades(self) -> pl.DataFrame:
        """A row per round trip, from flat to flat; see `rustybt.simulation.trips.trades`.

        Columns: trade, symbol, side, status, entry_dt, exit_dt, entry_price, exit_price, quantity,
        lots, bars, held, gross_pnl, dividends, commission, other_costs, net_pnl, return, mae, mfe,
        mae_price, mfe_price, slippage, currency, strategy. The net profits of all rows are the
        profit of the run, but for interest and other money that belongs to no asset.
        """
        return self.tables.trades.drop("sid")

    @property
    def lots(self) -> pl.DataFrame:
        """A row per closed part of a lot, in order of closing: what it cost and what it made.

        Columns: trade (the round trip), lot, symbol, side, cause (trade, cash_in_lieu, merger,
        return_of_capital, delivery, rights), entry_dt (the beginning of the holding period),
        exit_dt, entry_price, exit_price, quantity, bars, held, cost, proceeds, gross_pnl,
        commission, net_pnl, return, mae, mfe, mae_price, mfe_price, entry_order, exit_order,
        currency, strategy.
        """
        return self.tables.lots.drop("sid")

    @property
    def journal(self) -> pl.DataFrame | None:
        """A row per posting; None where the run kept no journal."""
        return self.tables.journal

    def order_audit_log(self, path: str | Path | None = None) -> list[dict[str, object]]:
        """Every step of every order, as rows of the table `order_audit_log`.

        The rows are those of `rustybt.orders.order_audit_log`; a result that was loaded gives the
        same ones as the run did.

        Args:
            path: A file to write them to as JSON, an array with a line for each row: the whole of
                it or nothing. Not written if not given.

        Returns:
            The rows.

        Raises:
            InvalidArgument: The file cannot be written, or the result was kept without the trails
                of its orders.
        """
        from rustybt.orders import audit_json, order_audit_log
        from rustybt.simulation.explanations.order_trails import recorded_orders
        from rustybt.simulation.store import write_text
        from rustybt.simulation.trips.run_records import arithmetic_of
        from rustybt.views import PublicView

        view = PublicView(arithmetic_of(self.tables))
        rows = order_audit_log(recorded_orders(self.tables, self.assets), view)
        if path is not None:
            write_text(Path(path), audit_json(rows))
        return rows

    def explain(self, order_id: str) -> Explanation:
        """Why an order filled where it did, or why it did not; ``print`` tells it in words.

        A result that was loaded explains its orders as the run did, without the data.

        Args:
            order_id: The id that the order function returned, as in `orders`.

        Raises:
            OrderNotFound: The run has no such order.
            InvalidArgument: The result was kept without what explains orders.
        """
        from rustybt.simulation.explanations.explain import explain

        rules = self.manifest.arguments.get("rules")
        chosen = rules if isinstance(rules, SimulationRules) else SimulationRules.standard()
        return explain(self.tables, self.assets, order_id, chosen)

    def summary(self) -> Summary:
        """Span, money and figures of the run, and its kernel; prints as a table."""
        from rustybt.metrics import summarize

        tables = self.tables
        return summarize(
            tables.performance,
            tables.orders,
            tables.transactions,
            capital_base=self.capital_base,
            kernel=self.manifest.kernel,
        )

    def to_pandas(self) -> pd.DataFrame:
        """The performance frame as Zipline has it: indexed by close, all columns, floats.

        Raises:
            MissingExtra: pandas is not installed.
        """
        from rustybt.simulation.zipline_frame import zipline_frame

        return zipline_frame(self.tables, self.assets)

    def save(self, directory: str | Path) -> Path:
        """Write the result to a folder, whole or not at all; an older result there is replaced.

        The catalog of data notes what a run on a bundle has read.

        Args:
            directory: The folder.

        Returns:
            The folder.

        Raises:
            InvalidArgument: The folder holds something other than a result, or cannot be written.
        """
        from rustybt.simulation import store
        from rustybt.simulation.encoding import encode

        folder = Path(directory)
        document = {
            "format": _FORMAT,
            "capital_base": encode(self.capital_base),
            "assets": encode(list(self.assets.values())),
            "envelope": encode(self.envelope),
            "manifest": self.manifest.to_json(),
        }
        store.write_folder(
            folder,
            frames=self.tables.items(),
            document=document,
            source=self.manifest.strategy.source,
            data=self.manifest.data.frame,
        )
        if self.manifest.data.bundle is not None:
            from rustybt.simulation.recording import record

            record(folder, self.manifest)
        return folder

    @classmethod
    def load(cls, directory: str | Path) -> Self:
        """Read a result that :meth:`save` wrote.

        Raises:
            InvalidArgument: The folder holds no result, or one of another format.
        """
        from rustybt.simulation import store
        from rustybt.simulation.encoding import decode

        folder = Path(directory)
        document = store.read_document(folder)
        if document.get("format") != _FORMAT:
            raise InvalidArgument(
                field="format of the saved run",
                value=document.get("format"),
                reason="read it with the version of RustyBT that wrote it",
            )
        assets = decode(document["assets"])
        return cls(
            tables=Tables(**{name: _frame(folder, name) for name in Tables.NAMES}),
            assets={asset.sid: asset for asset in assets},
            envelope=decode(document.get("envelope")),
            capital_base=decode(document["capital_base"]),
            manifest=Manifest.from_json(
                document["manifest"],
                source=(folder / store.STRATEGY).read_text(encoding="utf-8"),
                frame=store.read_frame(folder, "data"),
            ),
        )


def _frame(folder: Path, name: str) -> Any:  # noqa: ANN401 - only the journal may be None
    from rustybt.simulation.store import read_frame

    frame = read_frame(folder, name)
    if frame is None and name not in Tables.OPTIONAL:
        raise InvalidArgument(
            field="directory", value=str(folder), reason=f"the saved run lacks {name}.parquet"
        )
    return frame
