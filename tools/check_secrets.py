"""Look for secrets in what git tracks or would track; there is no baseline of excused ones."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from tools.workspace import ROOT

# Hashes by the thousand, and recorded market data.
EXCLUDED = r"(^uv\.lock$)|(/recorded/)"
FILES_PER_RUN = 250


def tracked_files() -> list[str]:
    """Files that are in the repository or would be after the next commit."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    return sorted(name for name in set(listing.split("\0")) if name and (ROOT / name).is_file())


def main() -> int:
    """Scan; 1 when something that looks like a secret was found."""
    names = tracked_files()
    hook = [sys.executable, "-m", "detect_secrets.pre_commit_hook", "--no-verify", "--cores", "1"]
    hook += ["--exclude-files", EXCLUDED]
    parts = [names[start : start + FILES_PER_RUN] for start in range(0, len(names), FILES_PER_RUN)]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as several:
        done = several.map(
            lambda part: subprocess.run([*hook, *part], cwd=ROOT, check=False), parts
        )
    return int(any(each.returncode for each in done))


if __name__ == "__main__":
    sys.exit(main())
