"""Classifiers: a label, an integer or a text, per asset and session."""

from rustybt.pipeline.derived import Derived, stands_for
from rustybt.pipeline.dtypes import INTEGER
from rustybt.pipeline.term import ComputableTerm


class Classifier(ComputableTerm):
    """A label per asset and session; those of a label are a group."""

    default_dtype = INTEGER


class DerivedClassifier(Derived, Classifier):
    """A classifier that an operation made."""


stands_for("classifier", DerivedClassifier)
