"""Margin models: rules and published examples, by hand in tables."""

from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import Any

import pytest
from finance.books import AAA, BBB, COIN, OIL

from rustybt.assets import Asset, CurrencyPair, Equity, ExchangeInfo, Future, Perpetual
from rustybt.errors import InvalidArgument, InvalidNumber
from rustybt.finance.margin import (
    BTCUSDT_TIERS,
    ByAssetClass,
    CryptoCross,
    CryptoIsolated,
    FutureMargins,
    MarginModel,
    MarginPart,
    MarginPosition,
    PortfolioPercent,
    RegT,
    TierTable,
    standard_margin,
    total,
)
from rustybt.plugins import groups, registry
from rustybt.values import KERNEL_CONTEXT, like

D = Decimal
CME = ExchangeInfo("Chicago Mercantile Exchange", "CME", "US")
ES = Future(sid=11, symbol="ESZ24", exchange_info=CME, root_symbol="ES", price_multiplier=D(50))
CL = Future(sid=12, symbol="CLZ24", exchange_info=CME, root_symbol="CL", price_multiplier=D(1000))
SAP = Equity(sid=13, symbol="SAP", exchange_info=ExchangeInfo("Xetra"), currency="EUR")
PAIR = CurrencyPair(sid=14, symbol="EUR/USD", exchange_info=ExchangeInfo("IDEALPRO"))

SWAP = Perpetual(sid=15, symbol="BTC/USDT:USDT", exchange_info=ExchangeInfo("Binance"))


def required(model: MarginModel, asset: Asset, amount: str, price: str) -> tuple[str, str]:
    """The two requirements of a position, in Decimals; floats give the same."""
    multiplier = asset.price_multiplier
    with localcontext(KERNEL_CONTEXT):
        held = MarginPosition(asset, D(amount), D(price), multiplier, asset.currency)
        exact = model.position(held)
        floating = model.position(
            MarginPosition(asset, float(amount), float(price), float(multiplier), asset.currency)
        )
    assert [type(each) for each in floating] == [float, float]
    assert floating == pytest.approx([float(each) for each in exact], rel=1e-12)
    return f"{exact.initial.normalize():f}", f"{exact.maintenance.normalize():f}"


# ---------------------------------------------------------------------- US stocks


@pytest.mark.parametrize(
    ("amount", "price", "initial", "maintenance"),
    [
        # Long: 50 % to open (Regulation T, 220.12), 25 % to keep (FINRA 4210(c)(1)).
        ("1000", "40", "20000", "10000"),  # Series 7 primer: 1,000 at 40 take a deposit of 20,000
        ("1000", "50", "25000", "12500"),
        ("100", "15", "750", "375"),
        ("100", "0.40", "20", "10"),  # cheap longs have no minimum per share
        ("0", "40", "0", "0"),
        # Short from $5.00 on: 50 % beside the proceeds; 30 %, no less than $5.00 per share.
        ("-500", "40", "10000", "6000"),  # Silicon Investor: 500 at 40 take 10,000
        ("-100", "50", "2500", "1500"),
        ("-100", "16.67", "833.5", "500.1"),
        ("-100", "16.66", "833", "500"),  # 5.00 per share is more than 30 % of 16.66
        ("-100", "12", "600", "500"),
        ("-100", "10", "500", "500"),
        ("-100", "8", "500", "500"),  # maintenance is the more: it is the initial one as well
        ("-100", "5", "500", "500"),
        # Below $5.00: 100 %, no less than $2.50 per share.
        ("-100", "4.99", "499", "499"),
        ("-100", "2.51", "251", "251"),
        ("-100", "2.50", "250", "250"),
        ("-10000", "2", "25000", "25000"),  # Silicon Investor: 10,000 at 2.00 take 25,000
        ("-100", "0.10", "250", "250"),
    ],
)
def test_reg_t(amount: str, price: str, initial: str, maintenance: str) -> None:
    assert required(RegT(), AAA, amount, price) == (initial, maintenance)


def test_reg_t_has_no_dollars_per_share_for_other_currencies() -> None:
    assert required(RegT(), SAP, "-100", "2") == ("100", "60")


def test_house_requirements_take_the_place_of_the_rules() -> None:
    house = RegT("0.6", "0.4", "0.35")
    assert required(house, AAA, "100", "100") == ("6000", "4000")
    assert required(house, AAA, "-100", "100") == ("6000", "3500")
    # A maintenance share above the initial one counts for both.
    assert required(RegT("0.3", "0.4"), AAA, "100", "100") == ("4000", "4000")


def parts(model: MarginModel, *held: tuple[Asset, str, str]) -> list[MarginPart]:
    found = []
    for asset, amount, price in held:
        position = MarginPosition(
            asset, D(amount), D(price), asset.price_multiplier, asset.currency
        )
        found.append(MarginPart(position, position.value, model.position(position)))
    return found


@pytest.mark.parametrize(
    ("held", "initial"),
    [
        # FINRA 4210(b), as flashcards of the Series 7 examination have it: 2,000 dollars, but no
        # more than what is bought costs; shorts always.
        ([("100", "15")], "1500"),
        ([("100", "30")], "2000"),
        ([("100", "50")], "2500"),
        ([("-100", "10")], "2000"),
        ([("-100", "50")], "2500"),
        ([("50", "15"), ("-10", "20")], "2000"),
        ([], "0"),
    ],
)
def test_minimum_equity_of_a_margin_account(held: Sequence[tuple[str, str]], initial: str) -> None:
    model = RegT(minimum_equity=2000)
    assets = (AAA, BBB)
    positions = [(asset, *each) for asset, each in zip(assets, held, strict=False)]
    assert model.book(parts(model, *positions)).initial == D(initial)
    assert model.book(parts(model, *positions)).maintenance <= D(initial)


def test_a_book_requires_the_sum_of_its_positions() -> None:
    model = RegT()
    held = parts(model, (AAA, "100", "50"), (BBB, "-100", "20"))
    assert model.book(held) == total(held) == (2500 + 1000, 1250 + 600)


# ---------------------------------------------------------------------- shares of value


@pytest.mark.parametrize(
    ("asset", "initial", "maintenance"),
    [
        (AAA, "150", "100"),  # by asset
        (BBB, "300", "250"),  # by symbol
        (SAP, "500", "250"),  # by class
        (PAIR, "20", "10"),
        (COIN, "1000", "1000"),  # not named: in full
        (SWAP, "50", "50"),  # by type
    ],
)
def test_shares_by_asset_symbol_and_class(asset: Asset, initial: str, maintenance: str) -> None:
    opened: dict[Asset | str, str] = {
        AAA: "0.15",
        "BBB": "0.3",
        "equity": "0.5",
        "forex": "0.02",
        "perpetual": "0.05",
    }
    kept: dict[Asset | str, str] = {
        AAA: "0.1",
        "BBB": "0.25",
        "equity": "0.25",
        "forex": "0.01",
        "perpetual": "0.05",
    }
    model = PortfolioPercent(opened, kept)
    assert required(model, asset, "10", "100") == (initial, maintenance)
    assert required(model, asset, "-10", "100") == (initial, maintenance)


def test_one_share_for_everything() -> None:
    assert required(PortfolioPercent("0.15"), COIN, "2", "50") == ("15", "15")
    # What keeping takes is the least that opening takes.
    assert required(PortfolioPercent("0.1", "0.15"), COIN, "2", "50") == ("15", "15")


# ---------------------------------------------------------------------- futures


@pytest.mark.parametrize(
    ("asset", "amount", "price", "initial", "maintenance"),
    [
        # "Futures Money Machine", page 24: a contract of crude oil takes 9,000 and 6,500 to keep.
        (CL, "1", "40", "9000", "6500"),
        (CL, "-3", "40", "27000", "19500"),
        (CL, "1", "-37.63", "9000", "6500"),  # 20 April 2020: money per contract knows no price
        # ACCA P4, December 2018: 98 contracts at 1,450 and 1,360.
        (ES, "98", "4500", "142100", "133280"),
        (ES, "0", "4500", "0", "0"),
        (OIL, "2", "30", "330", "300"),  # not named: 11 and 10 % of 2 x 30 x 50
    ],
)
def test_money_per_contract(
    asset: Asset, amount: str, price: str, initial: str, maintenance: str
) -> None:
    model = FutureMargins({"CL": (9000, 6500), "ESZ24": (1450, 1360), "ES": (1, 1)})
    assert required(model, asset, amount, price) == (initial, maintenance)


def test_a_contract_goes_before_its_symbol_and_its_root() -> None:
    table: dict[Asset | str, tuple[int, int]] = {ES: (3, 3), "ESZ24": (2, 2), "ES": (1, 1)}
    model = FutureMargins(table)
    assert required(model, ES, "1", "4500") == ("3", "3")


# ---------------------------------------------------------------------- crypto


@pytest.mark.parametrize(
    ("value", "maintenance"),
    [
        # Binance, BTCUSDT of March 2021: rate x value - maintenance amount; the amounts 50,
        # 1,300 and 16,300 are printed in its article on liquidation prices.
        ("0", "0"),
        ("10000", "40"),
        ("50000", "200"),  # 0.4 % of it, and 0.5 % - 50
        ("250000", "1200"),
        ("264000", "1340"),  # 1 % - 1,300
        ("500000", "3700"),
        ("1000000", "8700"),
        ("3500000", "71200"),  # 2.5 % - 16,300
        ("20000000", "733700"),  # 5 % - 266,300, 10 % - 1,266,300
        ("400000000", "99983700"),  # 50 % - 100,016,300
    ],
)
def test_maintenance_by_tiers(value: str, maintenance: str) -> None:
    assert TierTable(BTCUSDT_TIERS).maintenance(D(value)) == D(maintenance)
    assert TierTable(BTCUSDT_TIERS).maintenance(float(value)) == pytest.approx(float(maintenance))


@pytest.mark.parametrize(
    ("model", "initial", "maintenance"),
    [
        # bitdu: 1 BTC at 10,000 with 50x takes 200.
        (CryptoCross("0.005", leverage=50), "200", "50"),
        (CryptoIsolated(50), "200", "50"),
        (CryptoCross(leverage=20), "500", "40"),
        (CryptoIsolated(1), "10000", "50"),
        # Tiers whose maintenance is above 1 / leverage: opening takes no less than keeping.
        (CryptoCross([(0, "0.01"), (1000, "0.2")], leverage=20), "1810", "1810"),
    ],
)
def test_leveraged_coins(model: MarginModel, initial: str, maintenance: str) -> None:
    for amount in ("1", "-1"):
        assert required(model, COIN, amount, "10000") == (initial, maintenance)


# ---------------------------------------------------------------------- by class


def test_each_class_has_its_model() -> None:
    isolated = CryptoIsolated(10)
    model = ByAssetClass(
        {"equity": RegT(minimum_equity=2000), "crypto": isolated}, default=PortfolioPercent("0.1")
    )
    held = parts(model, (AAA, "10", "100"), (COIN, "1", "500"), (OIL, "1", "20"), (PAIR, "9", "1"))
    # 10 x 100 of shares take 1,000 (no more than they cost), a coin 50, the rest 10 %.
    assert model.book(held) == (1000 + 50 + 100 + D("0.9"), 250 + D("2.5") + 100 + D("0.9"))
    assert model.isolated(COIN) is isolated
    assert model.isolated(AAA) is None


def test_classes_that_are_not_named_are_paid_in_full() -> None:
    assert required(ByAssetClass({"equity": RegT()}), OIL, "1", "20") == ("1000", "1000")


@pytest.mark.parametrize(
    ("asset", "initial", "maintenance"),
    [
        (AAA, "500", "250"),
        (OIL, "5500", "5000"),  # 11 and 10 % of 10 x 100 x 50
        (PAIR, "20", "20"),  # 50 to 1
        (COIN, "1000", "500"),
        (SWAP, "50", "4"),  # 20x, and 0.4 % to keep
    ],
)
def test_the_standard(asset: Asset, initial: str, maintenance: str) -> None:
    assert required(standard_margin(), asset, "10", "100") == (initial, maintenance)


@pytest.mark.parametrize(
    ("model", "leverage"),
    [
        (RegT(), "2"),
        (RegT("0.2"), "4"),  # 25 % to keep is the more
        (PortfolioPercent("0.1"), "10"),
        (PortfolioPercent({"equity": "0.5", "forex": "0.02"}), "2"),
        (PortfolioPercent({"crypto": "0.25", "forex": "0.02"}), "4"),
        (FutureMargins(initial="0.2"), "5"),
        (CryptoCross(leverage=20), "20"),
        (CryptoIsolated(125, "0.004"), "125"),
        (ByAssetClass({"equity": RegT(), "crypto": CryptoCross(leverage=10)}), "2"),
        (ByAssetClass({"crypto": CryptoCross(leverage=10)}), "1"),  # all else is paid in full
        (standard_margin(), "2"),
    ],
    ids=repr,
)
def test_how_much_free_funds_carry(model: MarginModel, leverage: str) -> None:
    assert model.leverage() == D(leverage)


@pytest.mark.parametrize(
    ("model", "longs", "shorts"),
    [
        (RegT(), "0.25", None),
        (PortfolioPercent("0.5", "0.3"), "0.3", "0.3"),
        (PortfolioPercent("0.5", {"equity": "0.3"}), "1", "1"),
        (FutureMargins(), "0.1", "0.1"),
        (FutureMargins({"CL": (2, 1)}), None, None),
        (CryptoCross(), "0.5", "0.5"),
        (ByAssetClass({"equity": RegT(), "crypto": CryptoCross()}), "1", None),
        (ByAssetClass({"future": FutureMargins({"CL": (2, 1)})}), None, None),
    ],
    ids=repr,
)
def test_the_most_that_any_position_takes(
    model: MarginModel, longs: str | None, shorts: str | None
) -> None:
    for share, expected in [(model.ceiling(shorts=False), longs),
                            (model.ceiling(shorts=True), shorts)]:  # fmt: skip
        assert share == (None if expected is None else D(expected))


# ---------------------------------------------------------------------- arguments


@pytest.mark.parametrize(
    "make",
    [
        lambda: RegT(0),
        lambda: RegT("0.5", "-0.1"),
        lambda: RegT(minimum_equity=-1),
        lambda: PortfolioPercent(0),
        lambda: PortfolioPercent({"equity": 0}),
        lambda: PortfolioPercent("0.5", "-1"),
        lambda: FutureMargins({"CL": (0, 0)}),
        lambda: FutureMargins({"CL": (5, 6)}),
        lambda: FutureMargins(initial=0),
        lambda: CryptoCross(leverage="0.9"),
        lambda: CryptoCross("0.1", leverage=10),  # liquidated with the first trade
        lambda: CryptoCross([]),
        lambda: CryptoCross([(10, "0.01")]),
        lambda: CryptoCross([(0, "0.01"), (0, "0.02")]),
        lambda: CryptoCross([(0, "0.02"), (10, "0.01")]),
        lambda: CryptoCross([(0, "0.01"), (10, "1")]),
        lambda: CryptoIsolated(0),
        lambda: CryptoIsolated(10, liquidation_fee="-0.1"),
        lambda: ByAssetClass({"equity": "RegT"}),  # type: ignore[dict-item]
    ],
)
def test_impossible_arguments(make: Any) -> None:
    with pytest.raises(InvalidArgument):
        make()


def test_text_that_is_no_number() -> None:
    with pytest.raises(InvalidNumber):
        RegT("half")


@pytest.mark.parametrize(
    ("model", "shown"),
    [
        (RegT(), "RegT(initial=0.5, maintenance_long=0.25, maintenance_short=0.3)"),
        (PortfolioPercent("0.15"), "PortfolioPercent(0.15, 0.15)"),
        (PortfolioPercent({"equity": 1}, "0.5"), "PortfolioPercent(<1 shares>, 0.5)"),
        (FutureMargins({"CL": (2, 1)}),
         "FutureMargins(<1 contracts>, initial=0.11, maintenance=0.1)"),
        (CryptoIsolated(10), "CryptoIsolated(leverage=10, maintenance=0.005)"),
        (CryptoCross(), "CryptoCross(leverage=20, maintenance=<10 tiers>)"),
        (ByAssetClass({"crypto": CryptoIsolated(2)}),
         "ByAssetClass(crypto=CryptoIsolated(leverage=2, maintenance=0.005))"),
    ],
)  # fmt: skip
def test_models_show_themselves(model: MarginModel, shown: str) -> None:
    assert repr(model) == shown


@pytest.mark.parametrize(
    "model",
    [
        RegT("0.6", "0.3", "0.4", minimum_equity=2000),
        PortfolioPercent({"equity": "0.5", "forex": "0.02"}, "0.01"),
        FutureMargins({"CL": (9000, 6500)}, initial="0.2", maintenance="0.15"),
        CryptoCross(leverage=7),
        CryptoIsolated(3, [(0, "0.01"), (1000, "0.02")], liquidation_fee="0.003"),
        ByAssetClass({"equity": RegT(), "crypto": CryptoIsolated(2)}, default=CryptoCross()),
    ],
    ids=lambda model: type(model).__name__,
)
def test_a_model_is_made_again_of_its_arguments(model: Any) -> None:
    again = type(model)(**model.arguments())
    for held in (AAA, CL, SWAP, PAIR):
        for amount in ("-3", "700"):
            assert required(again, held, amount, "41.5") == required(model, held, amount, "41.5")
    assert repr(again) == repr(model)
    assert again.leverage() == model.leverage()


def test_models_are_found_by_name() -> None:
    names = registry(groups.MARGIN).names()
    assert set(names) >= {
        "by-asset-class", "crypto-cross", "crypto-isolated", "future-margins",
        "portfolio-percent", "reg-t", "standard",
    }  # fmt: skip
    assert isinstance(registry(groups.MARGIN).load("reg-t")(), RegT)
    assert isinstance(registry(groups.MARGIN).load("standard")(), ByAssetClass)


def test_a_model_of_a_user_needs_one_method() -> None:
    class Half(MarginModel):
        def position(self, held: MarginPosition) -> Any:
            half = like(D("0.5"), held.value) * held.value
            return RegT().position(held)._replace(initial=half, maintenance=half)

    model = Half()
    assert required(model, AAA, "10", "10") == ("50", "50")
    assert model.leverage() == 1
    assert model.isolated(AAA) is None
    assert model.ceiling(shorts=False) is None
    assert model.book(parts(model, (AAA, "10", "10"), (BBB, "10", "10"))) == (100, 100)
