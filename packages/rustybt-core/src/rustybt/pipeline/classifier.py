"""Classifiers: a label, an integer or a text, per asset and session."""

import re
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, NoReturn

from rustybt.errors import InvalidArgument, WrongTermType
from rustybt.pipeline.common import CommonMethods
from rustybt.pipeline.derived import Derived, Kind, derived, stands_for
from rustybt.pipeline.dtypes import FLOAT, INTEGER, TEXT, TRUTH
from rustybt.pipeline.filter import Filter
from rustybt.pipeline.refusing import ARITHMETIC, LOGIC, refuses
from rustybt.pipeline.scalars import checked_scalar
from rustybt.pipeline.sentinels import NotSpecified
from rustybt.pipeline.term import Argument


class Classifier(CommonMethods):
    """A label per asset and session; those of a label are a group.

    Labels are integers or texts. A missing label belongs to no group and equals nothing.
    """

    kind: ClassVar[Kind] = "classifier"
    dtypes = (INTEGER, TEXT)
    default_dtype = INTEGER

    def eq(self, other: str | int) -> Filter:
        """Where the label is one; ``==`` compares terms.

        Raises:
            WrongTermType: The label is of another type.
            InvalidArgument: It is what stands for a missing one.
        """
        label = self._label("eq", other)
        return self._filter("eq", {"value": label}, missing=False)

    def __ne__(self, other: object) -> Filter:  # type: ignore[override]  # Zipline's operator
        """Where there is a label, and it is another one."""
        return self._filter("ne", {"value": checked_scalar("!=", self, other)})

    __hash__ = CommonMethods.__hash__

    def __lt__(self, other: object) -> NoReturn:
        raise self._unordered("<")

    def __le__(self, other: object) -> NoReturn:
        raise self._unordered("<=")

    def __gt__(self, other: object) -> NoReturn:
        raise self._unordered(">")

    def __ge__(self, other: object) -> NoReturn:
        raise self._unordered(">=")

    def element_of(self, choices: Iterable[str] | Iterable[int]) -> Filter:
        """Where the label is one of some.

        Raises:
            WrongTermType: The choices are no labels of its type.
            InvalidArgument: One of them is what stands for a missing one.
        """
        try:
            unique = set(choices)
        except TypeError as error:
            raise WrongTermType(
                method="element_of", term=self, reason=f"give labels, not {choices!r}"
            ) from error
        labels = sorted(self._label("element_of", label) for label in unique)
        return self._filter("element_of", {"choices": tuple(labels)}, missing=False)

    def startswith(self, prefix: str) -> Filter:
        """Where the label, a text, begins so."""
        return self._filter("startswith", {"prefix": self._text("startswith", prefix)})

    def endswith(self, suffix: str) -> Filter:
        """Where the label, a text, ends so."""
        return self._filter("endswith", {"suffix": self._text("endswith", suffix)})

    def has_substring(self, substring: str) -> Filter:
        """Where the label, a text, contains another one."""
        return self._filter("has_substring", {"substring": self._text("has_substring", substring)})

    def matches(self, pattern: str | re.Pattern[str]) -> Filter:
        """Where the beginning of the label, a text, is what a pattern describes (`re.match`).

        Raises:
            WrongTermType: The labels are no texts, or the pattern is none.
            InvalidArgument: The pattern cannot be read.
        """
        if isinstance(pattern, re.Pattern):
            self._text("matches", pattern.pattern)
            return self._filter("matches", {"pattern": pattern})
        text = self._text("matches", pattern)
        try:
            re.compile(text)
        except re.error as error:
            raise InvalidArgument(
                field=f"pattern of {self!r}.matches", value=text, reason=str(error)
            ) from error
        return self._filter("matches", {"pattern": text})

    def relabel(self, relabeler: Callable[[str], str | None]) -> "Classifier":
        """Other labels: what a function makes of each text; None makes it missing.

        The function is called once for each label that there is, not once per asset and session.

        Raises:
            WrongTermType: The labels are no texts.
        """
        if self.dtype != TEXT or not callable(relabeler):
            raise self._no_text("relabel", "a function of texts", relabeler)
        made: Classifier = self._like(
            "relabel", params=self.missing_label | {"relabeler": relabeler}
        )
        return made

    def peer_count(self, mask: Argument = NotSpecified) -> Any:  # noqa: ANN401 - a Factor
        """How many assets of the session have the same label; missing where the label is.

        Args:
            mask: A filter: for which assets, and which are counted.
        """
        return derived(
            "factor",
            "peer_count",
            (self,),
            dtype=FLOAT,
            mask=mask,
            window_safe=True,
            params=self.missing_label,
        )

    def _filter(self, operation: str, params: dict[str, object], *, missing: bool = True) -> Filter:
        made: Filter = derived(
            "filter",
            operation,
            (self,),
            dtype=TRUTH,
            window_safe=True,
            params=params | (self.missing_label if missing else {}),
        )
        return made

    def _label(self, method: str, label: object) -> Any:  # noqa: ANN401 - an integer or a text
        if label == self.missing_value:
            raise InvalidArgument(
                field=f"label of {self!r}.{method}",
                value=label,
                reason="it stands for a missing one, which equals nothing; use isnull()",
            )
        return checked_scalar(method, self, label)

    def _text(self, method: str, text: object) -> str:
        if self.dtype != TEXT or not isinstance(text, str):
            raise self._no_text(method, "a text", text)
        return text

    def _no_text(self, method: str, wanted: str, given: object) -> WrongTermType:
        reason = f"give {wanted}, not {given!r}"
        if self.dtype != TEXT:
            reason = "its labels are integers; the method is made for texts"
        return WrongTermType(method=method, term=self, reason=reason)

    def _unordered(self, operation: str) -> WrongTermType:
        return WrongTermType(
            method=operation, term=self, reason="labels have no order; use eq, != or element_of"
        )


refuses(
    Classifier,
    (*ARITHMETIC, *LOGIC),
    "labels are no numbers and no filters; use eq, != or element_of",
)


class DerivedClassifier(Derived, Classifier):
    """A classifier that an operation made."""


stands_for("classifier", DerivedClassifier)
