"""What is called UTF-8 without being decoded can be decoded."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from loaders.landing.readers.encoding import is_common_utf8

OFTEN = settings(max_examples=2000, derandomize=True, deadline=None)
# Bytes on both sides of every border, and characters of every length.
EDGES = st.sampled_from(
    [bytes([code]) for code in (
        0x00, 0x0A, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF,
        0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF,
    )]
)  # fmt: skip
CHARACTERS = st.sampled_from(
    [char.encode() for char in "aé\x80߿ࠀก中한\ud7ff\ue864\uffff𠮷"]
)


def decodes(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@OFTEN
@given(parts=st.lists(st.one_of(EDGES, CHARACTERS), max_size=12))
@example(parts=[b"\xed\xa0\x80", b"\n"])
@example(parts=[b"\xe0\x80\x80", b"\n"])
@example(parts=[b"\xe4\xb8", b"a\n"])
@example(parts=[b"\xe4", b"a", b"\xb8\xad", b"\n"])
@example(parts=[b"\xc3\xa9\xa9", b"\n"])
@example(parts=[b"\xbf", b"\n"])
def test_what_is_called_utf_8_is(parts: list[bytes]) -> None:
    data = b"".join(parts)
    assert decodes(data) or not is_common_utf8(data)


def test_text_as_hospitals_send_it_is_known_at_once() -> None:
    assert is_common_utf8("1,高血压病,é,\ufeff\n".encode())
    assert not is_common_utf8("1,高血压病\n".encode("gb18030"))
