"""Rule sets as data: defaults, files, and what is refused."""

from pathlib import Path

import pytest

from rustybt.errors import InvalidArgument
from rustybt_data.quality import RULES, Rule, RuleSet
from rustybt_data.quality.catalogue import ASSET_CLASSES


@pytest.mark.parametrize("asset_class", ASSET_CLASSES)
@pytest.mark.parametrize("resolution", ["100ms", "1m", "1h", "1d", "1w", "1mo"])
def test_every_class_and_resolution_has_every_rule(asset_class: str, resolution: str) -> None:
    rules = RuleSet.default(asset_class, resolution)
    assert [rule.name for rule in rules.rules] == list(RULES)
    assert rules.name == f"{asset_class} {resolution}"
    assert RuleSet.from_dict(rules.to_dict()) == rules


def test_outliers_over_3_are_flagged_and_over_5_quarantined() -> None:
    for asset_class in ASSET_CLASSES:
        for resolution in ("1m", "1d"):
            rule = RuleSet.default(asset_class, resolution)["return_outlier"]
            assert (rule.number("flag_over"), rule.number("quarantine_over")) == (3, 5)
            assert rule.outcome == "quarantine"


def test_parameters_in_minutes_count_bars_of_the_resolution() -> None:
    # 30 minutes may be missing in a session of an equity: 30 bars of 1m, 6 of 5m, 1 of 1h.
    for resolution, bars in (("1m", 30), ("5m", 6), ("1h", 1), ("1s", 1800)):
        rule = RuleSet.default("equity", resolution)["missing_bars"]
        assert rule.count("least") == bars


def test_a_file_changes_what_it_names(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'asset_class = "crypto"\nresolution = "1m"\n'
        "[rules.return_outlier]\nflag_over = 4\nquarantine_over = 8.5\n"
        '[rules.zero_volume]\noutcome = "off"\n'
        '[rules.price_sign]\nnegative = ["future", "forex"]\n'
    )
    rules = RuleSet.load(path)
    assert rules.name == "mine"
    assert rules["return_outlier"].number("flag_over") == 4.0
    assert rules["return_outlier"].number("quarantine_over") == 8.5
    assert rules["return_outlier"].number("least_move") == 0.01
    assert not rules["zero_volume"].is_on
    assert rules["price_sign"].classes("negative") == ("future", "forex")
    assert rules["missing_bars"] == RuleSet.default("crypto", "1m")["missing_bars"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[rules.hig_low]", "rule was 'hig_low'; did you mean high_low"),
        ("[rules.spike]\npersists = 3", "parameter of spike was 'persists'; did you mean persist?"),
        ("[rules.columns]\nleast = 3", "parameter of columns was 'least'; it has none"),
        ('[rules.spike]\noutcome = "quarantined"', "did you mean quarantine?"),
        ("[rules.spike]\npersist = 2.5", "spike.persist was 2.5; give a whole number"),
        ("[rules.spike]\npersist = 0", "spike.persist was 0; give a whole number from 1 on"),
        ("[rules.spike]\npersist = 9999999", "give 1,000,000 at most"),
        ("[rules.spike]\npersist = true", "spike.persist was True; give a number"),
        ("[rules.spike]\nreverts = nan", "spike.reverts was nan; give a number from 0 on"),
        ("[rules.spike]\nreverts = -1", "spike.reverts was -1; give a number from 0 on"),
        ("[rules.spike]\noutcome = 3", "spike.outcome was 3; give a text"),
        ('[rules.price_sign]\nnegative = "future"', "give a list of equity, future"),
        ('[rules.price_sign]\nnegative = ["futures"]', "did you mean future?"),
        ("rule = 3", "field of a rule set was 'rule'; did you mean rules?"),
        ("rules = 3", "rules was 3; give a table"),
        ("rules.spike = 3", "rules.spike was 3; give a table"),
        ('asset_class = "stock"', "asset_class was 'stock'; give one of equity"),
        ('resolution = "1y"', "resolution was '1y'"),
        ("name = 3", "name was 3; give a text"),
        ("name", "mine.toml"),
    ],
)
def test_what_is_not_known_is_refused_by_name(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(InvalidArgument) as caught:
        RuleSet.load(path)
    assert told in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgument, match=r"none\.toml.*No such file"):
        RuleSet.load(tmp_path / "none.toml")


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidArgument, match=r"bad\.toml"):
        RuleSet.load(tmp_path / "bad.toml")


def test_a_rule_is_given_once() -> None:
    rule = Rule(name="high_low", outcome="flag")
    with pytest.raises(InvalidArgument, match="give each rule once"):
        RuleSet(name="twice", rules=(rule, rule))


def test_a_set_is_changed_into_another_one() -> None:
    rules = RuleSet.default()
    changed = rules.changed("stale_bars", outcome="fail", parameters={"least": 7})
    assert rules["stale_bars"].count("least") == 3
    assert (changed["stale_bars"].outcome, changed["stale_bars"].count("least")) == ("fail", 7)
    with pytest.raises(InvalidArgument, match="did you mean stale_bars"):
        rules.changed("stale_bar")


def test_layers_can_be_chosen() -> None:
    rules = RuleSet.default().of_layers((1, 2))
    on = {rule.layer for rule in rules.rules if rule.is_on}
    assert on == {1, 2}
    assert [rule for rule in rules.rules if rule.layer < 3] == [
        rule for rule in RuleSet.default().rules if rule.layer < 3
    ]
    assert RuleSet.default().of_layers((1, 2, 3, 4)) == RuleSet.default()
    with pytest.raises(InvalidArgument, match="layers was 5; give some of 1, 2, 3, 4"):
        RuleSet.default().of_layers((1, 5))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[rules.return_outlier]\nflag_over = 6",
            "return_outlier.flag_over was 6.0; return_outlier.quarantine_over is 5.0, which",
        ),
        (
            "[rules.wick_outlier]\nquarantine_over = 2.5",
            "wick_outlier.flag_over was 3.0; wick_outlier.quarantine_over is 2.5, which",
        ),
        (
            "[rules.volume_outlier]\nflag_over = 9\nquarantine_over = 8.5",
            "volume_outlier.flag_over was 9.0; volume_outlier.quarantine_over is 8.5, which",
        ),
        (
            "[rules.spike]\nreverts = 75",
            "spike.reverts was 75.0; it is a share; give a number from 0 to 1",
        ),
        ("[rules.missing_share]\nover = 1.01", "missing_share.over was 1.01; it is a share; give"),
        ("[rules.split_suspected]\ntolerance = 2", "split_suspected.tolerance was 2.0; it is a sh"),
        (
            '[rules.columns]\noutcome = "off"',
            "columns.outcome was 'off'; bars without such a column cannot be judged: it ",
        ),
        ('[rules.columns]\noutcome = "flag"', "columns.outcome was 'flag'; bars without such a"),
    ],
)
def test_a_file_of_values_that_do_not_fit_is_refused(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(InvalidArgument) as caught:
        RuleSet.load(path)
    assert str(caught.value).startswith(f"{path}: {message}")


@pytest.mark.parametrize(
    "text",
    [
        "[rules.return_outlier]\nflag_over = 5",
        "[rules.return_outlier]\nflag_over = 6\nquarantine_over = 0",
        "[rules.return_outlier]\nflag_over = 6\nquarantine_over = 6",
        "[rules.missing_share]\nover = 1",
        '[rules.columns]\noutcome = "fail"',
    ],
)
def test_limits_that_fit_are_taken(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    assert RuleSet.load(path).name == "mine"
