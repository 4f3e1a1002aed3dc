"""Rows in the text form of PostgreSQL's COPY: values between TABs, four marks escaped.

The form is also what a row's digest is made of, so it must not depend on how the row was
delivered: quoted or not, in which encoding, with which delimiter, in which column order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
NULL = r"\N"
TAB, LF, CR, CRLF = b"\t", b"\n", b"\r", b"\r\n"


def copy_line(values: Sequence[str | None], null: str) -> str:
    """One row without its line end."""
    line = "\t".join([null if value is None else value for value in values])
    # A backslash belongs to a null, a TAB to the join; anything more must be escaped.
    nulls = values.count(None) if null == NULL else 0
    if (
        line.count("\\") == nulls
        and line.count("\t") == len(values) - 1
        and "\n" not in line
        and "\r" not in line
    ):
        return line
    return "\t".join([null if v is None else v.translate(ESCAPES) for v in values])


def copy_data(data: bytes, delimiter: bytes, null_words: Iterable[bytes]) -> bytes:
    """Lines of unquoted UTF-8 text, escaped all at once; words for null become empty.

    Lines end with LF, or all of them with CR LF, as they were delivered.
    """
    if b"\\" in data:
        data = data.replace(b"\\", rb"\\")
    if delimiter != TAB and TAB in data:
        data = data.replace(TAB, rb"\t")
    if delimiter != TAB:
        data = _with_tabs(data, delimiter)
    if CR in data and not _end_alike(data):
        # Some stand in a value; the one that ends the last line without LF does not.
        data = data.replace(CRLF, LF).removesuffix(CR).replace(CR, rb"\r")
    if words := [word for word in null_words if word in data]:
        data = data.replace(CRLF, LF)
        for word in words:
            data = _without(data, word)
    return data


def _with_tabs(data: bytes, delimiter: bytes) -> bytes:
    if len(delimiter) > 1:
        return data.replace(delimiter, TAB)
    # Some machine instructions for many bytes at once; replace() looks for each.
    codes = np.frombuffer(data, np.uint8)
    apart = np.uint8(delimiter[0] - TAB[0] & 0xFF)
    made: bytes = (codes - (codes == delimiter[0]) * apart).tobytes()
    return made


def _end_alike(data: bytes) -> bool:
    """Whether every line ends with CR LF, the last one, too, and no other CR is there."""
    if data.startswith(LF) or not data.endswith(CRLF):
        return False
    codes = np.frombuffer(data, np.uint8)
    return np.array_equal(codes[:-1] == CR[0], codes[1:] == LF[0])


def values_of(line: bytes) -> list[str]:
    """The values of a line in this form; nulls are empty."""
    if b"\\" not in line:
        return line.decode().split("\t")
    # The doubled backslash is put aside while the other marks are restored.
    text = line.decode().replace("\\\\", "\x00")
    parts = [
        part.replace(r"\t", "\t").replace(r"\n", "\n").replace(r"\r", "\r")
        for part in text.split("\t")
    ]
    return [part.replace("\x00", "\\") for part in parts]


def _without(data: bytes, word: bytes) -> bytes:
    data = b"\n" + data
    for _ in range(2):
        # Neighbours share a TAB, so that every second one is found the second time.
        data = data.replace(b"\t" + word + b"\t", b"\t\t")
    data = data.replace(b"\n" + word + b"\t", b"\n\t")
    data = data.replace(b"\t" + word + b"\n", b"\t\n")
    if data.endswith(b"\t" + word):
        data = data.removesuffix(word)
    return data[1:]
