from datetime import date
from pathlib import Path

import pytest

from rustybt.errors import DataValidationError
from rustybt_acme import read_tape

TAPE = """ACME TAPE 1
WILE|20240102|10.00|10.40|9.90|10.10|120000
WILE|20240103|10.10|10.50|10.00|10.45|98000
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "prices.tape"
    path.write_text(text)
    return path


def test_bars_keep_the_texts_of_the_vendor(tmp_path: Path) -> None:
    bars = read_tape(write(tmp_path, TAPE))
    assert bars.columns == ["timestamp", "symbol", "open", "high", "low", "close", "volume"]
    first = (date(2024, 1, 2), "WILE", "10.00", "10.40", "9.90", "10.10", "120000")
    assert bars.row(0) == first
    assert bars.height == 2


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("another format\n", 1),
        (TAPE + "WILE|20240104|10.45\n", 4),
        (TAPE.replace("20240103", "20241303"), 3),
    ],
)
def test_a_line_that_is_no_bar_is_named(text: str, line: int, tmp_path: Path) -> None:
    path = write(tmp_path, text)
    with pytest.raises(DataValidationError) as caught:
        read_tape(path)
    assert (caught.value.file, caught.value.line) == (str(path), line)
