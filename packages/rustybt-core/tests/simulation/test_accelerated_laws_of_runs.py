"""Laws of the accelerator: whatever a program does, the journal is the reference's."""

from typing import Any

import pytest
from hypothesis import given, settings
from laws import whole_run
from random_runs import Case, cases, conditions

from rustybt.accelerators import KERNEL, accelerator
from rustybt.simulation.verify import first_difference

found = accelerator("auto")
pytestmark = pytest.mark.skipif(
    found is None or found.capability(KERNEL) is None, reason="there is no accelerated kernel"
)


def run_with(choice: str, case: Case) -> Any:
    """The result of a case on a kernel."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUSTYBT_ACCEL", choice)
        return case.run().result


programs = settings(whole_run, max_examples=settings().max_examples)
"""50 by default, 1,000 in CI, 100,000 by `make fuzz`."""


@programs
@given(case=cases(given=conditions(numeric=("decimal",))))
def test_both_kernels_tell_the_same_story_to_the_last_digit(case: Case) -> None:
    fast, reference = (run_with(choice, case) for choice in ("require", "off"))
    assert reference.manifest.kernel == "python"
    again = dict(fast.tables.items())
    for name, frame in reference.tables.items():
        assert first_difference(frame, again[name]) is None, name
