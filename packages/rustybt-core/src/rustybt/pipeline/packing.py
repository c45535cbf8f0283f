"""Pipelines as bytes, for other processes."""

import io
import pickle
from types import FunctionType
from typing import Any

from rustybt.errors import InvalidArgument


class _Pickler(pickle.Pickler):
    """Refuses what another process cannot import."""

    def reducer_override(self, value: object) -> Any:  # noqa: ANN401 - NotImplemented, or a recipe
        """Pass by all but classes and functions that are of no module."""
        if isinstance(value, type | FunctionType) and _is_local(value):
            raise _NotImportableError(f"{value.__module__}.{value.__qualname__}")
        return NotImplemented


class _NotImportableError(Exception):
    """A class or function cannot be imported by another process."""


def packed(value: object) -> bytes:
    """An object as bytes that `pickle.loads` reads in another process.

    Classes and functions go by the names of their modules. Those of a notebook, a script or inside
    a function have none that another process could import: they are sent whole by cloudpickle
    where that is installed.

    Raises:
        InvalidArgument: Something cannot be sent.
    """
    buffer = io.BytesIO()
    try:
        _Pickler(buffer, protocol=pickle.HIGHEST_PROTOCOL).dump(value)
    except _NotImportableError as error:
        return _whole(value, str(error))
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise _refused(str(error)) from error
    return buffer.getvalue()


def _whole(value: object, name: str) -> bytes:
    try:
        import cloudpickle  # type: ignore[import-not-found,unused-ignore]
    except ImportError as error:
        raise InvalidArgument(
            field="a term or loader",
            value=name,
            reason="another process cannot import it; put it into a module, "
            "or run: pip install cloudpickle",
        ) from error
    try:
        found: bytes = cloudpickle.dumps(value)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise _refused(str(error)) from error
    return found


def _refused(reason: str) -> InvalidArgument:
    return InvalidArgument(
        field="pipeline",
        value="what it is made of",
        reason=f"it cannot be sent to another process ({reason}); make terms and loaders of what "
        "can be pickled, or leave out workers and executor",
    )


def _is_local(value: type | FunctionType) -> bool:
    return value.__module__ == "__main__" or "<locals>" in value.__qualname__
