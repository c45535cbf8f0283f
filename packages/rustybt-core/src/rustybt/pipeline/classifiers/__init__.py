"""Built-in classifiers."""

from rustybt.pipeline.classifier import Classifier
from rustybt.pipeline.classifiers.labels import Everything, Latest, Quantiles
from rustybt.pipeline.custom import CustomClassifier
from rustybt.pipeline.expr_factor import ExprClassifier

__all__ = ["Classifier", "CustomClassifier", "Everything", "ExprClassifier", "Latest", "Quantiles"]
