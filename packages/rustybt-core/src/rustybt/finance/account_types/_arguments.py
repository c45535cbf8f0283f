"""Checks of the arguments of account types."""

from __future__ import annotations

from typing import Literal, TypeVar, get_args

from rustybt.errors import InvalidArgument

OnRefusal = Literal["reject", "fail"]
"""reject: an order that the account does not allow is refused; fail: its error is raised."""

ChoiceT = TypeVar("ChoiceT", bound=str)


def checked_refusal(on_refusal: OnRefusal) -> OnRefusal:
    """What happens to an order that an account does not allow.

    Raises:
        InvalidArgument: It is none of the choices.
    """
    return checked_choice(on_refusal, get_args(OnRefusal), field="on_refusal")


def checked_choice(choice: ChoiceT, choices: tuple[str, ...], *, field: str) -> ChoiceT:
    """One of several texts.

    Raises:
        InvalidArgument: It is none of them.
    """
    if choice not in choices:
        raise InvalidArgument(field=field, value=choice, reason=f"give {' or '.join(choices)}")
    return choice
