"""Lines with quotes: which of them need not be read as CSV, and what becomes of those."""

from __future__ import annotations

import csv

import pytest

from loaders.landing.readers.quoted_lines import is_easy, without_quotes

EASY = [
    b'1,"a",2',
    b'"1","a","2"',
    b'1,"a,b",2',
    b'1,",,",2',
    b'"",,""',
    b'1,"\xe5\xa4\x8d, \xe8\xaf\x8a","2"',
    b'"1,2,3"',
    b"1,2,3",
    b'1,"back\\slash",2',
]
WRONG = [
    b'1,"say ""a""",2',
    b'1,""""",2"',
    b'1, "a",2',
    b'1,"a" ,2',
    b'1,a"b"c,2',
    b'1,"a"b"c",2',
    b'\xef\xbb\xbf"1",a,2',
]


@pytest.mark.parametrize("delimiter", [b",", b"|", b";"])
def test_values_leave_their_quotes_as_csv_would_have_it(delimiter: bytes) -> None:
    # Good and wrong ones by turns: none may spoil what stands beside it.
    lines = [line for pair in zip(EASY, WRONG * 2, strict=False) for line in pair]
    lines = [line.replace(b",", delimiter) for line in lines]
    assert all(map(is_easy, lines))
    data, wrong = without_quotes(lines, delimiter)
    assert wrong.tolist() == [False, True] * len(EASY)
    made = data.decode().split("\n")
    assert made.pop() == ""
    for line, values, is_wrong in zip(lines, made, wrong, strict=True):
        if not is_wrong:
            read = next(csv.reader([line.decode()], delimiter=delimiter.decode()))
            assert values.split("\t") == read


@pytest.mark.parametrize(
    "line", [b'1,"a,2', b'1,"a""', b'"1"\t"2"', b'"a\rb",1', b'a\r,""']
)
def test_what_could_be_taken_for_something_else_is_not_easy(line: bytes) -> None:
    assert not is_easy(line)
