"""What factors, filters and classifiers have in common: missing values, slices, periods, names."""

from typing import TYPE_CHECKING, Any, ClassVar

from rustybt.errors import (
    InvalidArgument,
    NonSliceableTerm,
    UnknownTermAttribute,
    WrongTermType,
)
from rustybt.pipeline.derived import Kind, derived
from rustybt.pipeline.dtypes import INTEGER, TEXT, TRUTH
from rustybt.pipeline.periods import FREQUENCIES
from rustybt.pipeline.scalars import checked_scalar
from rustybt.pipeline.term import ComputableTerm, Term

if TYPE_CHECKING:
    from rustybt.assets import Asset


class CommonMethods(ComputableTerm):
    """Methods of every term that is computed."""

    kind: ClassVar[Kind]

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - nothing is returned
        raise UnknownTermAttribute(
            term=self, attribute=name, reason=f"it is a {self.kind}, and those have none of it"
        )

    def __getitem__(self, asset: "Asset") -> Any:  # noqa: ANN401 - a term of the same kind
        """The values of one asset: a value per session.

        Raises:
            NonSliceableTerm: It has one value per session already.
            WrongTermType: The key is no asset.
        """
        sid = getattr(asset, "sid", None)
        if self.ndim == 1:
            raise NonSliceableTerm(term=self)
        if sid is None:
            raise WrongTermType(method="[]", term=self, reason=f"give an asset, not {asset!r}")
        return self._like(
            "slice",
            ndim=1,
            needs=(sid,),
            window_safe=self.window_safe,
            params={"sid": sid, "name": repr(asset)},
        )

    def alias(self, name: str) -> Any:  # noqa: ANN401 - a term of the same kind
        """The same values under a name of their own, in pictures and messages.

        Args:
            name: The name.
        """
        return self._like("alias", window_safe=self.window_safe, params={"name": str(name)})

    def downsample(self, frequency: str) -> Any:  # noqa: ANN401 - a term of the same kind
        """In all sessions of a period the value of its first session.

        Args:
            frequency: ``week_start``, ``month_start``, ``quarter_start`` or ``year_start``.

        Raises:
            InvalidArgument: There is no such frequency.
        """
        if frequency not in FREQUENCIES:
            raise InvalidArgument(
                field=f"frequency of {self!r}.downsample",
                value=frequency,
                reason=f"give one of {', '.join(FREQUENCIES)}",
            )
        return self._like(
            "downsample", window_safe=self.window_safe, params={"frequency": frequency}
        )

    def isnull(self) -> Any:  # noqa: ANN401 - a Filter
        """Where there is no value.

        Raises:
            WrongTermType: It is a filter: filters are never missing.
        """
        return self._presence("isnull")

    def notnull(self) -> Any:  # noqa: ANN401 - a Filter
        """Where there is a value.

        Raises:
            WrongTermType: It is a filter: filters are never missing.
        """
        return self._presence("notnull")

    def fillna(self, fill_value: object) -> Any:  # noqa: ANN401 - a term of the same kind
        """The same values, and others where there are none.

        Args:
            fill_value: A number, text or instant, or a term of the same kind and dtype whose
                values are taken.

        Raises:
            WrongTermType: The fill value is of another type, or this is a filter.
        """
        self._refuse_filters("fillna")
        params: dict[str, object] = self.missing_label
        inputs: tuple[Term, ...] = (self,)
        if isinstance(fill_value, Term):
            self.check_alike("fillna", fill_value)
            inputs = (self, fill_value)
        else:
            params["value"] = checked_scalar("fillna", self, fill_value)
        safe = all(term.window_safe for term in inputs)
        return self._like("fillna", inputs=inputs, window_safe=safe, params=params)

    def graph_repr(self) -> str:
        """What it is called in pictures."""
        return self.short_name

    def recursive_repr(self) -> str:
        """What it is called inside of what is made of it."""
        return self.short_name

    @property
    def missing_label(self) -> dict[str, object]:
        """What stands for a missing value where that is not null, as an argument of operations."""
        if self.dtype in {INTEGER, TEXT} and self.missing_value is not None:
            return {"missing": self.missing_value}
        return {}

    def _presence(self, operation: str) -> Any:  # noqa: ANN401 - a Filter
        self._refuse_filters(operation)
        return derived(
            "filter", operation, (self,), dtype=TRUTH, window_safe=True, params=self.missing_label
        )

    def _refuse_filters(self, method: str) -> None:
        if self.dtype == TRUTH:
            raise WrongTermType(
                method=method,
                term=self,
                reason="a filter is never missing; use ~ for what it omits",
            )

    def check_alike(self, method: str, other: Term) -> None:
        """Refuse a term of another kind or dtype.

        Raises:
            WrongTermType: It is one.
        """
        kind = getattr(other, "kind", None)
        if kind != self.kind or other.dtype != self.dtype:
            raise WrongTermType(
                method=method,
                term=self,
                reason=f"{other!r} is {_described(other)}; give {_described(self)}",
            )

    def _like(self, operation: str, **fields: Any) -> Any:  # noqa: ANN401 - a term of the same kind
        inputs = fields.pop("inputs", (self,))
        return derived(
            self.kind,
            operation,
            inputs,
            dtype=self.dtype,
            missing_value=self.missing_value,
            **fields,
        )


def _described(term: Term) -> str:
    kind = getattr(term, "kind", None)
    if kind is None:
        return f"a column of data (take {term!r}.latest)"
    return f"a {kind} of {term.dtype}"
