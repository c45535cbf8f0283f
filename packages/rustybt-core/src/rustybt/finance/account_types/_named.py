"""Account types by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rustybt.errors import InvalidArgument
from rustybt.finance.account_types._base import UnlimitedAccount
from rustybt.finance.account_types._cash import CashAccount
from rustybt.finance.account_types._margin import MarginAccount

if TYPE_CHECKING:
    from rustybt.finance.account_types._base import AccountType

_TYPES: Final = {kind.name: kind for kind in (UnlimitedAccount, CashAccount, MarginAccount)}


def account_type(given: str | AccountType) -> AccountType:
    """The account type that an argument means.

    Args:
        given: "unlimited", "cash" or "margin", each with its defaults; or an account type.

    Raises:
        InvalidArgument: It is neither.
    """
    if isinstance(given, str) and given in _TYPES:
        return _TYPES[given]()
    if isinstance(given, str) or not hasattr(given, "open"):
        known = ", ".join(_TYPES)
        raise InvalidArgument(
            field="account", value=given, reason=f"give {known}, or an account type"
        )
    return given
