"""Which resolutions bars can be made of."""

from rustybt.clock.resolution import Resolution
from rustybt.errors import InvalidArgument
from rustybt_data.resampling.sources import Source


def check_nesting(source: Source, shorter: Resolution | None, longer: Resolution) -> None:
    """Refuse bars that do not add up to longer ones.

    Args:
        source: What they are made of.
        shorter: How long its bars are, where that is known.
        longer: How long the new ones shall be.

    Raises:
        InvalidArgument: They do not add up.
    """
    if not source.is_intraday and longer.is_intraday:
        reason = "bars of sessions have no times of day; give 1d, 1w or 1mo"
        raise InvalidArgument(field="to", value=str(longer), reason=reason)
    if shorter is None:
        return
    if source.kind != "bars":
        reason = f"{source.kind} have no length; leave it out"
        raise InvalidArgument(field="from_", value=str(shorter), reason=reason)
    if shorter.is_intraday != source.is_intraday:
        reason = f"the frame has a column {source.label}; give the length of its bars"
        raise InvalidArgument(field="from_", value=str(shorter), reason=reason)
    if not shorter.adds_up_to(longer):
        reason = f"bars of {shorter} do not add up to it; give a multiple"
        raise InvalidArgument(field="to", value=str(longer), reason=reason)
