"""Whether an asset and bar cost the same in a large market and over a long time."""

from benchmarks.folders import Folders
from benchmarks.workload import FULL, Entry, Goal, Scale, Workload
from benchmarks.workloads import _alone


def entries(folders: Folders, scale: Scale) -> tuple[Entry, ...]:
    smallest, shortest = scale.asset_counts[0], scale.year_counts[0]
    grid = [
        *((assets, shortest) for assets in scale.asset_counts),
        *((smallest, years) for years in scale.year_counts[1:]),
    ]
    return tuple(entry(folders, assets, years) for assets, years in grid)


def entry(folders: Folders, assets: int, years: int) -> Entry:
    """RustyBT on so many assets and years."""
    return _alone.entry(
        folders,
        name=label(assets, years),
        strategy="scaling",
        assets=assets,
        years=years,
        parameters={},
    )


def label(assets: int, years: int) -> str:
    """2,000 assets x 1 year."""
    return f"{assets:,} assets x {years} year{'s' if years > 1 else ''}"


def goals(scale: Scale) -> tuple[Goal, ...]:
    """The most assets and the longest time, against the smallest market."""
    base = label(scale.asset_counts[0], scale.year_counts[0])
    largest = label(scale.asset_counts[-1], scale.year_counts[0])
    longest = label(scale.asset_counts[0], scale.year_counts[-1])
    return tuple(_alone.stays_flat(each, small=base) for each in (largest, longest))


SCALING = Workload(
    name="scaling",
    title="Cost per asset and bar, daily, from 50 to 2,000 assets and from 1 to 10 years",
    description=(
        "RustyBT alone, Decimal, standard rules: current(asset, 'price') of every asset each "
        "session, and equal weights of all by order_target_percent on the first session of a "
        "month. A year has 252 sessions. Flat means that the cost rises to at most 1.25 times "
        "that of the smallest market."
    ),
    entries=entries,
    goals=goals(FULL),
    agree=False,
)
