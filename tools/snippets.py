"""Take out of a Markdown file what a reader could run.

- A ``python`` block is run; the blocks of a file are one program, in order.
- In a ``console`` block the lines that start with ``$ rustybt`` are run.
- A comment on the line before a block changes that: ``<!-- no-run: REASON -->`` leaves it out,
  ``<!-- file: NAME -->`` saves it under a name instead, for the others to use, and
  ``<!-- output -->`` says that something of the document prints the block; three dots in a line
  of their own stand for any lines. ``<!-- needs: MODULE -->`` leaves it out where a module is not
  installed that nobody has to have, such as ``rustybt_rs``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec

BLOCK = re.compile(
    r"^(?:<!-- (?P<mark>no-run|file|output|needs)(?:: (?P<argument>.+?))? -->\n)?"
    r"^```(?P<language>[a-z]+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block of code.

    Attributes:
        language: the word after the fence.
        text: what is inside.
        line: number of its first line in the document, from 1.
        mark: "no-run", "file", "output", "needs" or "".
        argument: the reason or the name that follows the mark.
    """

    language: str
    text: str
    line: int
    mark: str
    argument: str

    @property
    def runs(self) -> bool:
        """Whether it is run here."""
        return not self.mark or (self.mark == "needs" and find_spec(self.argument) is not None)


def blocks(document: str) -> Iterator[Block]:
    """All fenced blocks that name their language."""
    for match in BLOCK.finditer(document):
        yield Block(
            language=match["language"],
            text=match["text"],
            line=document.count("\n", 0, match.start("text")) + 1,
            mark=match["mark"] or "",
            argument=match["argument"] or "",
        )


def files(document: str) -> dict[str, str]:
    """Blocks that are to be saved, by name."""
    return {block.argument: block.text for block in blocks(document) if block.mark == "file"}


def is_whole(document: str) -> bool:
    """Whether everything that a document needs is installed."""
    return all(block.runs for block in blocks(document) if block.mark == "needs")


def outputs(document: str) -> list[str]:
    """Blocks that the document says are printed."""
    return [block.text for block in blocks(document) if block.mark == "output"]


def prints(output: str, expected: str) -> bool:
    """Whether an output has the expected lines, one part after the other."""
    printed = _without_trailing_space(output)
    position = 0
    for part in re.split(r"^\.\.\.\n", _without_trailing_space(expected), flags=re.MULTILINE):
        position = printed.find(part, position)
        if position < 0:
            return False
        position += len(part)
    return True


def _without_trailing_space(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def program(document: str) -> str:
    """The Python blocks as one program whose line numbers are those of the document."""
    lines: list[str] = []
    for block in blocks(document):
        if block.language == "python" and block.runs:
            lines += [""] * (block.line - 1 - len(lines))
            lines += block.text.splitlines()
    return "\n".join(lines)


def commands(document: str) -> list[str]:
    """The `rustybt` command lines, without their prompt; a backslash continues a line."""
    found: list[str] = []
    for block in blocks(document):
        if block.language == "console" and block.runs:
            text = block.text.replace("\\\n", " ")
            found += re.findall(r"^\$ (rustybt\b.*)$", text, re.MULTILINE)
    return found
