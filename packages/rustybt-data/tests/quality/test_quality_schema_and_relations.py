"""Layers 1 and 2 on tables written by hand."""

import polars as pl
import pytest
from quality_bars import found, rules_of, table

from rustybt.errors import InvalidArgument
from rustybt_data.quality import QualityReport, RuleSet, check


def of(frame: pl.DataFrame, rules: RuleSet | None = None, **more: object) -> QualityReport:
    return check(frame, rules, calendar="XNYS", resolution="1d", **more)  # type: ignore[arg-type]


SOUND = """
2023-01-03 AAA 10.00 10.40 9.90 10.10 1000
2023-01-04 AAA 10.10 10.50 10.00 10.45 1100
2023-01-05 AAA 10.45 10.60 10.30 10.50 1200
"""


def test_sound_bars_have_no_findings() -> None:
    report = of(table(SOUND))
    assert report.is_clean
    assert report.outcome == "pass"
    assert report.passed.equals(table(SOUND))
    assert report.checked == {"AAA": 3}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        # high 9.80 is below low 9.90, below open 10.00 and close 10.10
        ("10.00 9.80 9.90 10.10 1", [("high_low", "high", "9.8"), ("high_body", "high", "9.8"),
                                      ]),
        ("10.00 10.05 9.90 10.10 1", [("high_body", "high", "10.05")]),
        ("10.20 10.15 9.90 10.10 1", [("high_body", "high", "10.15")]),
        ("10.00 10.40 10.05 10.10 1", [("low_body", "low", "10.05")]),
        ("10.20 10.40 10.15 10.10 1", [("low_body", "low", "10.15")]),
        ("10.00 10.40 9.90 10.10 -1", [("volume_sign", "volume", "-1")]),
        ("10.00 10.40 0 10.10 1", [("price_sign", "low", "0")]),
        ("10.00 10.40 -0.00000001 10.10 1", [("price_sign", "low", "-0.00000001")]),
        ("10.00 10.40 9.90 10.10 0", []),
        ("10.00 10.40 9.90 - 1", [("nulls", "close", "")]),
        ("10.00 10.40 9.90 10.10 -", [("nulls", "volume", "")]),
        ("10.00 10.00 10.00 10.00 1", []),
    ],
)  # fmt: skip
def test_what_a_bar_says_about_itself(line: str, expected: list[tuple[str, str, str]]) -> None:
    report = of(table(f"2023-01-03 AAA {line}"))
    assert found(report) == [
        ("2023-01-03", rule, column, value, "quarantine")
        for rule, column, value in sorted(expected)
    ]


CRUDE = """
2020-04-17 CLK20 19.71 20.03 17.31 18.27 1
2020-04-20 CLK20 17.73 17.85 -40.32 -37.63 1
2020-04-21 CLK20 -14.00 13.86 -16.74 10.01 1
"""


def test_prices_of_futures_may_be_negative_as_those_of_crude_oil_were() -> None:
    assert of(table(CRUDE), assets={"CLK20": "future"}).is_clean
    refused = [label for label, rule in rules_of(of(table(CRUDE))) if rule == "price_sign"]
    assert refused == ["2020-04-20", "2020-04-20", "2020-04-21", "2020-04-21"]


def test_whose_prices_may_be_negative_is_a_parameter() -> None:
    rules = RuleSet.default().changed("price_sign", parameters={"negative": ["equity"]})
    assert of(table(CRUDE), rules).is_clean
    only_equities = of(table(CRUDE), rules, assets={"CLK20": "future"})
    assert {rule for _, rule in rules_of(only_equities)} == {"price_sign"}


def test_every_bar_that_breaks_a_relation_is_found_with_its_place() -> None:
    frame = table("""
2023-01-03 AAA 10 11 9 10 1
2023-01-04 AAA 10 9 11 10 1
2023-01-03 BBB 10 11 9 10 1
2023-01-04 BBB 10 11 9 10 -5
""")
    report = of(frame)
    assert report.rows.select("symbol", "rule", "row").rows() == [
        ("AAA", "high_body", 1),
        ("AAA", "high_low", 1),
        ("AAA", "low_body", 1),
        ("BBB", "volume_sign", 3),
    ]
    assert report.quarantined["rules"].to_list() == [
        "high_body, high_low, low_body",
        "volume_sign",
    ]
    assert report.passed.rows() == frame[[0, 2]].rows()


# ---------------------------------------------------------------- schema


def test_missing_columns_refuse_the_whole() -> None:
    report = of(table(SOUND).drop("high", "symbol"))
    assert found(report) == [
        ("None", "columns", "high", "", "fail"),
        ("None", "columns", "symbol", "", "fail"),
    ]
    assert report.failed


def test_other_types_refuse_the_whole_unless_the_rule_only_flags() -> None:
    frame = table(SOUND).with_columns(
        pl.col("close").cast(pl.Float64), pl.col("volume").cast(pl.String)
    )
    strict = of(frame)
    assert found(strict) == [
        ("None", "types", "close", "Float64", "fail"),
        ("None", "types", "volume", "String", "fail"),
    ]
    lenient = RuleSet.default().changed("types", outcome="flag")
    report = of(frame, lenient)
    assert {rule for _, rule in rules_of(report)} == {"types"}
    assert report.checked == {"AAA": 3}
    garbage = of(frame.with_columns(volume=pl.lit("many")), lenient)
    assert ("None", "types", "volume", "many", "fail") in found(garbage)
    assert garbage.checked == {}


@pytest.mark.parametrize("outcome", ["off", "flag", "quarantine", "fail"])
def test_what_cannot_be_read_is_refused_whatever_the_rules_say(outcome: str) -> None:
    rules = RuleSet.default().changed("types", outcome=outcome)
    for frame in (table(SOUND).drop("low"), table(SOUND).with_columns(low=pl.lit("x"))):
        assert of(frame, rules).failed


@pytest.mark.parametrize("label", [pl.Datetime("us"), pl.Datetime("ns", "UTC"), pl.String()])
def test_labels_of_the_wrong_kind_are_refused(label: pl.DataType) -> None:
    frame = table(SOUND).with_columns(pl.col("date").cast(label))
    assert found(of(frame)) == [("None", "types", "date", str(label), "fail")]


def test_prices_share_a_scale() -> None:
    frame = table(SOUND).with_columns(pl.col("high").cast(pl.Decimal(18, 2)))
    assert found(of(frame)) == [
        ("None", "scales", "open", "open 8, high 2, low 8, close 8", "flag")
    ]


def test_eighteen_digits_have_to_hold_a_number() -> None:
    wide = pl.Decimal(38, 8)
    frame = table(
        """
2023-01-03 AAA 10 11 9 10 9999999999.99999999
2023-01-04 AAA 10 11 9 10 10000000000
2023-01-05 AAA 10 123456789012345 9 10 1
""",
        price=wide,
        volume=wide,
    )
    assert found(of(frame)) == [
        ("2023-01-04", "digits", "volume", "10000000000.00000000", "quarantine"),
        ("2023-01-05", "digits", "high", "123456789012345.00000000", "quarantine"),
    ]


def test_decimals_can_be_limited() -> None:
    rules = RuleSet.default().changed("decimals", parameters={"price": 2, "volume": 0})
    frame = table("""
2023-01-03 AAA 10 11 9.005 10 1
2023-01-04 AAA 10 11 9 10.01 1.5
""")
    assert found(of(frame, rules)) == [
        ("2023-01-03", "decimals", "low", "9.005", "flag"),
        ("2023-01-04", "decimals", "volume", "1.5", "flag"),
    ]


def test_rows_without_symbol_or_label_are_found() -> None:
    frame = table("""
2023-01-03 AAA 10 11 9 10 1
-          AAA 10 11 9 10 1
2023-01-05 -   10 11 9 10 1
""")
    assert sorted(found(of(frame))) == [
        ("2023-01-05", "nulls", "symbol", "", "quarantine"),
        ("None", "nulls", "date", "", "quarantine"),
    ]


def test_a_bid_above_the_ask_is_flagged() -> None:
    frame = table(SOUND).with_columns(
        bid=pl.Series(["10.0", "10.2", None]).cast(pl.Decimal(18, 8)),
        ask=pl.Series(["10.1", "10.1", "10.1"]).cast(pl.Decimal(18, 8)),
    )
    assert found(of(frame)) == [("2023-01-04", "quotes", "bid", "10.20000000", "flag")]


def test_rules_that_are_off_find_nothing() -> None:
    rules = RuleSet.default()
    for rule in rules.rules:
        if rule.name != "columns":  # it always fails
            rules = rules.changed(rule.name, outcome="off")
    frame = table("""
2023-01-04 AAA 10 9 11 -10 -1
2023-01-03 AAA 10 9 11 -10 -1
2023-01-03 AAA 10 9 12 -10 -
""")
    assert of(frame, rules).is_clean


def test_what_is_no_frame_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="give a frame of Polars"):
        of({"date": []})  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="asset class of AAA was 'stock'"):
        of(table(SOUND), assets={"AAA": "stock"})


def test_a_frame_without_rows_is_clean() -> None:
    assert of(table(SOUND).head(0)).is_clean
    assert check(table(SOUND).lazy(), calendar="XNYS", resolution="1d").is_clean
