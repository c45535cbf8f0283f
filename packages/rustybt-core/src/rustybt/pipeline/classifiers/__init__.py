"""Built-in classifiers."""

from rustybt.pipeline.classifier import Classifier
from rustybt.pipeline.classifiers.labels import Everything, Latest, Quantiles
from rustybt.pipeline.custom import CustomClassifier

__all__ = ["Classifier", "CustomClassifier", "Everything", "Latest", "Quantiles"]
