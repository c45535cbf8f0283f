"""Settings from the environment and from the configuration file."""

from pathlib import Path

import pytest

from rustybt.errors import InvalidSettings
from rustybt.settings import PrecisionOverride, Settings, settings, unknown_variables


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def load(home: Path, **variables: str) -> Settings:
    return Settings.load({"RUSTYBT_HOME": str(home), **variables})


def write_config(home: Path, text: str) -> None:
    home.mkdir()
    (home / "config.toml").write_text(text, encoding="utf-8")


def test_defaults(home: Path) -> None:
    found = load(home)
    assert found.home == home
    assert found.data_dir == home / "data"
    assert found.database_url == f"sqlite:///{home}/rustybt.db"
    assert found.log_level == "warning"
    assert found.use_decimal is True
    assert found.use_polars is True
    assert found.accel == "auto"
    assert found.precision == {}


def test_home_is_in_the_folder_of_the_user(tmp_path: Path) -> None:
    assert Settings.load({"HOME": str(tmp_path)}).home == tmp_path / ".rustybt"


def test_variables_come_over_the_file_and_the_file_over_defaults(home: Path) -> None:
    write_config(home, 'accel = "off"\nlog_level = "debug"\nuse_polars = false\n')
    found = load(home, RUSTYBT_LOG_LEVEL="ERROR")
    assert found.accel == "off"
    assert found.log_level == "error"
    assert found.use_polars is False


def test_paths_are_made_absolute(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load(home, RUSTYBT_DATA_DIR="bars").data_dir == tmp_path / "bars"
    assert load(home, RUSTYBT_DATA_DIR="~/bars", HOME="/people/ada").data_dir == Path(
        "/people/ada/bars"
    )


@pytest.mark.parametrize(("text", "expected"), [("0", False), ("No", False), ("1", True)])
def test_switches(home: Path, text: str, expected: bool) -> None:
    assert load(home, RUSTYBT_USE_DECIMAL=text).use_decimal is expected


def test_an_empty_variable_is_not_set(home: Path) -> None:
    assert load(home, RUSTYBT_ACCEL="", RUSTYBT_DATA_DIR="").accel == "auto"


def test_precision_of_file_and_variables_is_joined_by_class(home: Path) -> None:
    write_config(home, '[precision.forex]\nprice_decimals = 5\ntick = "0.00001"\n')
    assert load(home).precision == {"forex": PrecisionOverride(price_decimals=5, tick="0.00001")}
    found = load(
        home,
        RUSTYBT_PRECISION_CRYPTO_PRICE_DECIMALS="3",
        RUSTYBT_PRECISION_CRYPTO_LOT="0.001",
        RUSTYBT_PRECISION_FOREX_TICK="0.0001",
    )
    assert found.precision == {
        "crypto": PrecisionOverride(price_decimals=3, lot="0.001"),
        "forex": PrecisionOverride(price_decimals=5, tick="0.0001"),
    }


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("RUSTYBT_USE_DECIMAL", "maybe", "RUSTYBT_USE_DECIMAL was 'maybe'; give 1 or 0"),
        ("RUSTYBT_ACCEL", "on", "RUSTYBT_ACCEL was 'on'; give one of auto, off, require"),
        ("RUSTYBT_LOG_LEVEL", "loud", "RUSTYBT_LOG_LEVEL was 'loud'"),
        (
            "RUSTYBT_PRECISION_CRYPTO_PRICE_DECIMALS",
            "-1",
            "RUSTYBT_PRECISION_CRYPTO_PRICE_DECIMALS was '-1'; give a whole number",
        ),
        (
            "RUSTYBT_PRECISION_CRYPTO_TICKS",
            "1",
            "RUSTYBT_PRECISION_CRYPTO_TICKS was '1'; a precision has price_decimals, tick, lot",
        ),
    ],
)
def test_a_value_that_cannot_be_used_names_its_variable(
    home: Path, variable: str, value: str, message: str
) -> None:
    with pytest.raises(InvalidSettings, match=message):
        load(home, **{variable: value})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("accel = ", "config.toml was 'no TOML'"),
        ('accell = "off"', "config.toml was 'accell'; it may hold accel, catalog_url"),
        ("precision = 3", "precision was 3; give a table for each class"),
    ],
)
def test_a_configuration_file_is_checked(home: Path, text: str, message: str) -> None:
    write_config(home, text)
    with pytest.raises(InvalidSettings, match=message):
        load(home)


def test_variables_of_other_packages_are_left_alone_and_told(home: Path) -> None:
    environ = {
        "RUSTYBT_HOME": str(home),
        "RUSTYBT_ACEL": "off",
        "RUSTYBT_PRECISION_EQUITY_TICK": "1",
        "PATH": "/bin",
    }
    Settings.load(environ)
    assert unknown_variables(environ) == ("RUSTYBT_ACEL",)


def test_the_settings_of_the_process_follow_its_environment(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUSTYBT_HOME", str(home))
    monkeypatch.setenv("RUSTYBT_ACCEL", "off")
    assert settings().accel == "off"
    assert settings() is settings()
    monkeypatch.setenv("RUSTYBT_ACCEL", "require")
    assert settings().accel == "require"
