"""The embedded bundles: what they hold, and that they are the same everywhere."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from rustybt.assets import Cryptocurrency, Equity
from rustybt.calendars import get_calendar, to_day
from rustybt.data.bundle import BundleData
from rustybt.data.bundles import info, ingest, ingestions_for_bundle, load
from rustybt.data.readers import BarReader
from rustybt.errors import CorruptData
from rustybt.values import Ratio
from rustybt_data.sample.draws import Draws

GENERATED_AT = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The bundles are made once for all tests of this module."""
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUSTYBT_DATA_DIR", str(folder))
        yield folder


def every_bar(reader: BarReader | None) -> pl.DataFrame:
    assert reader is not None
    return reader.read(reader.sids(), 0, 2**62)


def days_of_minutes(bundle: BundleData) -> pl.DataFrame:
    """Daily bars made of the minutes."""
    calendar = get_calendar(bundle.calendar)
    minutes = every_bar(bundle.minute)
    sessions = calendar.sessions[calendar.minutes_to_sessions(minutes["at"].to_numpy())]
    return (
        minutes.with_columns(pl.Series("day", sessions))
        .group_by("day", "sid")
        .agg(
            pl.col("open").first(),
            pl.col("high").max(),
            pl.col("low").min(),
            pl.col("close").last(),
            pl.col("volume").sum(),
        )
        .rename({"day": "at"})
        .sort("at", "sid")
    )


@pytest.mark.parametrize(
    ("name", "fingerprint"),
    [
        ("sample", "f7194034 d7c07472 83a465ec 4f3cf50f 65c92c9b c2591aca f9049a7f 8b2dbda0"),
        (
            "sample-crypto",
            "a87b6188 cf5c5374 e9348841 2240433b 50d7d2c0 35b0a500 cd554cfc 5e2417e3",
        ),
    ],
)
def test_the_data_are_the_same_on_every_machine(name: str, fingerprint: str) -> None:
    # Recorded once: whoever changes what is generated gives it a later time, too.
    bundle = load(name)
    assert bundle.fingerprint == fingerprint.replace(" ", "")
    assert bundle.timestamp == GENERATED_AT


@pytest.mark.parametrize("name", ["sample", "sample-crypto"])
class TestBoth:
    def test_it_is_made_once_and_on_first_use(self, name: str, tmp_path: Path) -> None:
        environ = {"RUSTYBT_DATA_DIR": str(tmp_path)}
        assert ingestions_for_bundle(name, environ) == ()
        load(name, environ)
        load(name, environ)
        assert ingestions_for_bundle(name, environ) == (GENERATED_AT,)

    def test_ingesting_it_repairs_it(self, name: str, tmp_path: Path) -> None:
        environ = {"RUSTYBT_DATA_DIR": str(tmp_path)}
        made = load(name, environ).fingerprint
        bars = Path(info(name, environ).location) / "bars-1d"
        (file,) = bars.iterdir()
        file.write_bytes(b"damaged")
        daily = load(name, environ).daily
        assert daily is not None
        with pytest.raises(CorruptData, match=file.name):
            daily.read(daily.sids(), 0, 2**40)
        ingest(name, environ)
        again = load(name, environ)
        assert again.fingerprint == made
        assert every_bar(again.daily).height == info(name, environ).daily_bars
        assert ingestions_for_bundle(name, environ) == (GENERATED_AT,)

    def test_its_bars_are_possible(self, name: str) -> None:
        bundle = load(name)
        for reader in (bundle.daily, bundle.minute):
            bars = every_bar(reader)
            prices = pl.all_horizontal(
                pl.col("low") > 0,
                pl.col("low") <= pl.min_horizontal("open", "close"),
                pl.col("high") >= pl.max_horizontal("open", "close"),
                pl.col("volume") > 0,
            )
            assert bars.select(prices.all()).item()

    def test_its_days_are_made_of_its_minutes(self, name: str) -> None:
        bundle = load(name)
        expected = days_of_minutes(bundle)
        daily = every_bar(bundle.daily).join(expected.select("at", "sid"), on=["at", "sid"])
        assert daily.sort("at", "sid").equals(expected.select(daily.columns))

    def test_it_says_that_it_is_synthetic(self, name: str) -> None:
        finder = load(name).finder
        for asset in finder.retrieve_all(finder.sids):
            assert "synthetic" in asset.asset_name


def test_the_shares_are_twenty_over_five_years() -> None:
    bundle = load("sample")
    assets = bundle.finder.retrieve_all(bundle.finder.sids)
    assert len(assets) == 20
    assert all(isinstance(asset, Equity) for asset in assets)
    facts = info("sample")
    assert (facts.first_session, facts.last_session) == (date(2019, 1, 2), date(2023, 12, 29))
    assert facts.minute_bars > 30_000
    assert facts.splits == 5
    assert facts.dividends > 100
    # XNYS has 1,258 sessions in these five years, 18 shares trade in all of them.
    per_asset = every_bar(bundle.daily).group_by("sid").len()["len"].to_list()
    assert per_asset.count(1_258) == 18


def test_shares_may_come_late_or_leave_early() -> None:
    finder = load("sample").finder
    late, early = finder.lookup_symbol("SIERRA"), finder.lookup_symbol("TANGO")
    assert late.start_date == date(2020, 6, 1)
    assert (early.end_date, early.auto_close_date) == (date(2022, 6, 30), date(2022, 7, 1))


def test_prices_change_their_scale_with_a_split() -> None:
    bundle = load("sample")
    assert bundle.daily is not None
    for split in bundle.adjustments.splits():
        closes = bundle.daily.read([split.sid], split.effective - 7, split.effective + 1, ["close"])
        before, after = closes["close"].to_list()[-2:]
        # A day's move is a few percent, a split at least a third.
        assert after / before == pytest.approx(split.ratio.as_float(), rel=0.15)


def test_splits_are_two_for_one_and_the_like() -> None:
    bundle = load("sample")
    ratios = {
        bundle.finder.retrieve_asset(split.sid).symbol: split.ratio
        for split in bundle.adjustments.splits()
        if split.sid < 3
    }
    assert ratios == {"ALFA": Ratio(1, 2), "BRAVO": Ratio(2, 3), "CHARLIE": Ratio(10)}


def test_dividends_are_paid_on_sessions_after_their_ex_day() -> None:
    sessions = set(get_calendar("XNYS").sessions.tolist())
    for dividend in load("sample").adjustments.dividends():
        assert dividend.declared is not None
        assert dividend.record is not None
        assert dividend.declared < dividend.ex < dividend.record < dividend.pay
        assert {dividend.ex, dividend.pay} <= sessions


def test_the_coins_trade_around_the_clock() -> None:
    bundle = load("sample-crypto")
    coins = bundle.finder.retrieve_all(bundle.finder.sids)
    assert all(isinstance(coin, Cryptocurrency) for coin in coins)
    assert [coin.tick_size for coin in coins] == [
        Decimal("0.01"),
        Decimal("0.0001"),
        Decimal("0.00000001"),
    ]
    days = every_bar(bundle.daily).filter(sid=0)["at"].to_list()
    assert days[0] == to_day("2021-01-01")
    assert all(after - before == 1 for before, after in pairwise(days))
    assert days[-1] == to_day("2023-12-31")


def test_draws_repeat_and_differ_by_seed() -> None:
    first, again, other = (Draws(seed) for seed in (1, 1, 2))
    drawn = [first.bell(1_000) for _ in range(100)]
    assert drawn == [again.bell(1_000) for _ in range(100)]
    assert drawn != [other.bell(1_000) for _ in range(100)]


def test_draws_have_the_deviation_asked_for() -> None:
    draws = Draws(7)
    drawn = [draws.bell(1_000) for _ in range(20_000)]
    mean = sum(drawn) / len(drawn)
    deviation = (sum((value - mean) ** 2 for value in drawn) / len(drawn)) ** 0.5
    assert abs(mean) < 30
    assert deviation == pytest.approx(1_000, rel=0.03)
    assert max(map(abs, drawn)) <= 3_465  # sqrt(12), the most that four parts can deviate


def test_uniform_draws_stay_below_their_bound() -> None:
    draws = Draws(7)
    assert {draws.below(3) for _ in range(100)} == {0, 1, 2}
