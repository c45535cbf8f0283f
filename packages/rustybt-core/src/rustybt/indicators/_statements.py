"""What a strategy has stated when it declares an indicator: checked, named, with its kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rustybt.clock.resolution import SESSION
from rustybt.data.arguments import checked_frequency, history_fields
from rustybt.data.schemas import SID
from rustybt.errors import InvalidArgument
from rustybt.indicators._declared import CompoundIndicator, Indicator
from rustybt.indicators.kernels import SPECIFICATIONS, IndicatorKernel, make_kernel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rustybt.assets import Instrument
    from rustybt.clock.resolution import Resolution
    from rustybt.indicators._declared import Source
    from rustybt.indicators._readings import RowCursor

_ANY_FIELD = ("value",)
_USUAL_FIELD = "close"


class Statement(NamedTuple):
    """An indicator of an asset.

    Attributes:
        name: What is shown of it: ``sma(ALFA, window=20)``.
        fields: What its kernel takes.
        kernel: The kernel at its beginning.
        key: Equal for indicators that are the same.
    """

    name: str
    fields: tuple[str, ...]
    kernel: IndicatorKernel
    key: object

    def indicators(self, source: Source, cursor: RowCursor, track: object) -> tuple[Indicator, ...]:
        """One for each value of the kernel, in order."""
        outputs = self.kernel.outputs
        names = [self.name] if len(outputs) == 1 else [f"{self.name}.{each}" for each in outputs]
        return tuple(Indicator(name, source, cursor, track) for name in names)

    def whole(self, indicators: tuple[Indicator, ...]) -> Indicator | CompoundIndicator:
        """What the strategy gets."""
        if len(indicators) == 1:
            return indicators[0]
        return CompoundIndicator(self.name, dict(zip(self.kernel.outputs, indicators, strict=True)))


def statement(
    name: str,
    asset: Instrument,
    *,
    field: str | None,
    parameters: Mapping[str, object],
    extra_fields: tuple[str, ...],
    frequency: str | None = None,
) -> Statement:
    """An indicator as it was asked for.

    Args:
        name: A name of `rustybt.indicators.kernels.SPECIFICATIONS`.
        asset: The asset, or a continuous future.
        field: What it is computed of, where it takes any field; None for the close.
        parameters: Those that were given.
        extra_fields: Columns that the bars have beside their fields.
        frequency: What is shown of the length of the bars; nothing where it is the run's.

    Raises:
        InvalidArgument: There is no such indicator, field or parameter, or it is out of range.
    """
    kernel = make_kernel(name, **parameters)
    fields = kernel.inputs
    told = [f"{key}={value!r}" for key, value in parameters.items()]
    if fields == _ANY_FIELD:
        fields = (_checked_field(field or _USUAL_FIELD, asset, extra_fields),)
        told += [f"field={fields[0]!r}"] if fields[0] != _USUAL_FIELD else []
    elif field is not None:
        reason = f"{name} takes {', '.join(fields)}: leave it out"
        raise InvalidArgument(field="field", value=field, reason=reason)
    told += [f"{frequency=}"] if frequency is not None else []
    every = {**SPECIFICATIONS[name].defaults(), **parameters}
    key = (name, asset.sid, fields, tuple(every.items()))
    return Statement(f"{name}({', '.join([asset.symbol, *told])})", fields, kernel, key)


def output_name(indicator: Indicator) -> str:
    """The name of a value: ``signal`` of ``macd(ALFA).signal``, ``sma`` of ``sma(ALFA)``."""
    head, _, output = indicator.name.rpartition(").")
    return output if head else indicator.name.partition("(")[0]


def is_of_sessions(frequency: object, own: Resolution) -> bool:
    """Whether bars are the sessions of a run of shorter ones, and not those of the run.

    Raises:
        InvalidArgument: They are neither.
    """
    wanted = own if frequency is None else checked_frequency(frequency)
    if wanted != own and (wanted != SESSION or not own.is_intraday):
        others = f"{own} or {SESSION}" if own.is_intraday else str(own)
        raise InvalidArgument(
            field="frequency",
            value=frequency,
            reason=f"an indicator is computed of the bars of the run or of sessions: give {others}",
        )
    return wanted != own


def _checked_field(field: str, asset: Instrument, extra_fields: tuple[str, ...]) -> str:
    known = [each for each in history_fields((asset,), extra_fields) if each != SID]
    if field not in known:
        raise InvalidArgument(field="field", value=field, reason=f"give {', '.join(known)}")
    return field
