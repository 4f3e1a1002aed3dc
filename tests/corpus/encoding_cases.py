"""Text in another encoding than promised, or in none at all."""

from __future__ import annotations

from collections.abc import Iterator

from tests.corpus.case import Case, lines, refused
from tests.corpus.feeds import CANARY

# Enough Chinese that no chance makes it look like another encoding.
LONG = f"{CANARY}大化坪镇白莲岩村民组门诊随访记录"
UNDECODABLE = "undecodable"


def cases() -> Iterator[Case]:
    """All of them."""
    yield from _whole_files()
    yield from _parts_of_files()
    yield from _marks()
    yield from _utf16()


def _text(tag: str, count: int = 3) -> str:
    rows = [f"{n},{LONG},{tag},1" for n in range(1, count + 1)]
    return lines(tag, "H", *rows)


def _whole_files() -> Iterator[Case]:
    kind = "a whole file in UTF-8"
    yield refused(
        "csv", kind, _text(kind).encode(), 3,
        "the file is in UTF-8, the contract says gb18030", mess="M32",
    )  # fmt: skip
    kind = "a whole file in GB18030"
    yield Case(
        "csv8", kind, _text(kind).encode("gb18030"), 3,
        rejects=[(n, UNDECODABLE) for n in (2, 3, 4)], mess="M32",
    )  # fmt: skip
    kind = "a whole bar file in GB18030"
    yield Case(
        "bar", kind, _text(kind).replace(",", "|").encode("gb18030"), 3,
        rejects=[(n, UNDECODABLE) for n in (2, 3, 4)], mess="M32",
    )  # fmt: skip
    for format_ in ("csv", "csv8"):
        kind = "Latin-1"
        made = lines(kind, "H", "1,@,caf\xe9 \xfcber\xdf,1", 2)
        data = made.replace(CANARY, "Kanarie").encode("latin-1")
        yield Case(
            format_, kind, data, 2, stored=(2,), rejects=[(2, UNDECODABLE)], mess="M32",
            has_rows=False,
        )  # fmt: skip
    kind = "UTF-8 decoded as Latin-1 and encoded again"
    mangled = LONG.encode().decode("latin-1").encode()
    data = lines(kind, "H").encode() + b"1," + mangled + b",x,1\r\n"
    yield Case("csv8", kind, data, 1, stored=(1,), mess="M32", has_rows=False)
    kind = "replacement characters of another program"
    made = lines(kind, "H", "1,@,锟斤拷烫烫烫\ufffd,1")
    yield Case(
        "csv8", kind, made.encode(), 1, stored=(1,), notes={"1": "锟斤拷烫烫烫\ufffd"},
        mess="M32",
    )  # fmt: skip


def _parts_of_files() -> Iterator[Case]:
    kind = "one row in UTF-8 inside GB18030"
    made = lines(kind, "H", 1, 2)
    data = made.encode("gb18030") + f"3,{LONG}中,x,1\r\n".encode() + _row(4, "gb18030")
    yield Case(
        "csv", kind, data, 4, stored=(1, 2, 4), rejects=[(4, UNDECODABLE)], mess="M32"
    )
    kind = "one row in GB18030 inside UTF-8"
    data = lines(kind, "H", 1, 2).encode() + _row(3, "gb18030") + _row(4, "utf-8")
    yield Case(
        "csv8", kind, data, 4, stored=(1, 2, 4), rejects=[(4, UNDECODABLE)], mess="M32"
    )
    odd = {
        "csv8": {
            "overlong UTF-8": b"\xc0\xaf\xe0\x80\xaf",
            "lone surrogates in UTF-8": b"\xed\xa0\x80",
            "a pair of surrogates in UTF-8": b"\xed\xa0\xbd\xed\xb8\x80",
            "five byte UTF-8": b"\xf8\x88\x80\x80\x80",
            "beyond the last character in UTF-8": b"\xf4\x90\x80\x80",
            "half a character of UTF-8": b"\xe9\x87",
            "a lone continuation byte": b"\xbf",
        },
        "csv": {
            "an invalid sequence of four bytes": b"\x81\x30\x81\x20",
            "a sequence of four bytes beyond the last character": b"\xfe\x39\xfe\x39",
            "half a character of GB18030": b"\xbd",
            "the byte FF": b"\xff",
            "the byte 80": b"\x80 ",
        },
    }
    for format_, found in odd.items():
        codec = "gb18030" if format_ == "csv" else "utf-8"
        for kind, bad in found.items():
            data = lines(kind, "H", 1).encode(codec)
            data += f"2,{CANARY},".encode(codec) + bad + b",1\r\n" + _row(3, codec)
            yield Case(
                format_,
                kind,
                data,
                3,
                stored=(1, 3),
                rejects=[(3, UNDECODABLE)],
                mess="M32",
            )
    for format_, codec in (("csv", "gb18030"), ("csv8", "utf-8"), ("csv16", "utf-16")):
        kind = "private use and rare and odd characters"
        note = "\ue000\ue864\U00020bb7\u2ecc\u200b\ufeff\u202e\x07\x1b[31m\x7f\x85\u2028"
        made = lines(kind, "H", f"1,@,{note},1", 2)
        yield Case(
            format_, kind, made.encode(codec), 2, stored=(1, 2), notes={"1": note},
            mess="M15",
        )  # fmt: skip


def _marks() -> Iterator[Case]:
    kind = "UTF-8 with its mark where GB18030 is promised"
    yield Case(
        "csv", kind, _text(kind).encode("utf-8-sig"), 3, stored=(1, 2, 3), mess="M32"
    )
    for format_ in ("csv", "csv8"):
        kind = "UTF-16 with its mark where another is promised"
        data = _text(kind).encode("utf-16")
        yield Case(format_, kind, data, 3, stored=(1, 2, 3), mess="M32")
        kind = "UTF-16 without a mark"
        data = _text(kind).encode("utf-16-le")
        reason = ".*(undecodable|nul_byte|columns missing|UTF-8).*"
        yield refused(format_, kind, data, 3, reason, mess="M32")
    for format_, codec in (("csv8", "utf-8"), ("csv16", "utf-16-le"), ("csv", "gb18030")):
        kind = "two marks at the beginning"
        data = ("\ufeff\ufeff" + _text(kind)).encode(codec)
        yield Case(format_, kind, data, 3, stored=(1, 2, 3), mess="M04")
        kind = "two files with mark and header in one"
        part = "\ufeff" + lines(kind, "H", 1), "\ufeff" + lines(kind, "H", 2)
        data = "".join(part).encode(codec)
        yield Case(format_, kind, data, 2, stored=(1, 2), mess="M04")
    kind = "two files with mark and header in one"
    data = ("\ufeff" + lines(kind, "H", 1, delimiter="|")).encode()
    data += ("\ufeff" + lines(kind, "H", 2, delimiter="|")).encode()
    yield Case("bar", kind, data, 2, stored=(1, 2), mess="M04")


def _utf16() -> Iterator[Case]:
    kind = "without a mark"
    yield Case("csv16", kind, _text(kind).encode("utf-16-le"), 3, stored=(1, 2, 3))
    kind = "big endian with a mark"
    data = b"\xfe\xff" + _text(kind).encode("utf-16-be")
    yield Case("csv16", kind, data, 3, stored=(1, 2, 3))
    kind = "big endian without a mark"
    data = _text(kind).encode("utf-16-be")
    yield refused("csv16", kind, data, 3, ".*(no header|columns missing|header).*")
    kind = "half a unit at the end"
    data = _text(kind).encode("utf-16")[:-1]
    yield Case(
        "csv16", kind, data, 3, stored=(1, 2), rejects=[(4, UNDECODABLE)], mess="M29"
    )
    kind = "a byte lost in the middle"
    whole = _text(kind, 40).encode("utf-16")
    yield refused(
        "csv16", kind, whole[:900] + whole[901:], 40,
        r"row count differs from manifest: \d+ read, 40 announced", mess="M29",
    )  # fmt: skip
    kind = "a lone surrogate"
    bad = lines(kind, "H", 1, "2,@,a\ud800b,1", 3).encode("utf-16-le", "surrogatepass")
    yield Case("csv16", kind, bad, 3, stored=(1, 3), rejects=[(3, UNDECODABLE)])
    kind = "UTF-8 where UTF-16 is promised"
    yield refused("csv16", kind, _text(kind).encode(), 3, ".*(header|missing).*")


def _row(number: int, codec: str) -> bytes:
    return f"{number},{LONG},x,1\r\n".encode(codec)
