"""What stands for an argument that was not given."""

from typing import Any, Final


class NotSpecifiedType:
    """Stands for an argument that was not given, where None means something."""

    def __repr__(self) -> str:
        return "NotSpecified"

    def __bool__(self) -> bool:
        return False


NotSpecified: Final[Any] = NotSpecifiedType()
