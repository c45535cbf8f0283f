"""A factor beside the returns that followed it, and an account of what was left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from rustybt.errors import FactorLossExceeded, InvalidArgument
from rustybt.pipeline.alpha.buckets import read_cut, with_buckets
from rustybt.pipeline.alpha.inputs import (
    FORWARD,
    KEYS,
    Frame,
    Groups,
    forward,
    in_order,
    names_of,
    numbers,
    read_keyed,
    with_groups,
)
from rustybt.pipeline.alpha.returns import AfterEnd, Entry, forward_returns

REASONS: Final = (
    "no_factor",
    "no_group",
    "no_price",
    "data_ended",
    "asset_ended",
    "no_return",
    "no_quantile",
)
"""Why a row is left out; the first one that holds.

`no_factor`: the factor is null, NaN or infinite. `no_group`: the group is null. `no_price`: there
is no price to buy at. `data_ended`: the prices end before the longest period does. `asset_ended`:
the asset does. `no_return`: a return is missing for another reason. `no_quantile`: two edges of
the session's quantiles are equal, or the factor lies outside of all edges.
"""

_REMEDIES: Final = {
    "no_factor": "fill or leave out the factor's gaps",
    "no_group": "give every asset a group",
    "no_price": "give prices of all sessions and assets of the factor",
    "data_ended": "give prices beyond the factor's last session, or end the factor earlier",
    "asset_ended": 'give after_end="last", or shorter periods',
    "no_return": "give returns of all rows",
    "no_quantile": "give fewer quantiles, shares of unequal size, or bins",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FactorData:
    """A factor, its quantiles and the returns that followed: what the other functions take.

    Attributes:
        frame: ``session, sid, factor, group, quantile, forward_1, …`` by session and sid, without
            nulls; `group` only where there are groups.
        periods: Periods of the returns, in sessions.
        dropped: ``session, sid, reason``: what was left out, in the order of the factor; see
            `REASONS`.
    """

    frame: pl.DataFrame
    periods: tuple[int, ...]
    dropped: pl.DataFrame

    def account(self) -> pl.DataFrame:
        """``reason, rows, share``: how many rows of the factor were kept, and dropped for what."""
        given = self.frame.height + self.dropped.height
        counts = dict(self.dropped["reason"].value_counts().iter_rows())
        rows = {"kept": self.frame.height, **{name: counts.get(name, 0) for name in REASONS}}
        return pl.DataFrame(
            {
                "reason": list(rows),
                "rows": list(rows.values()),
                "share": [count / given for count in rows.values()],
            }
        )


def clean_factor_and_forward_returns(  # noqa: PLR0913 - those of the two functions that it joins
    factor: Frame,
    prices: Frame,
    *,
    periods: Sequence[int] = (1, 5, 10),
    groups: Groups | None = None,
    quantiles: int | Sequence[float] | None = None,
    bins: int | Sequence[float] | None = None,
    by_group: bool = False,
    zero_aware: bool = False,
    max_loss: float = 0.35,
    entry: Entry = "close",
    after_end: AfterEnd = "null",
) -> FactorData:
    """A factor beside the returns that followed: `forward_returns`, then `clean_factor`.

    Args:
        factor: As in `clean_factor`.
        prices: As in `forward_returns`; so are `periods`, `entry` and `after_end`.
        periods: In sessions.
        groups: As in `clean_factor`, and so are all that follow.
        quantiles: How many parts of equal size, or shares.
        bins: How many parts of equal width, or values.
        by_group: Whether each group is cut by itself.
        zero_aware: Whether values below zero are cut by themselves.
        max_loss: The share of rows that may be lost.
        entry: At which price one buys and sells.
        after_end: What an asset is worth after its end.

    Raises:
        InvalidArgument: As in the two functions.
        FactorLossExceeded: More than `max_loss` of the factor would be left out.
    """
    returns = forward_returns(prices, periods, entry=entry, after_end=after_end)
    return clean_factor(
        factor,
        returns,
        groups=groups,
        quantiles=quantiles,
        bins=bins,
        by_group=by_group,
        zero_aware=zero_aware,
        max_loss=max_loss,
    )


def clean_factor(
    factor: Frame,
    returns: Frame,
    *,
    groups: Groups | None = None,
    quantiles: int | Sequence[float] | None = None,
    bins: int | Sequence[float] | None = None,
    by_group: bool = False,
    zero_aware: bool = False,
    max_loss: float = 0.35,
) -> FactorData:
    """A factor beside forward returns, cut into quantiles or bins session by session.

    A row is kept where it has a factor, a group (where there are groups), a return of every period
    and a quantile.

    Args:
        factor: ``session, sid, factor``, and `group` (String) where the factor has groups. The
            factor of a session is what was known before its open.
        returns: What `forward_returns` gives.
        groups: The group of each asset, in place of a column of the factor: by sid, or a frame
            ``sid, group`` or ``session, sid, group``.
        quantiles: How many parts of as many rows each, or the shares at which to cut, such as
            ``(0, 0.1, 0.9, 1)``; 5 where `bins` are not given either.
        bins: How many parts of equal width between a session's lowest and highest value, or the
            values at which to cut.
        by_group: Whether each group of a session is cut by itself.
        zero_aware: Whether values below zero are cut by themselves, into the lower half of the
            parts; their number has to be even.
        max_loss: The share of the factor's rows that may be left out, from 0 to 1.

    Raises:
        InvalidArgument: A frame lacks a column or has one of another type, an asset has a session
            twice, factor and returns have no session or no asset in common, an argument cannot be.
        FactorLossExceeded: More than `max_loss` of the factor would be left out.
    """
    cut = read_cut(quantiles, bins, zero_aware=zero_aware)
    if not 0 <= max_loss <= 1:
        raise InvalidArgument(field="max_loss", value=max_loss, reason="give a share from 0 to 1")
    given = _read_factor(factor, groups)
    earned, periods = _read_returns(returns)
    _check_overlap(given, earned)
    keys = ["session"]
    if by_group:
        check_groups(given, field="by_group")
        keys.append("group")
    reasoned = _reasoned(given, earned, periods)
    is_whole = pl.col("reason").is_null()
    whole = with_buckets(reasoned.filter(is_whole).drop("price", "reason"), cut, keys)
    uncut = whole.filter(pl.col("quantile").is_null()).select(
        *KEYS, pl.lit("no_quantile").alias("reason")
    )
    dropped = pl.concat([reasoned.filter(~is_whole).select(*KEYS, "reason"), uncut])
    group = [name for name in ("group",) if name in whole.columns]
    columns = [*KEYS, "factor", *group, "quantile", *map(forward, periods)]
    kept = whole.filter(pl.col("quantile").is_not_null()).select(columns)
    data = FactorData(frame=kept, periods=periods, dropped=in_order(dropped, field="factor"))
    _check_loss(data, max_loss)
    return data


def check_groups(frame: pl.DataFrame, *, field: str) -> None:
    """Refuse to work by group where there are none.

    Raises:
        InvalidArgument: The frame has no column `group`.
    """
    if "group" not in frame.columns:
        reason = "the factor has no groups: give groups, or a column group"
        raise InvalidArgument(field=field, value=True, reason=reason)


def _read_factor(factor: Frame, groups: Groups | None) -> pl.DataFrame:
    known = names_of(factor, field="factor")
    own = ["group"] if groups is None and "group" in known else []
    given = numbers(read_keyed(factor, ["factor", *own], field="factor"), "factor", field="factor")
    if given.is_empty():
        raise InvalidArgument(field="factor", value="no rows", reason="give values of a factor")
    finite = pl.when(pl.col("factor").is_finite()).then(pl.col("factor"))
    given = given.with_columns(finite.alias("factor"))
    if groups is not None:
        return with_groups(given, groups)
    return given.with_columns(pl.col(name).cast(pl.String) for name in own)


def _read_returns(returns: Frame) -> tuple[pl.DataFrame, tuple[int, ...]]:
    known = names_of(returns, field="returns")
    texts = [name.removeprefix(FORWARD) for name in known if name.startswith(FORWARD)]
    periods = tuple(sorted(int(text) for text in texts if text.isdecimal()))
    if not periods:
        reason = "give what forward_returns gives: it has columns such as forward_1"
        raise InvalidArgument(field="returns", value=known, reason=reason)
    columns = ["price", *map(forward, periods)]
    earned = read_keyed(returns, columns, field="returns")
    for column in columns:
        earned = numbers(earned, column, field="returns")
    return earned, periods


def _check_overlap(factor: pl.DataFrame, returns: pl.DataFrame) -> None:
    for key in KEYS:
        ours, theirs = factor[key].unique(), returns[key].unique()
        if not ours.is_in(theirs.implode()).any():
            met = f"{_span(ours)}, prices {_span(theirs)}"
            reason = f"they have no {key} in common: give prices of the factor's"
            raise InvalidArgument(field=f"factor.{key}", value=met, reason=reason)


def _span(values: pl.Series) -> str:
    ordered = values.sort()
    return f"{ordered[0]} to {ordered[-1]}"


def _reasoned(
    factor: pl.DataFrame, returns: pl.DataFrame, periods: tuple[int, ...]
) -> pl.DataFrame:
    """The factor with its returns and `reason`: why a row cannot be kept, else null."""
    joined = factor.join(returns, on=KEYS, how="left", maintain_order="left")
    sessions = returns["session"].unique().sort()
    ends = sessions[-1 - periods[-1]] if len(sessions) > periods[-1] else None
    late = pl.lit(value=True) if ends is None else pl.col("session") > ends
    columns = [pl.col(forward(period)) for period in periods]
    lacks = pl.any_horizontal(column.is_null() for column in columns)
    ungrouped = pl.col("group").is_null() if "group" in factor.columns else pl.lit(value=False)
    reason = (
        pl.when(pl.col("factor").is_null())
        .then(pl.lit("no_factor"))
        .when(ungrouped)
        .then(pl.lit("no_group"))
        .when(pl.col("price").is_null() | (pl.col("price") <= 0))
        .then(pl.lit("no_price"))
        .when(lacks & late)
        .then(pl.lit("data_ended"))
        .when(lacks & columns[-1].is_null())
        .then(pl.lit("asset_ended"))
        .when(lacks)
        .then(pl.lit("no_return"))
    )
    return joined.with_columns(reason.alias("reason"))


def _check_loss(data: FactorData, max_loss: float) -> None:
    given = data.frame.height + data.dropped.height
    lost = data.dropped.height / given
    if lost > max_loss or not data.frame.height:
        counts = {
            name: rows for name, rows, _ in data.account().iter_rows() if rows and name != "kept"
        }
        most = max(counts, key=lambda name: counts[name])
        raise FactorLossExceeded(
            limit=max_loss, given=given, dropped=counts, remedy=_REMEDIES[most]
        )
