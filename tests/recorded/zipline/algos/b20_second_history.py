"""Another market: adjusted windows, current values and flags on the days around every action."""
from zipline.api import symbols

META = dict(start="2020-10-05", end="2021-04-30", capital=10_000.0, freq="daily", bundle="second-daily")
DATES = ("2020-11-10 2020-11-11 2020-11-12 2020-11-13 2020-11-16 2020-12-01 2020-12-07 2020-12-14 2020-12-22 2021-01-04 2021-01-05 "
         "2021-01-11 2021-01-29 2021-02-01 2021-02-03 2021-02-04 2021-02-10 2021-02-11 2021-02-16 2021-03-01 2021-03-08 2021-03-15 "
         "2021-04-30").split()


def initialize(context):
    context.captures = []
    context.assets = symbols("HKA", "HKB", "HKC", "HKD", "HKE", "HKF", "HKG", "HKI")


def handle_data(context, data):
    day = data.current_dt.date().isoformat()
    if day not in DATES:
        return
    assets = context.assets
    row = {"date": day, "dt": str(data.current_dt)}
    row["history"] = {f: data.history(assets, f, 6, "1d") for f in ("open", "close", "price", "volume")}
    row["current"] = data.current(assets, ["open", "high", "low", "close", "price", "volume"])
    row["can_trade"] = data.can_trade(assets)
    row["is_stale"] = data.is_stale(assets)
    row["last_traded"] = {a.symbol: str(data.current(a, "last_traded")) for a in assets}
    if day == "2021-04-30":
        row["all"] = data.history(assets[:6], "price", 138, "1d")
    context.captures.append(row)
