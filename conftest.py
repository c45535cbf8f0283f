"""Settings of all tests: how hard laws are tried, and a home that belongs to the session.

Hypothesis profiles, chosen by the environment or with ``--hypothesis-profile``:

========  =============================  ==================================================
profile   examples of a law              when
========  =============================  ==================================================
dev       50                             by default
ci        1,000, the same in every run   where ``CI`` is set, as `make check` and `.ci/run` do
nightly   10,000                         ``pytest --hypothesis-profile=nightly``
fuzz      100,000                        `make fuzz`, for the law that compares the kernels
========  =============================  ==================================================

A law over whole runs is tried a tenth as often, one over whole files a fifth, one that looks at
everything in each bar of a market a twentieth, see `packages/rustybt-core/tests/laws.py`.
"""

import os
import sys
from collections.abc import Generator
from functools import wraps
from itertools import count
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile(
    "ci", max_examples=1_000, deadline=None, derandomize=True, database=None, print_blob=True
)
settings.register_profile("nightly", max_examples=10_000, deadline=None)
settings.register_profile("fuzz", max_examples=100_000, deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


def pytest_configure(config: pytest.Config) -> None:
    """Let no test see the settings of whoever runs it, or write to their home.

    Only RUSTYBT_ACCEL is kept: with it the same tests are run on the kernel in Python ("off") and
    on the accelerator ("require"). Without it they take the one that is built, if one is.

    It is done here and not in a fixture because modules may open calendars while they are
    collected. Each worker of pytest-xdist has a home of its own.
    """
    home = TemporaryDirectory(prefix="rustybt-tests-")
    config.add_cleanup(home.cleanup)
    patch = pytest.MonkeyPatch()
    config.add_cleanup(patch.undo)
    for name in list(os.environ):
        if name.startswith("RUSTYBT_") and name != "RUSTYBT_ACCEL":
            patch.delenv(name)
    patch.setenv("RUSTYBT_HOME", home.name)


_WATCHED = 25
"""How many examples of a law coverage watches: the later ones reach nothing new, and watching
takes as long as trying them."""


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Let coverage look away after the first examples of a law."""
    law, tracer = getattr(pyfuncitem.obj, "hypothesis", None), sys.gettrace()
    if law is None or tracer is None:
        return (yield)
    tried, inner = count(), law.inner_test

    @wraps(inner)
    def watched(*args: object, **kwargs: object) -> object:
        if next(tried) == _WATCHED:
            sys.settrace(None)
        return inner(*args, **kwargs)

    law.inner_test = watched
    try:
        return (yield)
    finally:
        law.inner_test = inner
        sys.settrace(tracer)
