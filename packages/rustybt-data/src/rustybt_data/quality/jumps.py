"""What becomes of a jump: it reverts (a spike), or it stays (a level shift, perhaps a split)."""

from __future__ import annotations

from dataclasses import dataclass, field
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


@dataclass(slots=True)
class _Jump:
    """A jump that is not decided yet.

    Attributes:
        level: The price before it, on today's scale.
        steps: The bars since, beginning with the one that jumped.
        size: How far from `level` the price jumped.
        z: The same in robust standard deviations, the largest.
        opened: The open of the bar that jumped, over `level`.
        calm: Bars since the last jump.
        kept: Verdicts that wait for its end.
    """

    level: float
    steps: list[Step]
    size: float
    z: float
    opened: float
    calm: int = 0
    kept: list[Verdict] = field(default_factory=list)


class JumpWatch:
    """Follows jumps until they are decided; keeps the open one.

    A jump is a spike when within `persist` bars one bar moves back by half of it or more and leaves
    no more than ``1 - reverts`` of it; that bar is none itself. It has stayed when `persist` bars
    went by without that.

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
        self._jump: _Jump | None = None

    @property
    def is_idle(self) -> bool:
        """Whether no jump is open."""
        return self._jump is None

    def step(self, step: Step) -> list[Verdict]:
        """Take the next bar; what is decided by it."""
        jump = self._jump
        if jump is None:
            return self._begin(step) if step.jumps else []
        jump.level *= step.factor
        if self._goes_back(jump, step):
            self._jump = None
            return [Verdict("spike", each, jump.z, _text(jump.level)) for each in jump.steps]
        told: list[Verdict] = []
        if step.jumps:
            told = self._tell(jump, Verdict("jump", step, step.z, _text(step.base)))
            jump.size = relative(step.close, jump.level)
            jump.z = max(jump.z, step.z, key=abs)
            jump.calm = 0
        else:
            jump.calm += 1
        jump.steps.append(step)
        if jump.calm >= self._persist or len(jump.steps) > 2 * self._persist:
            self._jump = None
            return told + self._stayed(jump)
        return told

    def interrupt(self) -> list[Verdict]:
        """A bar came whose price cannot be compared: what is open stays undecided."""
        jump, self._jump = self._jump, None
        return jump.kept if jump is not None else []

    def _begin(self, step: Step) -> list[Verdict]:
        self._jump = _Jump(
            level=step.base,
            steps=[step],
            size=relative(step.close, step.base),
            z=step.z,
            opened=step.opened / step.base if step.base > 0 else 0.0,
        )
        return self._tell(self._jump, Verdict("jump", step, step.z, _text(step.base)))

    def _tell(self, jump: _Jump, verdict: Verdict) -> list[Verdict]:
        if self._hindsight:
            jump.kept.append(verdict)
            return []
        return [verdict]

    def _goes_back(self, jump: _Jump, step: Step) -> bool:
        moved = relative(step.close, step.base)
        turns = (moved < 0) != (jump.size < 0) and abs(moved) >= _HALF * abs(jump.size)
        return turns and abs(relative(step.close, jump.level)) <= self._left * abs(jump.size)

    def _stayed(self, jump: _Jump) -> list[Verdict]:
        first = jump.steps[0]
        ratio = self._ratio(jump)
        if ratio is not None:
            decided = Verdict("split_suspected", first, jump.z, str(ratio))
        elif abs(jump.z) > self._shift_over > 0:
            decided = Verdict("level_shift", first, jump.z, _text(first.base))
        else:
            return jump.kept
        return [decided, *jump.kept[1:]]

    def _ratio(self, jump: _Jump) -> Fraction | None:
        """The ratio of a split that the price moved by, at the open or at the close."""
        closed = jump.steps[0].close / jump.steps[0].base if jump.steps[0].base > 0 else 0.0
        found = [
            (abs(moved / float(ratio) - 1.0), ratio)
            for moved in (jump.opened, closed)
            for each in RATIOS
            for ratio in (each, 1 / each)
            if moved > 0
        ]
        off, ratio = min(found, default=(1.0, Fraction(1)))
        return ratio if off <= self._tolerance else None


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
