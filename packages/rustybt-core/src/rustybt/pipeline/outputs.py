"""Outputs of terms that have several, and newest values."""

from typing import Any

from rustybt.errors import UnknownTermAttribute
from rustybt.pipeline.derived import derived
from rustybt.pipeline.term import ComputableTerm


class HasOutputs(ComputableTerm):
    """What has an attribute per output where it has several."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a Factor
        outputs = vars(self).get("outputs") or ()
        if name not in outputs:
            reason = f"its outputs are {', '.join(outputs)}" if outputs else "it is a factor"
            raise UnknownTermAttribute(term=self, attribute=name, reason=reason)
        return self._output(name)

    def __iter__(self) -> Any:  # noqa: ANN401 - an iterator of Factors
        outputs = self.outputs
        if not outputs:
            raise TypeError(f"{type(self).__name__} has one output")
        return iter([self._output(name) for name in outputs])

    def _output(self, name: str) -> Any:  # noqa: ANN401 - a Factor
        return derived(
            "factor",
            "output_of",
            (self,),
            dtype=self.dtype,
            missing_value=self.missing_value,
            window_safe=self.window_safe,
            params={"name": name},
        )
