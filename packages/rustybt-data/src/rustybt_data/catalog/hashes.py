"""Hashes that tell the content of a version."""

import hashlib

from rustybt.assets import AssetFinder


def assets_hash(finder: AssetFinder) -> str:
    """SHA-256 of all assets, their symbols through time and their supplementary values."""
    digest = hashlib.sha256()
    for fact in finder.facts():
        digest.update(fact.encode() + b"\n")
    return digest.hexdigest()


def combined_hash(*parts: str) -> str:
    """SHA-256 of several texts in order."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
