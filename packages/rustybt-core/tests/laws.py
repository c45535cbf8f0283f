"""How hard laws are tried: fewer examples where each of them is a run or a file of its own.

The profiles in the root `conftest.py` say how many examples a law has.
"""

from hypothesis import HealthCheck, settings

whole_run = settings(
    max_examples=max(settings().max_examples // 10, 1),
    # A run takes milliseconds and needs a drawn market: slow to draw is what these laws are.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""For a law about runs: 5 examples by default, 100 in CI, 1,000 nightly."""

through_files = settings(max_examples=max(settings().max_examples // 5, 1))
"""For a law about whole tables, each of which is written and read: 10, 200 in CI, 2,000."""

one_of_many = settings(max_examples=max(settings().max_examples // 5, 1))
"""For a law that is tried of each of many things: 10, 200 in CI, 2,000."""

whole_market = settings(whole_run, max_examples=max(settings().max_examples // 20, 1))
"""For a law that looks at everything in each bar of a market: 2, 50 in CI, 500 nightly."""
