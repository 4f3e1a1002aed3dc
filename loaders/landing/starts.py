"""What stands before the values of a row, put before thousands of lines at a time."""

from __future__ import annotations

import numpy as np


def with_starts(
    file_id: bytes, number: int, digests: bytes, extra: bytes, lines: list[bytes]
) -> bytes:
    """Consecutive lines as rows: file, number from `number` on, digest, extra, values.

    A digest has sixteen bytes. Line numbers have zeros before them, so that all rows begin
    with equally many bytes.
    """
    count = len(lines)
    parts: list[bytes] = [b"\n"] * (2 * count + 1)
    parts[:-1:2] = _starts(file_id, number, digests, extra, count)
    parts[1::2] = lines
    # Each begins with the line end of the one before it.
    parts[0] = parts[0][1:]
    return b"".join(parts)


def _starts(
    file_id: bytes, number: int, digests: bytes, extra: bytes, count: int
) -> list[bytes]:
    width, at = len(str(number + count)), len(file_id) + 2
    pattern = b"\n%b\t%b\t%b\t%b\t" % (file_id, bytes(width), bytes(32), extra)
    starts = np.tile(np.frombuffer(pattern, np.uint8), (count, 1))
    numbers = np.arange(number, number + count)
    for place in range(at + width - 1, at - 1, -1):
        numbers, digit = np.divmod(numbers, 10)
        starts[:, place] = digit + ord("0")
    at += width + 1
    hexed = np.frombuffer(digests.hex().encode(), np.uint8)
    starts[:, at : at + 32] = hexed.reshape(count, 32)
    # As NumPy's kind of text, which comes out as bytes at once; a zero at the end would be
    # lost, but the last byte is a TAB.
    made: list[bytes] = starts.view(f"S{len(pattern)}").ravel().tolist()
    return made
