"""Kernels are made by name, and parameters that cannot be used are refused."""

from decimal import Decimal

import numpy as np
import pytest
from accelerator_stubs import GivenAccelerator, registered

from rustybt.errors import InvalidArgument
from rustybt.indicators.kernels import (
    SPECIFICATIONS,
    IndicatorKernel,
    make_kernel,
    make_reference_kernel,
)
from rustybt.indicators.kernels._reference import ReferenceKernel


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("smaa", {}, "name of the indicator was 'smaa'; give one of .*sma"),
        ("sma", {"length": 3}, "parameter of sma was 'length'; parameters of sma are window"),
        ("sma", {"window": 0}, r"sma.window was 0; give a whole number from 1 to 100000"),
        ("sma", {"window": 2.0}, r"sma.window was 2.0; give a whole number"),
        ("sma", {"window": True}, r"sma.window was True; give a whole number"),
        ("macd", {"fast": 26}, r"macd.fast was 26; give less than slow \(26\)"),
    ],
)
def test_what_cannot_be_used_is_refused(
    name: str, parameters: dict[str, object], message: str
) -> None:
    with pytest.raises(InvalidArgument, match=message):
        make_kernel(name, **parameters)


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_every_indicator_is_made_with_its_defaults(name: str) -> None:
    kernel = make_kernel(name)
    specification = SPECIFICATIONS[name]
    assert kernel.inputs == specification.inputs
    assert kernel.outputs == specification.outputs


def test_columns_of_other_numbers_or_lengths_are_refused() -> None:
    kernel = make_reference_kernel("sma", window=2)
    with pytest.raises(InvalidArgument, match="columns was 2; give one column for each of value"):
        kernel.update([np.zeros(2), np.zeros(2)])
    with pytest.raises(InvalidArgument, match="one dimension"):
        kernel.update([np.zeros((2, 2))])
    both = make_reference_kernel("obv")
    with pytest.raises(InvalidArgument, match="one length"):
        both.update([np.zeros(2), np.zeros(3)])


def test_a_row_that_does_not_count_leaves_the_state_alone() -> None:
    # sma(2) of 1, 3, 6: -, (1 + 3) / 2 = 2, (3 + 6) / 2 = 4.5
    column = np.array([np.nan, 1, np.nan, 3, np.inf, 6])
    (means,) = make_kernel("sma", window=2).update([column])
    np.testing.assert_array_equal(means, [np.nan, np.nan, np.nan, 2, np.nan, 4.5])


def test_a_copy_goes_on_by_itself() -> None:
    kernel = make_kernel("sma", window=2)
    kernel.update([np.array([1.0])])
    twin = kernel.copy()
    assert kernel.update([np.array([3.0])])[0].tolist() == [2]
    assert twin.update([np.array([5.0])])[0].tolist() == [3]


def test_the_kernel_of_an_accelerator_is_taken_with_checked_parameters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []
    given = make_reference_kernel("obv")

    def make(name: str, parameters: dict[str, float]) -> IndicatorKernel | None:
        asked.append((name, parameters))
        return given if name == "sma" else None

    with registered(GivenAccelerator(name="fast", capabilities={"indicators": make})):
        monkeypatch.setenv("RUSTYBT_ACCEL", "auto")
        assert make_kernel("sma", window=np.int64(2)) is given
        assert type(make_kernel("bollinger", width=Decimal("2.5"))) is ReferenceKernel
        with pytest.raises(InvalidArgument):
            make_kernel("sma", window=0)
        monkeypatch.setenv("RUSTYBT_ACCEL", "off")
        assert type(make_kernel("sma")) is ReferenceKernel
    assert asked == [("sma", {"window": 2}), ("bollinger", {"window": 20, "width": 2.5})]


def test_an_accelerator_without_indicators_leaves_them_to_the_reference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RUSTYBT_ACCEL", "require")
    with registered(GivenAccelerator(name="fast")):
        assert type(make_kernel("sma")) is ReferenceKernel


def test_a_float_is_not_a_text_a_truth_or_infinite() -> None:
    for value in ("2", True, float("inf"), float("nan"), -1.0, None):
        with pytest.raises(
            InvalidArgument, match=r"bollinger.width was .* a number from 0 to 1000"
        ):
            make_kernel("bollinger", width=value)
