"""Errors of the Pipeline: terms, domains, windows and attached pipelines."""
# ruff: noqa: N818 - the names are part of the public API; those of Zipline are kept

from __future__ import annotations

from collections.abc import Sequence

from rustybt.errors._base import UserError, listed, near
from rustybt.errors._trading import OutsideInitialize


class AmbiguousDomain(UserError, ValueError):
    """Terms of several domains were put together."""

    name: str
    domains: Sequence[object]

    @property
    def message(self) -> str:
        """Name the domains and whose they are."""
        return (
            f"{self.name} is made of terms of several domains, {listed(map(str, self.domains))}; "
            "specialize all of its columns to one domain"
        )


class AttachPipelineAfterInitialize(OutsideInitialize):
    """``attach_pipeline`` was called outside ``initialize``."""

    template = "attach_pipeline was called outside initialize; call it in initialize"


class DuplicatePipelineName(UserError, ValueError):
    """A pipeline of that name is attached already."""

    name: str
    template = "a pipeline named {name!r} is attached already; choose another name for this one"


class NoSuchPipeline(UserError, KeyError):
    """No pipeline of that name is attached."""

    name: object
    valid: Sequence[str]

    @property
    def message(self) -> str:
        """Name those that there are."""
        return (
            f"no pipeline is named {self.name!r}; attached are {listed(self.valid)}; "
            "attach it in initialize with attach_pipeline"
        )


class BadPercentileBounds(UserError, ValueError):
    """Two percentiles do not bound a range."""

    termname: str
    min_percentile: object
    max_percentile: object
    upper_bound: object
    template = (
        "percentiles of {termname} were {min_percentile!r} and {max_percentile!r}; give two from "
        "0 to {upper_bound}, the smaller one first"
    )


class IncompatibleTerms(UserError, ValueError):
    """Two terms are computed for different assets."""

    term_1: object
    term_2: object
    template = (
        "{term_1!r} and {term_2!r} have different masks, so their assets differ; give both the "
        "same mask, or take a slice of the second one"
    )


class NonPipelineInputs(UserError, TypeError):
    """An input of a term is none of the things that terms are made of."""

    termname: str
    inputs: object
    template = (
        "inputs of {termname} were {inputs!r}; give columns of data sets, factors, filters or "
        "classifiers"
    )


class NonSliceableTerm(UserError, TypeError):
    """A term has no values of single assets."""

    term: object
    template = "{term!r} cannot be sliced; slice a factor, filter or classifier, such as .latest"


class NonWindowSafeInput(UserError, ValueError):
    """A window was asked for over a term whose values change their meaning after a split."""

    parent: str
    child: object
    template = (
        "{parent} takes a window over {child}, whose values before and after a split cannot be "
        "compared; take it over something without a unit, such as returns, ranks or z-scores"
    )


class PipelineOutputDuringInitialize(UserError, RuntimeError):
    """``pipeline_output`` was called in ``initialize``."""

    template = (
        "pipeline_output was called in initialize; call it from before_trading_start on, when "
        "there is a session"
    )


class NotDType(UserError, TypeError):
    """What a term was declared with is no dtype."""

    dtype: object
    termname: str
    template = "dtype of {termname} was {dtype!r}, which is none; give one of numpy, such as float"


class TermInputsNotSpecified(UserError, TypeError):
    """A term was made without inputs."""

    termname: str
    template = "{termname} has no inputs; give inputs=[…], or name them in the class"


class UnknownColumn(UserError, AttributeError):
    """A data set has no column of this name."""

    dataset: str
    column: str
    known: Sequence[str] = ()

    @property
    def message(self) -> str:
        """Name the data set, the name asked for and the names that exist."""
        return (
            f"{self.dataset} has no column {self.column!r}; {near(self.column, self.known)}"
            f"it has: {listed(self.known)}"
        )


class UnknownRankMethod(UserError, ValueError):
    """There is no such way to rank equal values."""

    method: object
    choices: Sequence[str]
    termname: str

    @property
    def message(self) -> str:
        """Name the term, the method and those that there are."""
        known = ", ".join(self.choices)
        return f"rank of {self.termname} was asked for by {self.method!r}; give one of {known}"


class UnknownTermAttribute(UserError, AttributeError):
    """A term has no such method, as a filter has no ranks."""

    term: object
    attribute: str
    reason: str
    template = "{term!r} has no attribute {attribute!r}: {reason}"


class UnsupportedDType(UserError, TypeError):
    """Terms have no values of a dtype."""

    dtype: object
    termname: str
    choices: str = "float64, int64, bool, object (texts), datetime64[ns]"
    template = "dtype of {termname} was {dtype}; give one of {choices}"


class UnsupportedPipelineOutput(UserError, TypeError):
    """A column of a pipeline cannot show a term."""

    column_name: str
    term: object
    reason: str
    template = "column {column_name!r} cannot show {term!r}: {reason}"


class WindowLengthNotPositive(UserError, ValueError):
    """The length of windows is negative, or no whole number."""

    termname: str
    window_length: object
    template = "window_length of {termname} was {window_length!r}; give a whole number from 1 on"


class WindowLengthNotSpecified(UserError, TypeError):
    """A term was made without a length of its windows."""

    termname: str
    template = "{termname} has no window_length; give window_length=…, or name it in the class"


class WindowLengthTooLong(UserError, LookupError):
    """A term needs sessions before the first of the data."""

    term: object
    needed: object
    first_session: object
    start: object
    suggested_start: object = None

    @property
    def message(self) -> str:
        """Name the term, the sessions that lack, and a start that works."""
        advice = (
            "take shorter windows"
            if self.suggested_start is None
            else f"start on or after {self.suggested_start}, or take shorter windows"
        )
        return (
            f"for {self.start}, {self.term} needs {self.needed}, but the data begin on "
            f"{self.first_session}; {advice}"
        )


class WrongTermType(UserError, TypeError):
    """A method of a term was used on, or with, values of a type that it is not made for."""

    method: str
    term: object
    reason: str
    template = "{method} of {term!r}: {reason}"
