"""CSV without quotes as columns of Arrow, in one pass."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc


def read_plain(
    content: Any,  # noqa: ANN401 - bytes, or a buffer of Arrow, which has no types
    names: Sequence[str],
    types: Mapping[str, Any],
    *,
    delimiter: str = ",",
) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Columns of lines without a header; a cell that is empty is null.

    Args:
        content: The lines.
        names: Of all columns, in their order.
        types: Types of Arrow by name of the columns that are wanted.
        delimiter: What separates cells.

    Raises:
        pyarrow.ArrowInvalid: A cell is not of its type, or a line has more or fewer cells.
    """
    return pc.read_csv(
        pa.BufferReader(content),
        read_options=pc.ReadOptions(
            column_names=list(names), use_threads=False, block_size=len(content) + 1
        ),
        parse_options=pc.ParseOptions(delimiter=delimiter, quote_char=False),
        convert_options=pc.ConvertOptions(
            column_types=types,
            include_columns=list(types),
            null_values=[""],
            strings_can_be_null=True,
        ),
    )


def lines_in(content: bytes) -> int:
    """How many line feeds there are."""
    return int(np.count_nonzero(np.frombuffer(content, np.uint8) == ord("\n")))
