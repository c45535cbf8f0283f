"""Terms of a Polars expression over the windows of each asset."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

import polars as pl

from rustybt.errors import InvalidArgument
from rustybt.pipeline.classifier import Classifier
from rustybt.pipeline.dtypes import INTEGER, TEXT, polars_type
from rustybt.pipeline.factor import Factor
from rustybt.pipeline.filter import Filter
from rustybt.pipeline.sentinels import NotSpecified
from rustybt.pipeline.term import ComputableTerm, Term
from rustybt.pipeline.window_expression import UnusableError, WindowExpression

if TYPE_CHECKING:
    from rustybt.pipeline.columns import Columns

ExpressionOf = pl.Expr | Callable[..., pl.Expr]
"""An expression, or a function that makes one of the expressions of the inputs, in order."""

Inputs = Mapping[str, Term] | Iterable[Term]
"""Terms by the names that an expression has for them, or columns of data, named as they are."""


class Expressed(ComputableTerm):
    """A term of a Polars expression over the window of each asset.

    The expression sees the columns of its inputs, `window_length` rows of one asset as of the
    session, the last one the session before; a missing number is null. It makes one value of them.
    """

    kinds: ClassVar[str] = ""

    def __new__(
        cls,
        expression: ExpressionOf,
        inputs: Inputs,
        window_length: int,
        *,
        mask: Any = NotSpecified,  # noqa: ANN401 - a Filter
        domain: Any = NotSpecified,  # noqa: ANN401 - a Domain
        dtype: Any = NotSpecified,  # noqa: ANN401 - what numpy takes as one
        missing_value: Any = NotSpecified,  # noqa: ANN401 - a value of the dtype
        window_safe: bool | None = None,
    ) -> Self:
        """Make the term, or find the equal one that exists.

        Args:
            expression: A Polars expression over the inputs by their names, such as
                ``pl.col("close").last() / pl.col("close").mean()``, or a function that makes it of
                the inputs in order, as expressions.
            inputs: The inputs by name, or columns of data, which have names.
            window_length: Rows of a window.
            mask: A filter: where it is computed.
            domain: Where its data are from, if its inputs do not say.
            dtype: Of its values.
            missing_value: What stands for a missing value.
            window_safe: Whether windows may be taken over it, since no split changes its values.

        Raises:
            InvalidArgument: The expression names what is no input, makes more than one value,
                another kind of values than the term has, or could see more than its window.
        """
        name = cls.__name__
        named = _named(name, inputs)
        built = f"{name}({{source}}, inputs=[{', '.join(named)}], window_length={window_length})"
        window = _window(expression, named, built)
        plain: Any = super().__new__(
            cls,
            inputs=tuple(named.values()),
            window_length=window_length,
            mask=mask,
            domain=domain,
            dtype=dtype,
            missing_value=missing_value,
        )
        built = built.format(source=window)
        fields: dict[str, Any] = {**vars(plain)["_fields"]}
        if window_length < 1:
            raise InvalidArgument(
                field=f"window_length of {built}", value=window_length, reason="give at least 1"
            )
        schema = {each: polars_type(term.dtype) for each, term in named.items()}
        made = _checked(window, schema, window_length, built)
        if not cls._takes(made):
            raise InvalidArgument(
                field=f"expression of {built}", value=made, reason=f"make {cls.kinds} of a window"
            )
        fields |= cls._typed(made, fields, dtype)
        fields["params"] = {"expression": window, "names": tuple(named)}
        if window_safe is not None:
            fields["window_safe"] = window_safe
        return cls.of(**fields)

    def expressions(self, columns: "Columns") -> pl.Expr:
        """The expression over windows."""
        window: WindowExpression = self.params["expression"]
        inputs = dict(zip(self.params["names"], columns.inputs, strict=True))
        return window.apply(inputs, self.window_length, polars_type(self.dtype))

    def __repr__(self) -> str:
        names = ", ".join(self.params["names"])
        window: WindowExpression = self.params["expression"]
        return (
            f"{type(self).__name__}({window!r}, inputs=[{names}], "
            f"window_length={self.window_length})"
        )

    @classmethod
    def _typed(cls, made: pl.DataType, fields: Mapping[str, Any], dtype: object) -> dict[str, Any]:
        """What follows from the type that the expression makes."""
        del made, fields, dtype
        return {}

    @classmethod
    def _takes(cls, made: pl.DataType) -> bool:
        raise NotImplementedError


class ExprFactor(Expressed, Factor):
    """A factor of a Polars expression over the window of each asset; see `Expressed`.

    The ratio of the last close to the mean of twenty::

    ExprFactor(
        pl.col("close").last() / pl.col("close").mean(),
        inputs={"close": EquityPricing.close},
        window_length=20,
    )
    """

    kinds = "a number (a truth value is an ExprFilter, a text an ExprClassifier)"

    @classmethod
    def _takes(cls, made: pl.DataType) -> bool:
        return made.is_numeric() or made.is_temporal()


class ExprFilter(Expressed, Filter):
    """A filter of a Polars expression over the window of each asset; see `Expressed`.

    A missing truth value is False.
    """

    kinds = "a truth value"

    @classmethod
    def _takes(cls, made: pl.DataType) -> bool:
        return made == pl.Boolean


class ExprClassifier(Expressed, Classifier):
    """A classifier of a Polars expression over the window of each asset; see `Expressed`.

    It makes whole numbers, for which -1 is missing, or texts.
    """

    kinds = "a whole number or a text"
    missing_value = -1

    @classmethod
    def _takes(cls, made: pl.DataType) -> bool:
        return made.is_integer() or made == pl.String

    @classmethod
    def _typed(cls, made: pl.DataType, fields: Mapping[str, Any], dtype: object) -> dict[str, Any]:
        own = TEXT if made == pl.String else INTEGER
        if dtype is not NotSpecified and fields["dtype"] != own:
            raise InvalidArgument(
                field=f"dtype of {cls.__name__}", value=dtype, reason=f"its expression makes {own}"
            )
        unnamed = own == TEXT and fields["missing_value"] == cls.missing_value
        return {"dtype": own, "missing_value": None if unnamed else fields["missing_value"]}


_IDENTIFIED: Final = "give a mapping of names to terms"


def _named(term: str, inputs: Inputs) -> dict[str, Term]:
    if isinstance(inputs, Mapping):
        named = dict(inputs)
    else:
        given = [inputs] if isinstance(inputs, Term) else list(inputs)
        named = {
            getattr(each, "name", f"input {number}"): each for number, each in enumerate(given)
        }
        if len(named) < len(given) or not all(hasattr(each, "dataset") for each in given):
            raise InvalidArgument(field=f"inputs of {term}", value=given, reason=_IDENTIFIED)
    if not named or not all(isinstance(name, str) and name for name in named):
        raise InvalidArgument(field=f"inputs of {term}", value=inputs, reason=_IDENTIFIED)
    return named


def _window(expression: ExpressionOf, named: Mapping[str, Term], built: str) -> WindowExpression:
    made = expression
    if callable(expression) and not isinstance(expression, pl.Expr):
        made = expression(*map(pl.col, named))
    if not isinstance(made, pl.Expr):
        raise InvalidArgument(
            field=f"expression of {built.format(source=type(expression).__name__)}",
            value=made,
            reason="give a Polars expression, or a function that makes one",
        )
    try:
        return WindowExpression(made)
    except UnusableError as error:
        field = f"expression of {built.format(source=made)}"
        raise InvalidArgument(field=field, value=str(made), reason=str(error)) from error


def _checked(
    window: WindowExpression, schema: Mapping[str, pl.DataType], length: int, built: str
) -> pl.DataType:
    try:
        return window.check(schema, length)
    except UnusableError as error:
        raise InvalidArgument(
            field=f"expression of {built}", value=str(window), reason=str(error)
        ) from error
