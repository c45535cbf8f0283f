"""What the documents say is so: snippets run, links lead somewhere, commands exist."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tools import snippets
from tools.workspace import ROOT, markdown_files

DOCUMENTS = list(markdown_files())
PROGRAMS = Path(sys.executable).parent
TARGETS = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)

SAMPLE = """# Title

```python
first = 1
```

<!-- no-run: needs an account -->
```python
nonsense(
```

<!-- file: strategy.py -->
```python
second = 2
```

```python
assert first == 1
```

```console
$ rustybt run \\
    -f strategy.py
done
$ ls
```
"""


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def has_snippets(path: Path) -> bool:
    document = path.read_text("utf-8")
    return any(block.mark in {"", "needs"} for block in snippets.blocks(document))


def run_in(home: Path, command: list[str]) -> str:
    """What a command prints in a folder that is its home, too."""
    environment = {**os.environ, "RUSTYBT_HOME": str(home / ".rustybt"), "NO_COLOR": "1"}
    environment.pop("RUSTYBT_ACCEL", None)  # whoever reads a document has not chosen
    environment["PATH"] = f"{PROGRAMS}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        command,
        cwd=home,
        env=environment,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, f"{shlex.join(command)}\n{done.stdout}"
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("path", [path for path in DOCUMENTS if has_snippets(path)], ids=name_of)
def test_snippets_run(path: Path, tmp_path: Path) -> None:
    document = path.read_text("utf-8")
    for name, text in snippets.files(document).items():
        (tmp_path / name).write_text(text, "utf-8")
    printed = [run_in(tmp_path, shlex.split(command)) for command in snippets.commands(document)]
    script = tmp_path / f"{path.stem}_snippets.py"
    script.write_text(snippets.program(document), "utf-8")
    printed.append(run_in(tmp_path, [sys.executable, str(script)]))
    if not snippets.is_whole(document):
        pytest.skip("something that it needs is not installed")
    for expected in snippets.outputs(document):
        assert snippets.prints("".join(printed), expected), f"{expected}\n{''.join(printed)}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_snippets_say_that_they_need_the_accelerator(path: Path) -> None:
    uses = [
        block.line
        for block in snippets.blocks(path.read_text("utf-8"))
        if block.language == "python" and not block.mark
        if re.search(r"^ *(import|from) rustybt_rs\b", block.text, re.MULTILINE)
    ]
    assert not uses, "write <!-- needs: rustybt_rs --> before the fence"


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text("utf-8"))
    local = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert not [link for link in local if not (path.parent / link).exists()]


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_make_targets_exist(path: Path) -> None:
    named = re.findall(r"(?:`|^\$ )make ([a-z-]+)", path.read_text("utf-8"), re.MULTILINE)
    assert not set(named) - set(TARGETS)


def test_every_make_target_is_listed_by_help() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    assert re.findall(r"make ([a-z-]+)", done.stdout) == TARGETS


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text("utf-8")
    numbered = sorted(folder.glob("[0-9]*.md"))
    assert [path.name[:4] for path in numbered] == [f"{n:04}" for n in range(1, len(numbered) + 1)]
    assert not [path.name for path in numbered if f"({path.name})" not in index]


def test_program_has_the_line_numbers_of_the_document() -> None:
    lines = snippets.program(SAMPLE).splitlines()
    document = SAMPLE.splitlines()
    assert {number: text for number, text in enumerate(lines) if text} == {
        number: text
        for number, text in enumerate(document)
        if text in {"first = 1", "assert first == 1"}
    }


def test_marked_blocks_are_saved_or_left_out() -> None:
    assert snippets.files(SAMPLE) == {"strategy.py": "second = 2\n"}
    assert "nonsense" not in snippets.program(SAMPLE)


def test_blocks_that_need_what_is_not_here_are_left_out() -> None:
    document = SAMPLE.replace("no-run: needs an account", "needs: {}")
    here, away = document.format("json"), document.format("no_such_module")
    assert "nonsense" in snippets.program(here)
    assert snippets.program(away) == snippets.program(SAMPLE)
    assert [snippets.is_whole(each) for each in (here, away, SAMPLE)] == [True, False, True]


def test_marked_output_is_found() -> None:
    (expected,) = snippets.outputs("<!-- output -->\n```text\nfirst\n...\nlast\n```\n")
    assert expected == "first\n...\nlast\n"
    assert snippets.prints("before\nfirst  \nsecond\nthird\nlast\n", expected)
    assert not snippets.prints("last\nfirst\n", expected)
    assert not snippets.prints("first\n", expected)


def test_commands_are_those_of_rustybt() -> None:
    (command,) = snippets.commands(SAMPLE)
    assert shlex.split(command) == ["rustybt", "run", "-f", "strategy.py"]
