"""Values in quotes, taken out of them for many lines at a time.

Most quotes stand at delimiters only and are there for nothing, or for a delimiter between
them. Those are found from the places of quotes and delimiters; `csv` reads all others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from loaders.landing.copy_form import CR, LF, TAB
from loaders.landing.readers.line_marks import Flags

QUOTE = b'"'


def is_easy(line: bytes) -> bool:
    """Whether quotes come in pairs, and nothing in the line could look like a TAB."""
    return line.count(QUOTE) % 2 == 0 and CR not in line and TAB not in line


def without_quotes(lines: Sequence[bytes], delimiter: bytes) -> tuple[bytes, Flags]:
    """The lines with TABs between their values; and of which of them that is wrong.

    Goes in: easy lines without their ends, and a delimiter of one byte. Wrong are those in
    which a quote stands anywhere else than at a delimiter or an end of the line.
    """
    codes = np.frombuffer(LF + LF.join(lines) + LF, np.uint8)
    is_quote, is_delimiter = codes == QUOTE[0], codes == delimiter[0]
    is_end = codes == LF[0]
    # No line has a quote without its other: of all of them every second one opens.
    quotes = np.flatnonzero(is_quote)
    opens, closes = quotes[::2], quotes[1::2]
    stops = is_delimiter | is_end
    misplaced = opens[~(stops[opens - 1] & stops[closes + 1])]
    wrong = np.zeros(len(lines), np.bool_)
    wrong[np.searchsorted(np.flatnonzero(is_end), misplaced) - 1] = True
    # An odd number of quotes before it; what does not fit into a byte is even.
    is_outside = np.cumsum(is_quote, dtype=np.uint8) & 1 == 0
    made = np.where(is_delimiter & is_outside, np.uint8(TAB[0]), codes)
    return made.tobytes()[1:].translate(None, QUOTE), wrong
