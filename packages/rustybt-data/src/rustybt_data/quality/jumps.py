"""What becomes of a jump: it reverts (a spike), or it stays (a level shift, perhaps a split)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal, NamedTuple

RATIOS: Final = tuple(
    Fraction(*ratio)
    for ratio in (
        *((count, 1) for count in (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 100)),
        *((3, 2), (4, 3), (5, 2), (5, 3), (5, 4)),
    )
)
"""Shares after a split for those before, or the other way round."""

_HALF: Final = 0.5

Fate = Literal["jump", "spike", "level_shift", "split_suspected"]


class Step(NamedTuple):
    """A bar with a price that is compared with the one before.

    Attributes:
        row: Where it is in the frame.
        at: Its label.
        coefficient: Its close, exactly.
        close: The same as a float.
        opened: Its open.
        base: The close before, on the scale of this bar.
        factor: What known actions made of the close before: `base` over it.
        z: Its move in robust standard deviations.
        jumps: Whether that is an outlier.
    """

    row: int
    at: int
    coefficient: int
    close: float
    opened: float
    base: float
    factor: float
    z: float
    jumps: bool


class Verdict(NamedTuple):
    """What was decided about a bar.

    Attributes:
        fate: What it is.
        step: The bar.
        z: The move that the verdict is about.
        detail: The price that it moved from; of a suspected split the ratio.
    """

    fate: Fate
    step: Step
    z: float
    detail: str


@dataclass(slots=True, kw_only=True)
class _Jump:
    """A jump that is not decided yet.

    Attributes:
        level: The price before it, on today's scale.
        start: Which of the steps jumped.
        size: How far, as `relative` says.
        step: The bar that jumped.
    """

    level: float
    start: int
    size: float
    step: Step


class JumpWatch:
    """Follows jumps until they are decided; keeps those that are not, and the bars since.

    A jump is a spike when within `persist` bars a bar moves back by half of it or more and leaves
    no more than ``1 - reverts`` of it; that bar is none itself. It has stayed when `persist` bars
    without another jump went by, or twice as many. Jumps may lie inside each other.

    Args:
        persist: For how many bars a way back is waited for.
        reverts: Which share of a jump has to be taken back.
        tolerance: How near to a ratio of a split a jump has to be.
        shift_over: Standard deviations above which a jump that stays is a level shift.
        hindsight: Whether a jump is told only when it is decided, and as what it turned out to be.
    """

    def __init__(
        self,
        *,
        persist: int,
        reverts: float,
        tolerance: float,
        shift_over: float,
        hindsight: bool,
    ) -> None:
        self._persist = persist
        self._left = 1.0 - reverts
        self._tolerance = tolerance
        self._shift_over = shift_over
        self._hindsight = hindsight
        self._open: list[_Jump] = []
        self._steps: list[Step] = []
        self._calm = 0

    @property
    def is_idle(self) -> bool:
        """Whether no jump is open."""
        return not self._open

    def step(self, step: Step) -> list[Verdict]:
        """Take the next bar; what is decided by it."""
        for place, jump in enumerate(self._open):
            jump.level *= step.factor
            if self._goes_back(jump, step):
                return self._spike(place, step)
        told: list[Verdict] = []
        if step.jumps:
            told = self._begin(step)
        elif self.is_idle:
            return []
        else:
            self._calm += 1
        self._steps.append(step)
        if self._calm >= self._persist:
            told += [verdict for jump in self._open for verdict in self._stayed(jump)]
            self._clear()
        elif len(self._steps) - self._open[0].start > 2 * self._persist:
            told += self._stayed(self._open.pop(0))
            self._forget()
        return told

    def interrupt(self) -> list[Verdict]:
        """A bar came whose price cannot be compared: what is open stays undecided."""
        kept = [_moved(jump) for jump in self._open] if self._hindsight else []
        self._clear()
        return kept

    def _begin(self, step: Step) -> list[Verdict]:
        size = relative(step.close, step.base)
        jump = _Jump(level=step.base, start=len(self._steps), size=size, step=step)
        self._open.append(jump)
        self._calm = 0
        return [] if self._hindsight else [_moved(jump)]

    def _goes_back(self, jump: _Jump, step: Step) -> bool:
        moved = relative(step.close, step.base)
        turns = (moved < 0) != (jump.size < 0) and abs(moved) >= _HALF * abs(jump.size)
        return turns and abs(relative(step.close, jump.level)) <= self._left * abs(jump.size)

    def _spike(self, place: int, step: Step) -> list[Verdict]:
        """The bars since a jump, and since those inside it, were a spike."""
        first, later = self._open[place], self._open[place:]
        told = []
        for index in range(first.start, len(self._steps)):
            z = next(jump.step.z for jump in reversed(later) if jump.start <= index)
            told.append(Verdict("spike", self._steps[index], z, _text(first.level)))
        del self._open[place:], self._steps[first.start :]
        if self._open:
            self._steps.append(step)
            self._calm += 1
        else:
            self._clear()
        return told

    def _stayed(self, jump: _Jump) -> list[Verdict]:
        step = jump.step
        ratio = self._ratio(step)
        if ratio is not None:
            return [Verdict("split_suspected", step, step.z, str(ratio))]
        if abs(step.z) > self._shift_over > 0:
            return [Verdict("level_shift", step, step.z, _text(step.base))]
        return [_moved(jump)] if self._hindsight else []

    def _ratio(self, step: Step) -> Fraction | None:
        """The ratio of a split that the price moved by, at the open or at the close."""
        if step.base <= 0:
            return None
        found = [
            (abs(moved / step.base / float(ratio) - 1.0), ratio)
            for moved in (step.opened, step.close)
            for each in RATIOS
            for ratio in (each, 1 / each)
        ]
        off, ratio = min(found)
        return ratio if off <= self._tolerance else None

    def _clear(self) -> None:
        self._open, self._steps, self._calm = [], [], 0

    def _forget(self) -> None:
        """Leave out the bars before the oldest jump that is open."""
        if not self._open:
            self._clear()
            return
        gone = self._open[0].start
        del self._steps[:gone]
        for jump in self._open:
            jump.start -= gone


def _moved(jump: _Jump) -> Verdict:
    return Verdict("jump", jump.step, jump.step.z, _text(jump.step.base))


def relative(price: float, base: float) -> float:
    """How far a price is from another, in shares of the smaller one, with its sign.

    It is the same both ways: half is -1, double is +1. Where one of them is not positive, the
    share is of the larger size.
    """
    least = min(price, base)
    part = least if least > 0 else max(abs(price), abs(base))
    return (price - base) / part if part else 0.0


def _text(price: float) -> str:
    return f"{price:.15g}"
