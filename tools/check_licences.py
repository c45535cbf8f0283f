"""Check the licences of everything the members need at run time, their extras included.

The crates of the accelerator are checked where cargo is there to list them, tools included.

The allowed ones are in ``[tool.rustybt.licences]`` of pyproject.toml, as SPDX names; so is what
somebody read in the licence file of a package whose metadata say nothing.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.accelerator import cargo
from tools.workspace import ACCELERATOR, ROOT, members

# Names of the older trove classifiers, which many packages still use.
SPDX_NAMES = {
    "Apache License 2.0": "Apache-2.0",
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "Apache Software License v2": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}


def needed(distribution: str, extras: Iterable[str]) -> Iterator[Requirement]:
    """What one distribution declares for this machine."""
    environments = [{"extra": extra} for extra in ("", *extras)]
    for text in metadata.requires(distribution) or ():
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate(each) for each in environments):
            yield requirement


def closure(members: Iterable[str]) -> set[str]:
    """The members and all that they need, directly or through others."""
    waiting = [(name, metadata.metadata(name).get_all("Provides-Extra") or []) for name in members]
    found: set[tuple[str, str]] = set()
    while waiting:
        name, extras = waiting.pop()
        key = (canonicalize_name(name), ",".join(sorted(extras)))
        if key in found:
            continue
        found.add(key)
        waiting.extend((each.name, sorted(each.extras)) for each in needed(name, extras))
    return {name for name, _ in found}


def is_allowed(licence: str, allowed: set[str]) -> bool:
    """Whether an SPDX expression, or a list of classifiers, can be met with allowed licences.

    One side of an OR is enough; of an AND, and of several classifiers, all have to be allowed.
    """
    parts = [part.strip() for part in licence.split(";")]
    return all(can_be_met(tokens(SPDX_NAMES.get(part, part)), allowed) for part in parts)


def tokens(expression: str) -> list[str]:
    """Names, operators and parentheses; a name with its exception is one token."""
    return re.findall(r"[()]|[\w.+-]+ WITH [\w.-]+|[\w.+-]+", expression)


def can_be_met(expression: list[str], allowed: set[str]) -> bool:
    """Evaluate the tokens of an SPDX expression; what is no such expression is not allowed."""
    outer = [i for i in range(len(expression)) if depth(expression[:i]) == 0]
    for operator, combine in (("OR", any), ("AND", all)):
        found = next((i for i in outer if expression[i] == operator), None)
        if found is not None:
            sides = (expression[:found], expression[found + 1 :])
            return combine(can_be_met(side, allowed) for side in sides)
    if expression[:1] == ["("] and expression[-1:] == [")"]:
        return can_be_met(expression[1:-1], allowed)
    return len(expression) == 1 and expression[0] in allowed


def depth(expression: list[str]) -> int:
    """How many parentheses are still open at the end."""
    return expression.count("(") - expression.count(")")


def refused(licences: Mapping[str, str], allowed: set[str]) -> list[str]:
    """What is under no allowed licence, each with the licence it names."""
    return [
        f"{name}: {licence}"
        for name, licence in sorted(licences.items())
        if not is_allowed(licence, allowed)
    ]


def crates(program: str | None) -> dict[str, str]:
    """Licences of all crates that the accelerator is built and tested with; none without cargo."""
    if program is None:
        return {}
    command = (program, "metadata", "--format-version", "1", "--locked", "--quiet")
    listing = subprocess.run(command, cwd=ACCELERATOR, check=True, stdout=subprocess.PIPE).stdout
    return {
        f"crate {package['name']}": (package["license"] or "").replace("/", " OR ")
        for package in json.loads(listing)["packages"]
    }


def main() -> int:
    """Check; 1 when a licence is not in the list."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    table = settings["tool"]["rustybt"]["licences"]
    allowed = set(table["allowed"])
    listing = subprocess.run(
        [sys.executable, "-m", "piplicenses", "--format=json", "--from=mixed", "--with-system"],
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    licences: dict[str, str] = {
        canonicalize_name(row["Name"]): row["License"] for row in json.loads(listing)
    } | table["read"]
    packages = closure(member.name for member in members())
    needed = {package: licences.get(package, "not installed") for package in packages}
    found = crates(cargo())
    wrong = [*refused(needed, allowed), *refused(found, allowed.union(table["crates"]))]
    counts = f"{len(needed)} packages and {len(found)} crates"
    print("\n".join(wrong) or f"{counts}, all under allowed licences")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
