"""Corporate actions of every kind, drawn for laws."""

from hypothesis import strategies as st

from rustybt.data.actions import (
    Action,
    CashDividend,
    Delisting,
    Merger,
    RightsOffering,
    SpinOff,
    Split,
    StockDividend,
)
from rustybt.values import Ratio

SIDS = st.integers(0, 5)
OTHERS = st.integers(6, 9)
DAYS = st.integers(0, 20_000)
RATIOS = st.builds(Ratio, st.integers(1, 10**25), st.integers(1, 10**25))
SHORT_RATIOS = st.builds(Ratio, st.integers(1, 1_000), st.integers(1, 1_000))
MONEY = st.decimals("0.000001", 100_000, places=6)
CURRENCIES = st.sampled_from(["USD", "EUR"])
FRACTIONS = st.sampled_from(["cash", "drop", "round_up"])

SPLITS = st.builds(Split, sid=SIDS, effective=DAYS, ratio=SHORT_RATIOS)
DIVIDENDS = st.builds(
    CashDividend,
    sid=SIDS,
    ex=DAYS,
    pay=DAYS,
    amount=MONEY,
    declared=st.none() | DAYS,
    record=st.none() | DAYS,
    currency=CURRENCIES,
)
STOCK_DIVIDENDS = st.builds(
    lambda wait, **terms: StockDividend(pay=terms["ex"] + wait, **terms),
    st.integers(0, 40),
    sid=SIDS,
    ex=DAYS,
    ratio=RATIOS,
    declared=st.none() | DAYS,
    record=st.none() | DAYS,
    fractions=FRACTIONS,
)
MERGERS = st.builds(
    Merger, sid=SIDS, effective=DAYS, cash=MONEY, currency=CURRENCIES, fractions=FRACTIONS
) | st.builds(
    Merger,
    sid=SIDS,
    effective=DAYS,
    cash=st.none() | MONEY,
    acquirer=OTHERS,
    ratio=RATIOS,
    fractions=FRACTIONS,
)
SPIN_OFFS = st.builds(
    SpinOff,
    sid=SIDS,
    effective=DAYS,
    child=OTHERS,
    ratio=RATIOS,
    cost_share=st.none() | st.just(Ratio(1)) | st.just(Ratio(3, 7)),
    child_price=st.none() | MONEY,
    fractions=FRACTIONS,
) | st.builds(
    SpinOff,
    sid=SIDS,
    effective=DAYS,
    child=OTHERS,
    ratio=RATIOS,
    parent_price=MONEY,
    child_price=MONEY,
)
RIGHTS = st.builds(
    lambda wait, **terms: RightsOffering(expiry=terms["ex"] + wait, **terms),
    st.integers(0, 40),
    sid=SIDS,
    ex=DAYS,
    price=MONEY,
    ratio=RATIOS,
    rights=RATIOS,
    rights_sid=st.none() | OTHERS,
    currency=CURRENCIES,
    fractions=FRACTIONS,
)
DELISTINGS = st.builds(
    Delisting,
    sid=SIDS,
    effective=DAYS,
    price=st.none() | st.decimals(0, 1_000, places=2),
)

ACTIONS: st.SearchStrategy[Action] = st.one_of(
    SPLITS, DIVIDENDS, STOCK_DIVIDENDS, MERGERS, SPIN_OFFS, RIGHTS, DELISTINGS
)
