"""Minute mode: 1m windows over session boundaries, 1d windows on half days, shapes, assets that trade only now and then."""
from zipline.api import symbols

META = dict(start="2019-06-28", end="2019-07-10", capital=10_000.0, freq="minute", bundle="half-minute")
VARIANTS = {
    "july": dict(names="HDA HDB HDC", before=False),
    "december": dict(names="HDA HDC", before=True, meta=dict(start="2019-12-23", end="2020-01-02")),
    "golden": dict(names="AAA BBB DDD", before=False, meta=dict(bundle="golden-minute", start="2021-03-03", end="2021-03-12")),
}
PARAMS = VARIANTS["july"]
FIELDS = ["open", "high", "low", "close", "price", "volume"]


def initialize(context):
    context.captures = []
    context.assets = symbols(*PARAMS["names"].split())


def outcome(call):
    try:
        return call()
    except Exception as error:  # the class is what counts
        return {"error": type(error).__name__, "message": str(error).strip()[:200]}


def snap(context, data, where, full):
    assets = context.assets
    row = {"where": where, "dt": str(data.current_dt), "session": str(data.current_session)}
    row["minutes"] = [len(data.current_session_minutes), str(data.current_session_minutes[0]), str(data.current_session_minutes[-1])]
    row["current"] = outcome(lambda: data.current(assets, FIELDS))
    row["last_traded"] = {a.symbol: outcome(lambda a=a: str(data.current(a, "last_traded"))) for a in assets}
    row["flags"] = {a.symbol: outcome(lambda a=a: [bool(data.can_trade(a)), bool(data.is_stale(a))]) for a in assets}
    row["daily"] = {f: outcome(lambda f=f: data.history(assets, f, 3, "1d")) for f in FIELDS}
    if full:
        row["minute"] = {f: outcome(lambda f=f: data.history(assets, f, 8, "1m")) for f in ("close", "price", "volume")}
        row["minute_one"] = outcome(lambda: data.history(assets[0], ["open", "close"], 2, "1m"))
        sums = outcome(lambda: data.history(assets, "volume", 400, "1m").sum())
        row["volume_of_400_minutes"] = sums
        row["first_of_400"] = outcome(lambda: str(data.history(assets, "close", 400, "1m").index[0]))
    context.captures.append(row)


def before_trading_start(context, data):
    if PARAMS["before"]:
        snap(context, data, "before", False)
    if len(context.captures) < 2:
        one = context.assets[0]
        context.captures.append({"before": str(data.current_dt), "shapes": {
            "1d": outcome(lambda: shape(data.history(one, "close", 2, "1d"))), "1m": outcome(lambda: shape(data.history(one, "close", 2, "1m")))}})


def handle_data(context, data):
    minutes = data.current_session_minutes
    now = data.current_dt
    at = list(minutes).index(now)
    if at in (0, 1, 14, 15, 100, len(minutes) - 1):
        snap(context, data, "bar", at in (1, 15, len(minutes) - 1))
    if at == 3 and now.day % 7 == 3:
        context.captures.append({"shapes": shapes(data, context.assets), "dt": str(now)})


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
    return {"type": type(x).__name__, "names": names, "zone": str(getattr(x, "tz", None)), "values": [str(v) for v in x[:4]]}


def shapes(data, assets):
    one, two = assets[0], assets[:2]
    out = {}
    for name, which in (("asset", one), ("list_of_one", [one]), ("list", two)):
        for label, what in (("field", "close"), ("volume", "volume"), ("list_of_one_field", ["close"]), ("fields", ["close", "volume"]),
                            ("last_traded", "last_traded")):
            out[f"current {name} {label}"] = outcome(lambda which=which, what=what: shape(data.current(which, what)))
            if label != "last_traded":
                for f in ("1d", "1m"):
                    out[f"history {f} {name} {label}"] = outcome(
                        lambda which=which, what=what, f=f: shape(data.history(which, what, 2, f)))
    return out
