"""JSON, JSON Lines and XML that are wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.corpus.case import Case, refused
from tests.corpus.feeds import CANARY, good

BROKEN = "broken_json"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def cases() -> Iterator[Case]:
    """All of them."""
    for kind, bad, rule, mess in OBJECTS:
        yield _in_lines(kind, bad, rule, mess)
        # An array is read as one document: what leaves its syntax behind refuses it.
        if kind not in OUTSIDE:
            yield _in_array(kind, bad, rule, mess)
    for kind, note, wanted, mess in VALUES:
        for format_ in ("json", "jsonl"):
            body = '{"k":"2","name":"@","note":' + note + "}"
            parts = [_object(1, kind), body.replace("@", CANARY), _object(3, kind)]
            yield Case(
                format_, kind, _joined(format_, parts), 3, stored=(1, 2, 3),
                notes={"2": wanted}, mess=mess,
            )  # fmt: skip
    yield from _lines_only()
    yield from _arrays_only()
    yield from _documents()


# Kind, an object with the fault, the rule that it breaks.
OBJECTS = (
    ("a name twice", '{"k":"2","name":"@","k":"3"}', "name_twice", ""),
    ("a name twice deep inside", '{"k":"2","name":"@","x":[{"a":1,"a":2}]}', "name_twice",
     ""),
    ("not a number", '{"k":"2","name":"@","amount":NaN}', BROKEN, "M11"),
    ("infinity", '{"k":"2","name":"@","amount":-Infinity}', BROKEN, ""),
    ("a comma at the end", '{"k":"2","name":"@",}', BROKEN, ""),
    ("single quotes", "{'k':'2','name':'@'}", BROKEN, ""),
    ("a comment", '{"k":"2" /* @ */ ,"name":"@"}', BROKEN, ""),
    ("a name without quotes", '{k:"2","name":"@"}', BROKEN, ""),
    ("a number with a leading zero", '{"k":"2","name":"@","amount":007}', BROKEN, "M55"),
    ("an escape that JSON does not know", r'{"k":"2","name":"@\x41"}', BROKEN, ""),
    ("half an escape", r'{"k":"2","name":"@\u12"}', BROKEN, ""),
    ("a TAB in a string", '{"k":"2","name":"@\t"}', BROKEN, ""),
    ("a NUL byte in a string", '{"k":"2","name":"@\0"}', "nul_byte", ""),
    ("an escaped NUL", r'{"k":"2","name":"@\u0000"}', "nul_byte", ""),
    ("an escaped NUL in a new column", r'{"k":"2","name":"@","x":"\u0000"}', "nul_byte",
     ""),
    ("an escaped lone surrogate", r'{"k":"2","name":"@\ud800"}', "undecodable", ""),
    ("a lone surrogate deep inside", r'{"k":"2","name":"@","x":["\udfff"]}', "undecodable",
     ""),
    ("a lone surrogate in a name", r'{"k":"2","name":"@","\ud800":1}', "name_unusable", ""),
    ("a NUL in a name", r'{"k":"2","name":"@","a\u0000":1}', "name_unusable", ""),
    ("an empty name", '{"k":"2","name":"@","":1}', "name_unusable", ""),
    ("nested without end", '{"k":"2","name":"@","x":' + "[" * 99_999 + "]" * 99_999 + "}",
     "too_deep", ""),
    ("an array instead of an object", '["2","@"]', "not_an_object", ""),
    ("a string instead of an object", '"@"', "not_an_object", ""),
    ("a number instead of an object", "99", "not_an_object", ""),
    ("null instead of an object", "null", "not_an_object", "M11"),
    ("no key", '{"name":"@"}', "key_missing", ""),
    ("a key that is null", '{"k":null,"name":"@"}', "key_missing", "M11"),
    ("a key of blanks", '{"k":" \\u3000","name":"@"}', "key_missing", "M12"),
    ("an empty object", "{}", "key_missing", ""),
    ("a brace too few", '{"k":"2","name":"@"', BROKEN, "M29"),
    ("a string that does not end", '{"k":"2","name":"@', BROKEN, "M29"),
    ("two objects without a comma", '{"k":"2","name":"@"}{"k":"3","name":"@"}', BROKEN, ""),
    ("a brace too many", '{"k":"2","name":"@"}}', BROKEN, ""),
    ("a mark in the middle", '\ufeff{"k":"2","name":"@"}', BROKEN, "M04"),
)  # fmt: skip
OUTSIDE = {
    "a brace too few",
    "a string that does not end",
    "two objects without a comma",
    "a brace too many",
    "a mark in the middle",
}
VALUES = (
    ("a huge number", "9" * 5000, "9" * 5000, ""),
    ("a number beyond all floats", "1e99999", "1e99999", ""),
    ("a number exact to the last digit", "0.10000000000000000000001",
     "0.10000000000000000000001", "M45"),
    ("a boolean", "true", "true", "M54"),
    ("an object as a value", '{"a":[1.0,null,"x\\n"]}', r'{"a":[1.0,null,"x\n"]}', "M53"),
    ("an escaped pair of surrogates", r'"\ud842\udfb7"', "\U00020bb7", ""),
    ("an injection", '"\'; drop table x; --"', "'; drop table x; --", ""),
    ("a value of ten megabytes", '"' + "x" * 10_000_000 + '"', "x" * 10_000_000, ""),
)  # fmt: skip


def _object(number: int, tag: str) -> str:
    return json.dumps(good(number, tag), ensure_ascii=False)


def _joined(format_: str, parts: list[str]) -> bytes:
    if format_ == "json":
        return ("[\n" + ",\n".join(parts) + "\n]\n").encode()
    return "".join(part + "\n" for part in parts).encode()


def _in_lines(kind: str, bad: str, rule: str, mess: str) -> Case:
    parts = [_object(1, kind), bad.replace("@", CANARY), _object(3, kind)]
    data = _joined("jsonl", parts)
    return Case("jsonl", kind, data, 3, stored=(1, 3), rejects=[(2, rule)], mess=mess)


def _in_array(kind: str, bad: str, rule: str, mess: str) -> Case:
    parts = [_object(1, kind), bad.replace("@", CANARY), _object(3, kind)]
    data = _joined("json", parts)
    return Case("json", kind, data, 3, stored=(1, 3), rejects=[(3, rule)], mess=mess)


def _lines_only() -> Iterator[Case]:
    def made(kind: str, *parts: str, announced: int, **more: object) -> Case:
        text = "".join(part.replace("@", CANARY) for part in parts)
        return Case("jsonl", kind, text.encode(), announced, **more)  # type: ignore[arg-type]

    yield made("an empty file", announced=0, has_rows=False)
    yield made("only blank lines", "\n", " \r\n", "\n", announced=0, has_rows=False)
    yield made(
        "blank lines between", _object(1, "b") + "\n\n \n", _object(2, "b") + "\n",
        announced=2, stored=(1, 2),
    )  # fmt: skip
    kind = "the last line is cut"
    yield made(
        kind, _object(1, kind) + "\n", _object(2, kind)[:-9], announced=2, stored=(1,),
        rejects=[(2, BROKEN)], mess="M29",
    )  # fmt: skip
    kind = "an object over several lines"
    yield made(
        kind, _object(1, kind) + "\n", '{"k":"2",\n"name":"@"}\n', announced=3, stored=(1,),
        rejects=[(2, BROKEN), (3, BROKEN)],
    )  # fmt: skip
    kind = "an array instead of lines"
    yield made(
        kind, f"[{_object(1, kind)},\n", f"{_object(2, kind)}]\n", announced=2,
        rejects=[(1, BROKEN), (2, BROKEN)],
    )  # fmt: skip
    kind = "line ends of old Macs"
    yield made(
        kind, _object(1, kind) + "\r", _object(2, kind) + "\r", announced=1,
        rejects=[(1, BROKEN)],
    )  # fmt: skip
    kind = "a column under its other name"
    yield made(
        kind, '{"k":"1","name":"@","remark":"x"}\n', announced=1, stored=(1,),
        notes={"1": "x"}, mess="M60",
    )  # fmt: skip
    kind = "a required column missing"
    yield made(
        kind, '{"k":"1","note":"@"}\n', announced=1, state="refused",
        reason="columns missing: name", mess="M60",
    )  # fmt: skip
    kind = "a required column missing in one object"
    yield made(
        kind, '{"k":"1","note":"x"}\n', _object(2, kind) + "\n", announced=2,
        stored=(1, 2), mess="M60",
    )  # fmt: skip
    kind = "GB18030 instead of UTF-8"
    data = (_object(1, kind) + "\n" + _object(2, kind) + "\n").encode("gb18030")
    yield Case("jsonl", kind, data, 2, rejects=[(1, "undecodable"), (2, "undecodable")])
    kind = "UTF-16 with its mark"
    data = (_object(1, kind) + "\n" + _object(2, kind) + "\n").encode("utf-16")
    yield Case("jsonl", kind, data, 2, stored=(1, 2), mess="M32")
    kind = "thousands of names"
    odd = ",".join(f'"x{n}":1' for n in range(20_000))
    yield made(
        kind, _object(1, kind) + "\n", '{"k":"2","name":"@",' + odd + "}\n",
        _object(3, kind) + "\n", announced=3, stored=(1, 3), rejects=[(2, "name_unusable")],
    )  # fmt: skip


def _arrays_only() -> Iterator[Case]:
    def bad(kind: str, text: str, reason: str, mess: str = "") -> Case:
        data = text.replace("@", CANARY).encode()
        return refused("json", kind, data, 1, reason, mess=mess)

    one = '{"k":"1","name":"@"}'
    cut = r"truncated: the JSON array has no end, line \d+"
    syntax = r"line \d+: not the syntax of a JSON array"
    yield Case(
        "json", "an empty file", b"", 0, state="refused", has_rows=False,
        reason="the document is not a JSON array", mess="M29",
    )  # fmt: skip
    yield Case("json", "an empty array", b"[]", 0, has_rows=False)
    yield Case(
        "json", "one byte", b"[", 0, state="refused", has_rows=False, reason=cut, mess="M29"
    )
    yield bad("one object instead of an array", one, "the document is not a JSON array")
    yield bad("the array is cut between elements", f"[{one},\n", cut, "M29")
    yield bad("the array is cut inside an element", f'[{one},\n{{"k":"2","na', cut, "M29")
    yield bad("the bracket at the end is missing", f"[{one}\n", cut, "M29")
    yield bad("a comma at the end of the array", f"[{one},]", syntax)
    yield bad("two commas", f"[{one},,{one}]", syntax)
    yield bad("no comma", f"[{one}\n{one}]", syntax)
    yield bad("a brace instead of the bracket", f"[{one}}}", syntax)
    yield bad(
        "a second array",
        f"[{one}]\n[{one}]",
        "line 2: text after the end of the JSON array",
    )
    yield bad("JSON Lines instead of an array", f"{one}\n{one}\n", "the document is not.*")
    yield bad("an element that is only a quote", f'[{one},"]', cut)
    kind = "GB18030 instead of UTF-8"
    data = f"[{_object(1, kind)}]".encode("gb18030")
    yield Case("json", kind, data, 1, rejects=[(1, "undecodable")], mess="M32")
    kind = "a lone byte in one element"
    data = _joined("json", [_object(1, kind), _object(2, kind), _object(3, kind)])
    data = data.replace(f"{CANARY}2".encode(), CANARY.encode() + b"\xff")
    yield Case("json", kind, data, 3, stored=(1, 3), rejects=[(3, "undecodable")])


def _documents() -> Iterator[Case]:
    def good_row(number: int, tag: str) -> str:
        fields = good(number, tag).items()
        return "<r>" + "".join(f"<{k}>{v}</{k}>" for k, v in fields) + "</r>\n"

    def made(kind: str, *parts: str, announced: int, **more: object) -> Case:
        text = "".join(part.replace("@", CANARY) for part in parts)
        raw = text.encode(str(more.pop("encoding", "utf-8")))
        return Case("xml", kind, raw, announced, **more)  # type: ignore[arg-type]

    def bad(kind: str, *parts: str, reason: str, mess: str = "", **more: object) -> Case:
        return made(
            kind, *parts, announced=1, state="refused", reason=reason, mess=mess, **more
        )

    def row(body: str) -> str:
        return f"<r><k>1</k><name>@</name>{body}</r>\n"

    doctype = r"line \d+: the document declares a document type"
    broken = r"line \d+: not well-formed XML: .+"
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    yield bad(
        "an entity bomb", HEAD, f'<!DOCTYPE t [<!ENTITY l0 "ha">{laughs}]>',
        "<t>", row("&l9;"), "</t>", reason=doctype,
    )  # fmt: skip
    yield bad(
        "a quadratic bomb", HEAD, f'<!DOCTYPE t [<!ENTITY a "{"x" * 100_000}">]>',
        "<t>", row("&a;" * 10_000), "</t>", reason=doctype,
    )  # fmt: skip
    yield bad(
        "an external entity", HEAD, '<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        "<t>", row("<note>&x;</note>"), "</t>", reason=doctype,
    )  # fmt: skip
    yield bad(
        "an external parameter entity", HEAD,
        '<!DOCTYPE t [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]>',
        "<t>", row(""), "</t>", reason=doctype,
    )  # fmt: skip
    yield bad(
        "an external document type", HEAD, '<!DOCTYPE t SYSTEM "http://127.0.0.1:9/x.dtd">',
        "<t>", row(""), "</t>", reason=doctype,
    )  # fmt: skip
    yield bad(
        "an entity that nobody declared", HEAD, "<t>", row("&x;"), "</t>", reason=broken
    )
    yield bad("the root is not closed", HEAD, "<t>", row(""), reason=broken, mess="M29")
    yield bad("cut inside an element", HEAD, "<t>", row("")[:-9], reason=broken, mess="M29")
    yield bad("an element is not closed", HEAD, "<t><r><k>1</r></t><!--@-->", reason=broken)
    yield bad("tags that cross", HEAD, "<t><r><k>1</r></k></t><!--@-->", reason=broken)
    yield bad("two roots", HEAD, f"<t>{row('')}</t>", f"<t>{row('')}</t>", reason=broken)
    yield bad("text after the root", HEAD, f"<t>{row('')}</t>@", reason=broken)
    yield bad(
        "a bare ampersand", HEAD, "<t>", row("<note>a & b</note>"), "</t>", reason=broken
    )
    yield bad(
        "a bare bracket", HEAD, "<t>", row("<note>a < b</note>"), "</t>", reason=broken
    )
    yield bad("an attribute twice", HEAD, "<t>", row('<note a="1" a="2"/>'), "</t>",
              reason=broken)  # fmt: skip
    yield bad("a NUL byte", HEAD, "<t>", row("<note>\0</note>"), "</t>", reason=broken)
    yield bad(
        "an escaped NUL", HEAD, "<t>", row("<note>&#0;</note>"), "</t>", reason=broken
    )
    yield bad(
        "an escaped lone surrogate", HEAD, "<t>", row("<note>&#xD800;</note>"), "</t>",
        reason=broken,
    )  # fmt: skip
    yield bad("a control character", HEAD, "<t>", row("<note>\x0b</note>"), "</t>",
              reason=broken)  # fmt: skip
    yield bad("an empty file", reason=broken, has_rows=False, mess="M29")
    yield bad("one byte", "<", reason=broken, has_rows=False, mess="M29")
    yield bad("a web page", "<html><body><br>@</body></html>", reason=broken)
    yield bad(
        "GB18030 that says UTF-8", HEAD, "<t>", row(""), "</t>", reason=broken,
        encoding="gb18030", mess="M32",
    )  # fmt: skip
    yield made(
        "UTF-16 without a mark that says UTF-8", HEAD, "<t>", row(""), "</t>", announced=1,
        stored=(1,), encoding="utf-16-le", mess="M32",
    )  # fmt: skip
    yield bad(
        "UTF-8 that says GB2312",
        '<?xml version="1.0" encoding="GB2312"?><t>',
        row(""),
        "</t>",
        reason=r"line \d+: bytes that are not in the document's encoding",
        mess="M32",
    )
    yield bad(
        "an encoding that nobody knows", '<?xml version="1.0" encoding="martian"?><t>',
        row(""), "</t>", reason="the document declares an encoding that is not supported",
        mess="M32",
    )  # fmt: skip
    yield bad(
        "an encoding that is none of text", '<?xml version="1.0" encoding="rot13"?><t>',
        row(""), "</t>", reason="the document declares an encoding that is not supported",
    )  # fmt: skip
    yield made(
        "UTF-8 that says UTF-16", '<?xml version="1.0" encoding="UTF-16"?><t>', row(""),
        "</t>", announced=1, stored=(1,), mess="M32",
    )  # fmt: skip
    kind = "a child that comes twice"
    yield made(
        kind, HEAD, "<t>\n", good_row(1, kind), "<r><k>2</k><name>@</name><k>3</k></r>\n",
        good_row(4, kind), "</t>", announced=3, stored=(1, 4), rejects=[(4, "name_twice")],
    )  # fmt: skip
    kind = "nested too deep"
    deep = "<a>" * 200 + "@" + "</a>" * 200
    yield made(
        kind, HEAD, "<t>\n", good_row(1, kind), f"<r><k>2</k>{deep}</r>\n", "</t>",
        announced=2, stored=(1,), rejects=[(4, "too_deep")],
    )  # fmt: skip
    kind = "nested without end"
    yield bad(kind, HEAD, "<t>", f"<r><k>1</k>{'<a>' * 200_000}@", reason=broken)
    kind = "rows without a key"
    yield made(
        kind, HEAD, "<t>\n", "<r><k/><name>@</name></r>\n", "<r><name>@</name></r>\n",
        "<r><k> </k><name>@</name></r>\n", "<r/>\n", good_row(5, kind), "</t>", announced=5,
        stored=(5,), rejects=[(n, "key_missing") for n in (3, 4, 5, 6)],
    )  # fmt: skip
    kind = "rows under another name"
    yield made(
        kind,
        HEAD,
        "<t><row><k>1</k><name>@</name></row></t>",
        announced=1,
        state="refused",
        reason="row count differs from manifest: 0 read, 1 announced",
        mess="M60",
    )
    kind = "no rows"
    yield made(kind, HEAD, "<t></t>", announced=0, has_rows=False)
    kind = "a required column missing"
    yield bad(kind, HEAD, "<t><r><k>1</k><note>@</note></r></t>",
              reason="columns missing: name", mess="M60")  # fmt: skip
    kind = "a column under its other name"
    yield made(
        kind, HEAD, "<t>", row("<remark>x</remark>"), "</t>", announced=1, stored=(1,),
        notes={"1": "x"}, mess="M60",
    )  # fmt: skip
    kind = "an injection in CDATA"
    yield made(
        kind, HEAD, "<t>", row("<note><![CDATA['; drop table <x>; --]]></note>"), "</t>",
        announced=1, stored=(1,), notes={"1": "'; drop table <x>; --"},
    )  # fmt: skip
    kind = "an instruction and comments"
    yield made(
        kind, HEAD, "<?php system('x'); ?><t><!-- @ -->", row("<note>a<!-- b -->c</note>"),
        "</t>", announced=1, stored=(1,), notes={"1": "ac"},
    )  # fmt: skip
    kind = "a value of ten megabytes"
    yield made(
        kind, HEAD, "<t>", row(f"<note>{'x' * 10_000_000}</note>"), "</t>", announced=1,
        stored=(1,),
    )  # fmt: skip
