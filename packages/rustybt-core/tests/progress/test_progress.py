"""A progress bar: where somebody watches, or where it is asked for."""

import io

import pytest

from rustybt.progress import late_progress, progress


class Terminal(io.StringIO):
    """A stream that somebody watches."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("shown", [None, False])
def test_away_from_a_terminal_there_is_none(shown: bool | None) -> None:
    with progress(shown=shown) as on_progress:
        assert on_progress is None


def test_nobody_who_watches_may_want_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", Terminal())
    with progress(shown=False) as on_progress:
        assert on_progress is None


@pytest.mark.parametrize("shown", [None, True])
def test_a_terminal_shows_how_much_is_done(
    shown: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with progress(shown=shown) as on_progress:
        assert on_progress is not None
        on_progress(3, 7)
    assert "3/7" in terminal.getvalue()


@pytest.mark.parametrize(("seconds", "shown"), [(0.9, ""), (1.0, "2/7")])
def test_what_is_done_soon_shows_none(
    seconds: float, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told of twice, the second time after so many seconds."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    times = iter([100.0, 100.1, 100.0 + seconds])
    with late_progress(clock=lambda: next(times)) as on_progress:
        assert on_progress is not None
        on_progress(1, 7)
        assert not terminal.getvalue()
        on_progress(2, 7)
    assert shown in terminal.getvalue()
    assert bool(shown) == bool(terminal.getvalue())


def test_where_nobody_watches_late_work_shows_none() -> None:
    with late_progress() as on_progress:
        assert on_progress is None
