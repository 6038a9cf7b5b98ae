"""How plain rows look: a list of dicts with the same keys, as one table.

For facts that have no class in wslab, such as measurements of other programs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from wslab.display.markup import Document, Paragraph, Table
from wslab.display.phrases import count
from wslab.errors import WslabError

MAX_ROWS: Final = 200  # rows that are shown
_NAME_CHARACTERS: Final = 24  # characters: a column with longer cells holds sentences, and wraps


def add_rows(document: Document, rows: Sequence[Mapping[str, object]], title: str = "") -> None:
    """The keys are the columns; the first value of each row is its header.

    Raises WslabError if two rows have different keys, or if a row has none.
    """
    columns = list(rows[0])
    for number, row in enumerate(rows):
        if list(row) != columns or not columns:
            raise WslabError(
                f"row {number} has the keys {list(row)}, row 0 has {columns}; give every row "
                "the same keys in the same order, and at least one."
            )
    cells = [[str(value) for value in row.values()] for row in rows[:MAX_ROWS]]
    longest = [max(map(len, column)) for column in zip(*cells, strict=True)]
    prose = frozenset(n for n, size in enumerate(longest) if n > 0 and size > _NAME_CHARACTERS)
    document.add(Table(title or count(len(rows), "row"), columns, cells, prose=prose))
    if len(rows) > MAX_ROWS:
        left = count(len(rows) - MAX_ROWS, "more row")
        document.add(Paragraph(f"The first {MAX_ROWS} are shown; {left} left out."))
