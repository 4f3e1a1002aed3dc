"""Rows in the text form of PostgreSQL's COPY: values between TABs, four marks escaped.

The form is also what a row's digest is made of, so it must not depend on how the row was
delivered: quoted or not, in which encoding, with which delimiter, in which column order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
NULL = r"\N"


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
    """Lines of unquoted UTF-8 text, escaped all at once; words for null become empty."""
    if b"\\" in data:
        data = data.replace(b"\\", rb"\\")
    if delimiter != b"\t" and b"\t" in data:
        data = data.replace(b"\t", rb"\t")
    returns = data.count(b"\r")
    if returns != data.count(b"\r\n"):
        # Some stand in a value; the one that ends the last line without LF does not.
        data = data.replace(b"\r\n", b"\n").removesuffix(b"\r").replace(b"\r", rb"\r")
        returns = 0
    if returns or delimiter != b"\t":
        data = data.translate(bytes.maketrans(delimiter, b"\t"), b"\r")
    for word in null_words:
        if word in data:
            data = _without(data, word)
    return data


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
