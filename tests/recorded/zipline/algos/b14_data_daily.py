"""history/current/can_trade/is_stale: windows over several adjustments, before an asset's start, after delisting, result shapes."""
from zipline.api import set_asset_restrictions, symbol, symbols
from zipline.finance.asset_restrictions import StaticRestrictions

META = dict(start="2019-06-03", end="2021-12-31", capital=10_000.0, freq="daily", bundle="golden-daily")
FIELDS = ["open", "high", "low", "close", "price", "volume"]
#: date -> (symbols, number of bars)
WINDOWS = {
    "2019-06-03": ("AAA KKK LLL", 105),        # from the first session of the bundle
    "2019-09-17": ("CCC DDD", 140),            # dividend and reverse split
    "2020-03-02": ("LLL JJJ", 4),              # first day of LLL
    "2020-03-04": ("LLL AAA", 10),
    "2020-03-31": ("AAA DDD EEE", 300),        # two dividends of DDD, one each of the others
    "2020-05-11": ("JJJ III", 2),              # JJJ does not trade
    "2020-05-12": ("JJJ III", 2),
    "2020-05-13": ("JJJ III", 5),
    "2020-08-31": ("AAA", 200),
    "2020-10-01": ("KKK AAA", 3),              # KKK ended the day before
    "2020-10-05": ("KKK AAA", 6),
    "2020-10-06": ("KKK LLL", 6),
    "2020-12-01": ("KKK", 50),
    "2021-01-15": ("KKK JJJ", 3),              # long gone
    "2021-03-04": ("AAA BBB", 10),
    "2021-03-08": ("AAA BBB", 10),
    "2021-03-12": ("DDD BBB", 3),              # DDD does not trade
    "2021-03-15": ("DDD BBB", 5),
    "2021-12-31": ("AAA BBB CCC DDD", 600),
}


def initialize(context):
    context.captures = []
    set_asset_restrictions(StaticRestrictions([symbol("FFF")]))


def outcome(call):
    try:
        return call()
    except Exception as error:  # the class is what counts
        return {"error": type(error).__name__, "message": str(error).strip()[:200]}


def handle_data(context, data):
    day = data.current_dt.date().isoformat()
    if day not in WINDOWS:
        return
    names, bars = WINDOWS[day]
    assets = symbols(*names.split())
    fields = FIELDS if bars <= 10 else ["close", "volume"] if bars < 300 else ["price"]
    row = {"date": day, "bars": bars, "assets": names}
    row["history"] = {f: outcome(lambda f=f: data.history(assets, f, bars, "1d")) for f in fields}
    row["one_field"] = outcome(lambda: data.history(assets[0], "close", 1, "1d"))
    row["current"] = outcome(lambda: data.current(assets, FIELDS))
    row["scalars"] = {f: outcome(lambda f=f: data.current(assets[0], f)) for f in FIELDS + ["last_traded"]}
    row["can_trade"] = outcome(lambda: data.can_trade(assets))
    row["is_stale"] = outcome(lambda: data.is_stale(assets))
    every = symbols("AAA", "FFF", "JJJ", "KKK", "LLL")
    row["flags"] = {a.symbol: [bool(data.can_trade(a)), bool(data.is_stale(a)), data.current(a, "price"), str(data.current(a, "last_traded"))]
                    for a in every}
    if day in ("2020-03-04", "2021-03-12"):
        row["shapes"] = shapes(data, assets)
    context.captures.append(row)


def shape(value):
    """Type, index and names of what the data object returned."""
    kind = type(value).__name__
    if kind == "Series":
        return [kind, str(value.dtype), index(value.index), repr(value.name)]
    if kind == "DataFrame":
        return [kind, [str(t) for t in value.dtypes], index(value.index), index(value.columns)]
    return [kind, str(value)]


def index(x):
    names = [None if n is None else str(n) for n in x.names]
    zone = str(getattr(x, "tz", None))
    return {"type": type(x).__name__, "names": names, "zone": zone, "values": [str(v) for v in x[:4]]}


def shapes(data, assets):
    one, two = assets[0], assets[:2]
    out = {}
    for name, which in (("asset", one), ("list_of_one", [one]), ("list", two), ("tuple", tuple(two)), ("set", set(two))):
        for label, what in (("field", "close"), ("volume", "volume"), ("price", "price"), ("list_of_one_field", ["close"]),
                            ("fields", ["close", "volume"]), ("field_tuple", ("close", "volume")), ("last_traded", "last_traded"),
                            ("with_last_traded", ["close", "last_traded"])):
            if name == "set" and label not in ("field", "fields"):
                continue
            out[f"current {name} {label}"] = outcome(lambda which=which, what=what: shape(data.current(which, what)))
            if "last_traded" not in label:
                out[f"history {name} {label}"] = outcome(lambda which=which, what=what: shape(data.history(which, what, 2, "1d")))
        out[f"can_trade {name}"] = outcome(lambda which=which: shape(data.can_trade(which)))
        out[f"is_stale {name}"] = outcome(lambda which=which: shape(data.is_stale(which)))
    out["history order of assets"] = shape(data.history(two[::-1], "close", 2, "1d"))
    out["history repeated asset"] = outcome(lambda: shape(data.history([one, one], "close", 2, "1d")))
    out["current repeated asset"] = outcome(lambda: shape(data.current([one, one], "close")))
    return out
