"""The error tree as a whole: its names, codes, drawing and messages."""

import inspect
import pickle
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import rustybt.errors
from rustybt.errors import CorruptStateError, RustyBTError, TransientError, UserError

HERE = Path(__file__).parent

#: The errors of zipline-reloaded 3.2.1, without those of its pipeline.
ZIPLINE_NAMES = (HERE / "zipline_names.txt").read_text(encoding="utf-8").split()

#: Programs and logs rely on these: a line may be added, never changed.
CODES = (HERE / "codes.txt").read_text(encoding="utf-8").split()


def error_classes() -> list[type[RustyBTError]]:
    exported = {getattr(rustybt.errors, name) for name in rustybt.errors.__all__}
    return sorted(
        (item for item in exported if isinstance(item, type)), key=lambda found: found.__name__
    )


def example(kind: type[RustyBTError]) -> RustyBTError:
    """An instance with a plausible value in each field, in the type its annotation names."""
    return kind(**{name: _value(annotation) for name, annotation in _fields(kind)})


def _fields(kind: type[RustyBTError]) -> Iterator[tuple[str, str]]:
    for owner in reversed(kind.__mro__):
        if issubclass(owner, RustyBTError) and owner is not RustyBTError:
            yield from inspect.get_annotations(owner).items()


def _value(annotation: str) -> Any:
    examples = {"int": 3, "int | None": 3, "Sequence[int]": (3, 7)}
    return examples.get(annotation, ("ab", "cd") if "Sequence" in annotation else "something")


@pytest.mark.parametrize("name", ZIPLINE_NAMES)
def test_zipline_names_are_kept(name: str) -> None:
    assert issubclass(getattr(rustybt.errors, name), RustyBTError)


def test_codes_are_stable_and_belong_to_one_class_each() -> None:
    assert sorted(kind.code for kind in error_classes()) == sorted(CODES)


@pytest.mark.parametrize("kind", error_classes(), ids=lambda kind: kind.__name__)
def test_an_error_belongs_to_one_branch(kind: type[RustyBTError]) -> None:
    branches = (UserError, TransientError, CorruptStateError)
    assert kind is RustyBTError or sum(issubclass(kind, branch) for branch in branches) == 1


@pytest.mark.parametrize("kind", error_classes(), ids=lambda kind: kind.__name__)
def test_a_message_shows_every_field(kind: type[RustyBTError]) -> None:
    error = example(kind)
    text = str(error)
    for name, value in error.details.items():
        shown = value if isinstance(value, tuple) else (value,)
        assert all(str(part) in text for part in shown), name
    assert text == error.message
    assert "{" not in text


@pytest.mark.parametrize("kind", error_classes(), ids=lambda kind: kind.__name__)
def test_a_template_names_only_fields(kind: type[RustyBTError]) -> None:
    names = {name for _, name, _, _ in string.Formatter().parse(kind.template) if name}
    assert names <= {name for name, _ in _fields(kind)}


@pytest.mark.parametrize("kind", error_classes(), ids=lambda kind: kind.__name__)
def test_an_error_survives_pickling(kind: type[RustyBTError]) -> None:
    error = example(kind)
    error.add_note("seen in a worker")
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is kind
    assert copy.details == error.details
    assert copy.__notes__ == ["seen in a worker"]


def test_the_drawing_shows_every_class_under_its_parent() -> None:
    documentation = rustybt.errors.__doc__ or ""
    drawn: dict[str, str] = {}
    path: list[str] = ["RustyBTError"]
    for line in documentation.splitlines():
        found = re.match(r" {4}([│ ]*)[├└]── (\w+)", line)
        if found:
            depth = len(found[1]) // 4 + 1
            drawn[found[2]] = path[depth - 1]
            path[depth:] = [found[2]]
    parents = {
        kind.__name__: next(b.__name__ for b in kind.__bases__ if issubclass(b, RustyBTError))
        for kind in error_classes()
        if kind is not RustyBTError
    }
    assert drawn == parents


def test_exports_are_sorted_and_named_by_the_package() -> None:
    assert rustybt.errors.__all__ == sorted(rustybt.errors.__all__)
    assert {kind.__module__ for kind in error_classes()} == {"rustybt.errors"}
