"""What the result of a pipeline depends on, as a text: the key of saved results."""

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from rustybt.pipeline.data.dataset import DataSetType
from rustybt.pipeline.ordering import ordered_terms
from rustybt.pipeline.pipeline import Pipeline
from rustybt.pipeline.stable_text import NotStable, StableText, digest, is_of_library
from rustybt.pipeline.term import Term


def graph_text(pipeline: Pipeline) -> str:
    """Every term of a pipeline, a line each, then its columns and its screen.

    A term is told by its kind and its arguments, inputs by their numbers; a class that is not
    RustyBT's by its code.

    Raises:
        NotStable: A term cannot be told from others in another process.
    """
    roots: list[Term] = list(pipeline.columns.values())
    if pipeline.screen is not None:
        roots.append(pipeline.screen)
    numbers = {term: number for number, term in enumerate(ordered_terms(roots))}
    texts = _TermTexts(numbers)
    lines = [f"{number}: {texts.term(term)}" for term, number in numbers.items()]
    shown = [f"{name!r}: #{numbers[term]}" for name, term in pipeline.columns.items()]
    screen = "none" if pipeline.screen is None else f"#{numbers[pipeline.screen]}"
    return "\n".join([*lines, *shown, f"screen: {screen}"])


def loader_text(loader: object) -> str:
    """What a loader's data depend on beside the bundle.

    It says so itself with an attribute ``fingerprint``, a text that changes with its data.

    Raises:
        NotStable: It does not say.
    """
    kind, fingerprint = type(loader), getattr(loader, "fingerprint", None)
    if not isinstance(fingerprint, str):
        raise NotStable(f"the loader {kind.__qualname__} has no attribute fingerprint")
    return f"{kind.__module__}.{kind.__qualname__} {fingerprint!r}"


@cache
def versions_text() -> str:
    """The versions of all that computes: RustyBT's own by the code of its pipelines."""
    files = sorted(Path(__file__).parent.rglob("*.py"))
    own = digest(b"".join(file.read_bytes() for file in files))
    python = ".".join(map(str, sys.version_info[:2]))
    return f"rustybt {own}, polars {pl.__version__}, numpy {np.__version__}, python {python}"


class _TermTexts(StableText):
    """Texts of terms, too.

    Args:
        numbers: Numbers of the terms of a graph, by which they are told.
    """

    def __init__(self, numbers: Mapping[Term, int]) -> None:
        super().__init__()
        self._numbers = numbers

    def text(self, value: Any) -> str:  # noqa: ANN401 - anything may be given
        """See `StableText.text`."""
        if isinstance(value, Term):
            known = self._numbers.get(value)
            return f"({self.term(value)})" if known is None else f"#{known}"
        if isinstance(value, DataSetType):
            return self._dataset(value)
        return super().text(value)

    def term(self, term: Term) -> str:
        """A term in full."""
        fields: dict[str, Any] = vars(term)["_fields"]
        arguments = ", ".join(f"{name}={self.of(fields[name])}" for name in sorted(fields))
        kind = type(term)
        if is_of_library(kind.__module__):
            return f"{kind.__module__}.{kind.__qualname__} {arguments}"
        return f"{self.of(kind)} {arguments}"

    def _dataset(self, dataset: DataSetType) -> str:
        columns = [
            f"{name} {column.dtype.str} {self.of(column.missing_value)} {self.of(column.metadata)}"
            for name, column in dataset.declared.items()
        ]
        return f"{dataset.__module__}.{dataset.qualname} {dataset.domain!r} {'; '.join(columns)}"
