"""Acme's ratings: files, and what a pipeline makes of them."""

from datetime import date
from pathlib import Path

import pytest

from rustybt.data.frames import bundle_of_frame
from rustybt.errors import DataValidationError
from rustybt.pipeline import Pipeline
from rustybt.pipeline.engine import PipelineEngine
from rustybt_acme import AcmeRatings, read_tape

TAPE = """ACME TAPE 1
WILE|20240102|10.00|10.40|9.90|10.10|120000
WILE|20240103|10.10|10.50|10.00|10.45|98000
WILE|20240104|10.45|10.60|10.30|10.40|101000
WILE|20240105|10.45|10.60|10.30|10.40|101000
"""


def run(folder: Path, ratings: str) -> list[tuple[float | None, int]]:
    (folder / "prices.tape").write_text(TAPE)
    (folder / "acme.ratings").write_text(ratings)
    _, bundle = bundle_of_frame(read_tape(folder / "prices.tape"))
    columns = {"score": AcmeRatings.score.latest, "analysts": AcmeRatings.analysts.latest}
    found = PipelineEngine(bundle).run(Pipeline(columns), date(2024, 1, 3), date(2024, 1, 5))
    return found["score", "analysts"].rows()


def test_a_rating_is_in_the_row_of_the_next_morning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACME_RATINGS", str(tmp_path / "acme.ratings"))
    # told in the evening of the 3rd, and on the 5th at 8:46 in New York, 44 minutes before the open
    ratings = "ACME RATINGS 1\nWILE|2024-01-03T21:30:00Z|4.5|12\nWILE|2024-01-05T13:46:00Z|2|9\n"
    assert run(tmp_path, ratings) == [(None, 0), (4.5, 12), (4.5, 12)]
    earlier = ratings.replace("13:46", "13:45")
    assert run(tmp_path, earlier) == [(None, 0), (4.5, 12), (2.0, 9)]


@pytest.mark.parametrize(
    ("ratings", "message"),
    [
        ("", "line 1.*a file of ratings starts with 'ACME RATINGS 1'"),
        ("ACME RATINGS 1\nWILE|4.5\n", r"line 2.*expected 4 fields, separated by \|"),
    ],
)
def test_a_file_that_is_none_of_ratings_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ratings: str, message: str
) -> None:
    monkeypatch.setenv("ACME_RATINGS", str(tmp_path / "acme.ratings"))
    with pytest.raises(DataValidationError, match=message):
        run(tmp_path, ratings)


def test_without_a_file_it_is_said_how_to_name_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACME_RATINGS", str(tmp_path / "nowhere"))
    with pytest.raises(DataValidationError, match="set ACME_RATINGS to one of Acme's files"):
        run(tmp_path, "")
