"""Cancel policies: at which event of the clock they cancel."""

import pytest

from rustybt.clock import EventKind
from rustybt.finance.cancel_policy import CancelPolicy, EODCancel, NeverCancel


@pytest.mark.parametrize("event", EventKind)
def test_eod_cancel_cancels_at_the_end_of_a_session_only(event: EventKind) -> None:
    assert EODCancel().should_cancel(event) is (event == EventKind.SESSION_END)


@pytest.mark.parametrize("event", EventKind)
def test_never_cancel_never_cancels(event: EventKind) -> None:
    assert not NeverCancel().should_cancel(event)


def test_eod_cancel_warns_unless_told_otherwise() -> None:
    assert EODCancel().warn_on_cancel
    assert not EODCancel(warn_on_cancel=False).warn_on_cancel
    assert not EODCancel(False).warn_on_cancel
    assert not NeverCancel().warn_on_cancel


def test_a_policy_has_to_say_when() -> None:
    class Silent(CancelPolicy):
        pass

    with pytest.raises(TypeError):
        Silent()  # type: ignore[abstract]


def test_policies_show_their_arguments() -> None:
    assert repr(EODCancel(False)) == "EODCancel(warn_on_cancel=False)"
    assert repr(NeverCancel()) == "NeverCancel()"
