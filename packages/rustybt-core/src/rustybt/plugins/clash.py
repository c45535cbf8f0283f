"""Detection of another distribution that owns the import name ``rustybt``.

The package index has an unrelated distribution called ``rustybt``. Installed beside
``rustybt-core`` it writes into the same folder, and what ``import rustybt`` finds is a mix of both.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

#: How to get out of a clash: both go, since removing one takes files of the other with it.
REMEDY = "run: pip uninstall rustybt rustybt-core && pip install rustybt-core"

_METADATA = (".dist-info", ".egg-info")


def clashing_distributions(search_path: Iterable[str] | None = None) -> tuple[str, ...]:
    """Installed distributions named ``rustybt``, as ``"rustybt 0.3.1"``.

    Only names of folders are looked at: this runs on every import of ``rustybt``, and reading the
    metadata of all distributions would take longer than the rest of that import.
    """
    found: set[str] = set()
    for folder in sys.path if search_path is None else search_path:
        try:
            entries = os.listdir(folder or ".")  # noqa: PTH208 - pathlib is not imported yet
        except OSError:
            continue  # a path entry may be a zip file or not be there
        found.update(e for e in entries if e.startswith("rustybt") and e.endswith(_METADATA))
    parts = (os.path.splitext(entry)[0].split("-") for entry in found)  # noqa: PTH122
    return tuple(sorted(" ".join(part[:2]) for part in parts if part[0] == "rustybt"))


def clash_message(clashing: Iterable[str]) -> str:
    """What is wrong and what to do."""
    return (
        f"{', '.join(clashing)} is installed too and owns the same import name as rustybt-core, "
        f"so that `import rustybt` finds a mix of both; {REMEDY}"
    )
