"""``python -m benchmarks``: the command line."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import click
from rich.console import Console

from benchmarks import machine, peers
from benchmarks.folders import REPORTS, Folders
from benchmarks.peers import Peer
from benchmarks.report import Report, WorkloadReport, show
from benchmarks.runner import Measurement, ProcessError, Runner
from benchmarks.verdict import disagreements, judge
from benchmarks.workload import FULL, QUICK, Entry, Scale, Workload
from benchmarks.workloads import WORKLOADS

ROUNDS = 5
WIDTH_OF_FILES = 150


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(tuple(WORKLOADS)),
    help="Measure this workload; can be repeated. By default all that don't take long.",
)
@click.option("--quick", is_flag=True, help="Tiny markets and one round: does everything work?")
@click.option("--rounds", type=click.IntRange(min=1), help="Processes of each engine, in turns.")
@click.option("--peers/--no-peers", "with_peers", default=True, help="Measure other engines, too.")
@click.option(
    "--seconds-max", default=600.0, show_default=True, help="End a process that takes longer."
)
@click.option(
    "--work",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for environments, bars and stores.  [default: var/benchmarks]",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the report.  [default: benchmarks/results; with --quick, in the work folder]",
)
def main(
    *,
    only: tuple[str, ...],
    quick: bool,
    rounds: int | None,
    with_peers: bool,
    seconds_max: float,
    work: Path | None,
    output: Path | None,
) -> None:
    """Measure RustyBT against other engines, on the same bars and with the same strategy.

    Each engine runs in processes of its own, in turns. The time from the start of a process to
    its first outcome is called cold, that of a second run in the same process warm; the report
    gives medians. A time counts only when the number of fills and the final value agree within
    1e-6 of the first engine's. No figure makes this command fail.

    The first time, the other engines are installed into var/benchmarks, which needs the network;
    after that nothing does.

    \b
    Examples:
      make bench
      python -m benchmarks --only sma --rounds 3
      python -m benchmarks --only rebalance --only history
      python -m benchmarks --quick --no-peers
    """
    console = Console()
    if not console.is_terminal:
        console.width = WIDTH_OF_FILES
    folders = Folders() if work is None else Folders(work=work.resolve())
    scale = QUICK if quick else FULL
    facts = {**machine.facts(), "scale": scale.name, "rounds": str(_rounds(rounds, scale))}
    _start_afresh(folders)
    chosen = {
        workload: workload.entries(folders, scale)
        for name, workload in WORKLOADS.items()
        if name in only or not (only or workload.on_demand)
    }
    everything = [entry for entries in chosen.values() for entry in entries]
    runner = Runner(
        folders=folders,
        peers=_peers(everything, folders, console) if with_peers else {},
        seconds_max=seconds_max,
    )
    reports = []
    for workload, entries in chosen.items():
        reports.append(_measure(workload, entries, runner, _rounds(rounds, scale), console))
        show(reports[-1], console)
    if quick:
        console.print("These were tiny markets: the figures say nothing.")
    else:
        met = [verdict.met for each in reports for verdict in each.verdicts]
        console.print(f"{met.count(True)} goals met, {met.count(False)} missed, of {len(met)}")
    default = folders.work / "results" if quick else REPORTS
    for path in Report(facts=facts, workloads=reports).write(output or default):
        console.print(f"written: {path}", soft_wrap=True)


def _rounds(rounds: int | None, scale: Scale) -> int:
    return rounds or (1 if scale is QUICK else ROUNDS)


def _start_afresh(folders: Folders) -> None:
    """Drop what engines wrote in earlier runs: this one is to measure the code as it is now."""
    for folder in (folders.rustybt, folders.zipline, folders.scratch):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)


def _peers(entries: Iterable[Entry], folders: Folders, console: Console) -> dict[str, Peer]:
    """The peers of these entries that are there, or can be installed now."""
    found = {}
    for name in sorted({entry.peer for entry in entries if entry.peer}):
        with console.status(f"looking for {name}"):
            peer = peers.prepare(name, folders)
        if peer.python is None:
            console.print(f"{name} is left out: it could not be installed. {peer.reason}")
        else:
            found[name] = peer
    return found


def _measure(
    workload: Workload, entries: Iterable[Entry], runner: Runner, rounds: int, console: Console
) -> WorkloadReport:
    with console.status(f"{workload.name}: ingesting") as status:
        present = [entry for entry in entries if entry.peer is None or entry.peer in runner.peers]
        failed = _ingest(present, runner)
        ready = [entry for entry in present if entry.name not in failed]
        measured = runner.measure(
            ready,
            rounds=rounds,
            on_process=lambda name, number: status.update(
                f"{workload.name}: {name}, {f'round {number} of {rounds}' if number else 'warm-up'}"
            ),
        )
    measured |= failed
    ignored = disagreements(workload, measured)
    verdicts = judge(workload, measured, ignored)
    return WorkloadReport(workload=workload, measured=measured, ignored=ignored, verdicts=verdicts)


def _ingest(entries: Iterable[Entry], runner: Runner) -> dict[str, Measurement]:
    """Fill the stores that the entries read; those that cannot be measured for lack of it."""
    failed = {}
    for entry in entries:
        try:
            runner.ingest(entry)
        except ProcessError as failure:
            failed[entry.name] = Measurement(entry=entry, error=f"ingest: {failure}")
    return failed


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
