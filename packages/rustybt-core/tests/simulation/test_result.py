"""A result: its public frames, its summary, saving and loading."""

import dataclasses
import json
from decimal import Decimal
from pathlib import Path

import pytest
from cost_stubs import AAA, BTC
from run_stubs import DECIMAL, FLOAT, build

from rustybt.errors import InvalidArgument
from rustybt.simulation.manifest import DataOrigin, Manifest
from rustybt.simulation.result import BacktestResult
from rustybt.simulation.strategy_code import StrategyCode
from rustybt.simulation.verify import first_difference
from rustybt.values import Arithmetic


def result(arithmetic: Arithmetic = DECIMAL) -> BacktestResult:
    tables, assets = build(arithmetic)
    return BacktestResult(
        tables=tables,
        assets=assets,
        capital_base=Decimal(1000) if arithmetic.exact else 1000.0,
        manifest=Manifest(
            arguments={"start": "2020-06-01", "seed": 7, "capital_base": Decimal(1000)},
            strategy=StrategyCode(source="x = 1\n", filename="s.py", hooks={"initialize": "f"}),
            data=DataOrigin(fingerprint="abc", bundle="sample", timestamp="2020-01-01T00:00:00"),
        ),
    )


def test_the_public_frames_have_the_promised_columns() -> None:
    run = result()
    assert run.orders.columns == [
        "id", "symbol", "created", "last_modified", "amount", "filled", "commission", "limit",
        "stop", "limit_reached", "stop_reached", "status", "reason", "code", "order_type",
        "time_in_force", "group_id", "role", "strategy",
    ]  # fmt: skip
    assert run.transactions.columns == ["order_id", "symbol", "dt", "amount", "price", "commission"]
    assert run.positions.columns == [
        "session", "symbol", "amount", "cost_basis", "last_sale_price",
    ]  # fmt: skip
    assert run.performance.columns[:3] == ["session", "period_open", "period_close"]
    assert run.recorded.columns == ["session", "fast", "note"]
    assert run.journal is None


def test_a_result_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        result().capital_base = Decimal(2)  # type: ignore[misc]


def test_the_summary_starts_from_the_capital() -> None:
    summary = result().summary()
    assert (summary.starting_value, summary.ending_value) == (Decimal(1000), Decimal("1045.2375"))
    assert (summary.orders, summary.transactions) == (2, 3)
    assert summary.commission == Decimal("1.5")
    assert summary.kernel == "python"


@pytest.mark.parametrize("arithmetic", [DECIMAL, FLOAT])
def test_it_shows_itself_in_a_line(arithmetic: Arithmetic) -> None:
    assert repr(result(arithmetic)) == (
        "<BacktestResult of 2020-06-01 to 2020-06-03: 3 sessions, "
        "ending value 1,045.24, kernel python>"
    )


def test_pandas_has_it_as_zipline_does() -> None:
    pytest.importorskip("pandas")
    assert result().to_pandas()["portfolio_value"].tolist() == [1000.0, 1100.25, 1045.2375]


@pytest.mark.parametrize("arithmetic", [DECIMAL, FLOAT])
def test_loading_gives_back_every_bit(arithmetic: Arithmetic, tmp_path: Path) -> None:
    saved = result(arithmetic)
    assert saved.save(tmp_path / "run") == tmp_path / "run"
    loaded = BacktestResult.load(tmp_path / "run")
    frames = dict(loaded.tables.items())
    assert set(frames) == {name for name, _ in saved.tables.items()}
    for name, frame in saved.tables.items():
        assert first_difference(frame, frames[name]) is None
    assert loaded.assets == {1: AAA, 3: BTC}
    assert loaded.capital_base == saved.capital_base
    assert type(loaded.capital_base) is type(saved.capital_base)
    assert loaded.manifest == saved.manifest


def test_saving_twice_writes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        result().save(tmp_path / name)
    files = [path.name for path in (tmp_path / "a").iterdir()]
    assert len(files) == 9
    for file in files:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_the_document_tells_how_it_came_about(tmp_path: Path) -> None:
    result().save(tmp_path / "run")
    document = json.loads((tmp_path / "run" / "run.json").read_text())
    manifest = document["manifest"]
    assert manifest["arguments"]["seed"] == 7
    assert manifest["data"]["fingerprint"] == "abc"
    assert set(manifest["versions"]) == {"python", "rustybt-core", "numpy", "polars"}
    assert (tmp_path / "run" / "strategy.py").read_text() == "x = 1\n"


def test_another_format_is_an_error(tmp_path: Path) -> None:
    result().save(tmp_path / "run")
    path = tmp_path / "run" / "run.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 2}))
    with pytest.raises(InvalidArgument, match="format of the saved run was 2"):
        BacktestResult.load(tmp_path / "run")


@pytest.mark.parametrize("name", ["orders.parquet", "run.json"])
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff"])
def test_a_damaged_file_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    result().save(tmp_path / "run")
    (tmp_path / "run" / name).write_bytes(content)
    with pytest.raises(InvalidArgument, match=rf"{name}.*damaged.*run again"):
        BacktestResult.load(tmp_path / "run")


def test_a_missing_frame_is_an_error(tmp_path: Path) -> None:
    result().save(tmp_path / "run")
    (tmp_path / "run" / "orders.parquet").unlink()
    with pytest.raises(InvalidArgument, match=r"lacks orders\.parquet"):
        BacktestResult.load(tmp_path / "run")
