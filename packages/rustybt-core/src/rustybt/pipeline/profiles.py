"""Whose definitions hold: the standard ones, or Zipline's where they differ."""

from typing import Any, Final, Literal, get_args

from rustybt.errors import InvalidArgument

Profile = Literal["standard", "zipline"]

STANDARD: Final = "standard"
ZIPLINE: Final = "zipline"


def checked_profile(profile: Any, *, field: str = "profile") -> Profile:  # noqa: ANN401
    """A profile that was given.

    Raises:
        InvalidArgument: There is none of this name.
    """
    if profile not in get_args(Profile):
        names = ", ".join(get_args(Profile))
        raise InvalidArgument(field=field, value=profile, reason=f"give one of {names}")
    return profile  # type: ignore[no-any-return]  # one of the two
