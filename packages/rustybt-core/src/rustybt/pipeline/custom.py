"""Terms that are computed by functions of numpy windows, one call per session."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rustybt.data.coefficients import IntArray
from rustybt.pipeline.classifier import Classifier
from rustybt.pipeline.factor import Factor
from rustybt.pipeline.filter import Filter
from rustybt.pipeline.term import ComputableTerm

Out = NDArray[Any]
"""What `compute` writes to."""


class WindowFunction(ComputableTerm):
    """What is computed by a function of numpy windows."""

    def compute(
        self,
        today: np.datetime64,
        assets: IntArray,
        out: Out,
        *inputs: Any,  # noqa: ANN401 - a subclass names what it takes
        **params: Any,  # noqa: ANN401
    ) -> None:
        """Write the values of a session into `out`.

        Args:
            today: The session, a ``numpy.datetime64`` in ns.
            assets: Sids of the assets.
            out: Written to: a value per asset, or with several outputs an attribute for each.
            inputs: A window per input, (window_length, assets), as of `today`: its last row is
                the session before. Missing numbers are NaN. Not writable.
            params: Further arguments by name.
        """
        raise NotImplementedError(f"{type(self).__name__} defines no compute")


class CustomFactor(WindowFunction, Factor):
    """A factor computed by a function of numpy windows.

    A subclass names `inputs` and `window_length` and defines `compute`::

        class Range(CustomFactor):
            inputs = [EquityPricing.high, EquityPricing.low]
            window_length = 5

            def compute(self, today, assets, out, high, low):
                out[:] = np.nanmax(high, axis=0) - np.nanmin(low, axis=0)
    """


class CustomFilter(WindowFunction, Filter):
    """A filter computed by a function of numpy windows; see `CustomFactor`."""


class CustomClassifier(WindowFunction, Classifier):
    """A classifier computed by a function of numpy windows; see `CustomFactor`."""
