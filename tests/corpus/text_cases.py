"""Delimited text that is wrong: quotes, fields, bars, line ends, headers, totals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.corpus.case import Case, lines

DIALECTS = {
    "csv": ("gb18030", ",", ""),
    "csv8": ("utf-8", ",", ""),
    "csv16": ("utf-16", ",", ""),
    "bar": ("utf-8-sig", "|", ""),
    "overflow": ("utf-8-sig", "|", ""),
    "strict": ("gb18030", ",", ""),
    "tab": ("utf-8", "\t", "\t"),
}
QUOTED = ("csv", "csv8", "csv16")
EVERY = (*QUOTED, "bar", "tab")
UNBALANCED = "not_rfc_4180"
SHORT, LONG = "too_few_fields", "too_many_fields"


def text(
    format_: str,
    kind: str,
    *parts: str | int,
    announced: int,
    end: str = "\r\n",
    cut: int = 0,
    **more: object,
) -> Case:
    """A file of these lines; `cut` characters are taken off its end."""
    encoding, delimiter, last = DIALECTS[format_]
    made = lines(kind, *parts, end=end, delimiter=delimiter, last=last)
    data = made[: len(made) - cut].encode(encoding)
    return Case(format_, kind, data, announced, **more)  # type: ignore[arg-type]


def cases() -> Iterator[Case]:
    """All of them."""
    for format_ in QUOTED:
        yield from _quotes(format_)
    for format_ in ("bar", "tab"):
        yield from _no_quotes(format_)
    for format_ in EVERY:
        yield from _rows(format_)
        yield from _headers(format_)
    yield from _bars()
    yield from _policies()
    for format_ in EVERY:
        yield from _copies(format_)


def _copies(f: str) -> Iterator[Case]:
    made = text(f, "sent twice", "H", 1, 2, announced=2, stored=(1, 2), mess="M31")
    yield made
    yield replace(
        made, kind="sent again under another name", state="duplicate", stored=(),
        reason="the same content of this feed and period has been landed before",
    )  # fmt: skip


def _quotes(f: str) -> Iterator[Case]:
    yield text(
        f, "quote opened and never closed at the beginning", "H", '1,"@,x,1', 2, 3,
        announced=3, stored=(2, 3), rejects=[(2, UNBALANCED)], mess="M28",
    )  # fmt: skip
    yield text(
        f, "quote opened and never closed in the middle", "H", 1, '2,"@,x,1', 3, 4,
        announced=4, stored=(1, 3, 4), rejects=[(3, UNBALANCED)], mess="M28",
    )  # fmt: skip
    yield text(
        f, "quote never closed and quoted rows after it",
        "H", 1, '2,"@,x,1', 3, 4, '5,"@",x,1', 6,
        announced=6, stored=(1, 3, 4, 5, 6), rejects=[(3, UNBALANCED)], mess="M28",
    )  # fmt: skip
    yield text(
        f, "quote never closed in the last line", "H", 1, 2, '3,"@,x,1',
        announced=3, stored=(1, 2), rejects=[(4, UNBALANCED)], mess="M28",
    )  # fmt: skip
    yield text(
        f, "every second row opens a quote", "H", '1,"@,x,1', 2, '3,"@,x,1', 4, '5,"@,x,1',
        announced=5, stored=(2, 4),
        rejects=[(2, UNBALANCED), (4, UNBALANCED), (6, UNBALANCED)], mess="M28",
    )  # fmt: skip
    yield text(
        f, "text after a closing quote", "H", '1,"@"x,y,1', 2, announced=2, stored=(2,),
        rejects=[(2, UNBALANCED)], mess="M28",
    )  # fmt: skip
    yield text(
        f, "broken quoting in a value of three lines", "H", '1,"@', 'a "b" c', 'd",x,1', 2,
        announced=2, stored=(2,), rejects=[(2, UNBALANCED)], mess="M28",
    )  # fmt: skip
    yield text(
        f, "quotes inside unquoted values", "H", '1,@"x",5"3,1', '2,@,a "b" c,1', 3,
        announced=3, stored=(1, 2, 3), notes={"1": '5"3', "2": 'a "b" c'}, mess="M28",
    )  # fmt: skip
    yield text(
        f, "delimiters quotes and breaks in quotes", "H", '1,@,"a,""b"",\r\nc",1', 2,
        announced=2, stored=(1, 2), notes={"1": 'a,"b",\r\nc'}, mess="M28",
    )  # fmt: skip
    yield text(
        f, "quoted row with too many fields", "H", '1,"@",x,1,"more"', 2,
        announced=2, stored=(2,), rejects=[(2, LONG)], mess="M28",
    )  # fmt: skip
    yield text(
        f, "quoted rows of nothing are no rows", "H", 1, '"","","",""', 2,
        announced=2, stored=(1, 2), mess="M27",
    )  # fmt: skip
    yield text(
        f, "header again in quotes", "H", 1, '"k","name","note","amount"', 2,
        announced=2, stored=(1, 2), mess="M27",
    )  # fmt: skip
    yield text(
        f, "header in quotes and again without", '"k","name","note","amount"', 1,
        "k,name,note,amount", 2, announced=2, stored=(1, 2), mess="M27",
    )  # fmt: skip
    yield text(
        f, "header with an open quote", '"k,name,note,amount', 1, 2, announced=2,
        state="refused", reason="columns missing: k, name", mess="M28",
    )  # fmt: skip
    yield text(
        f, "total in quotes", "H", 1, '"合计",@,,3', announced=1, stored=(1,), mess="M27"
    )


def _no_quotes(f: str) -> Iterator[Case]:
    d, last = DIALECTS[f][1:]
    quotes = d.join(("1", '"@', 'a"b', "1")) + last
    yield text(
        f, "quotes that mean nothing", "H", quotes, 2, announced=2, stored=(1, 2),
        notes={"1": 'a"b'}, mess="M28",
    )  # fmt: skip


def _rows(f: str) -> Iterator[Case]:
    d, last = DIALECTS[f][1:]

    def row(*values: str) -> str:
        return d.join(values) + last

    yield text(
        f, "too few fields", "H", 1, row("2", "@"), 3, row("4", "@", "x"), 5,
        announced=5, stored=(1, 3, 5), rejects=[(3, SHORT), (5, SHORT)],
    )  # fmt: skip
    yield text(
        f, "too many fields", "H", 1, row("2", "@", "x", "1", "more"), 3,
        announced=3, stored=(1, 3), rejects=[(3, LONG)],
    )  # fmt: skip
    yield text(
        f, "values one column further than the header", "H",
        row("1", "", "@", "x", "1"), row("2", "", "@", "x", "1"),
        announced=2, rejects=[(2, LONG), (3, LONG)],
    )  # fmt: skip
    yield text(
        f, "rows without a key", "H", row("", "@", "x", "1"), row("  ", "@", "x", "1"),
        row("\u3000", "@", "x", "1"), 4, announced=4, stored=(4,),
        rejects=[(2, "key_missing"), (3, "key_missing"), (4, "key_missing")],
    )  # fmt: skip
    yield text(
        f, "NUL bytes in a value", "H", 1, row("2", "@", "a\0b", "1"), 3,
        announced=3, stored=(1, 3), rejects=[(3, "nul_byte")],
    )  # fmt: skip
    yield text(
        f, "a row of NUL bytes", "H", 1, row("\0" * 50), 3,
        announced=3, stored=(1, 3), rejects=[(3, "nul_byte")],
    )  # fmt: skip
    yield text(
        f, "a line of ten megabytes", "H", 1, row("2", "@", "长" * 3_400_000, "1"), 3,
        announced=3, stored=(1, 2, 3),
    )  # fmt: skip
    yield text(
        f, "a line without end", "H", 1, row("2", "@", "x" * 19_000_000, "1"),
        announced=2, state="refused", reason=r"a line is longer than 16 MB.*",
    )  # fmt: skip
    yield text(
        f, "the last line has no end", "H", 1, 2, cut=2, announced=2, stored=(1, 2),
        mess="M29",
    )  # fmt: skip
    yield text(
        f, "the last line is cut", "H", 1, 2, row("3", "@", "x", "1"),
        cut=4 + len(last) + 1, announced=3, stored=(1, 2), rejects=[(4, SHORT)], mess="M29",
    )  # fmt: skip
    yield text(
        f, "cut after a whole line", "H", 1, 2, announced=5, state="refused",
        reason="row count differs from manifest: 2 read, 5 announced", mess="M29",
    )  # fmt: skip
    yield text(f, "line ends of Unix", "H", 1, 2, end="\n", announced=2, stored=(1, 2))
    yield text(
        f, "line ends of old Macs", "H", 1, 2, end="\r", announced=2, state="refused",
        reason=".*(columns missing|header|no line).*",
    )  # fmt: skip
    yield text(
        f, "mixed line ends", "H", row("1", "@", "x", "1") + "\n" + row("2", "@", "x", "1"),
        3, announced=3, stored=(1, 2, 3),
    )  # fmt: skip
    yield text(
        f, "a carriage return inside a value", "H", row("1", "@", "a\rb", "1"), 2,
        announced=2, stored=(1, 2), notes={"1": "a\rb"},
    )  # fmt: skip
    yield text(
        f, "blank lines and lines of blanks", "H", "", 1, "  ", "\u3000", 2, "",
        announced=2, stored=(1, 2), mess="M27",
    )  # fmt: skip
    yield text(
        f, "rows of delimiters alone", "H", 1, row("", "", "", ""), 2,
        announced=2, stored=(1, 2), mess="M27",
    )  # fmt: skip
    yield text(
        f, "the end of file mark of DOS", "H", 1, 2, "\x1a", announced=2, stored=(1, 2)
    )
    yield text(
        f, "totals in odd places", "H", row("合计", "@", "", "9"), 1,
        row(" 合计:", "@", "", "9"), 2, row("\u3000合计", "@", "", "9"),
        announced=2, stored=(1, 2), mess="M27",
    )  # fmt: skip
    yield text(
        f, "a total in the second column is a row without key", "H", 1,
        row("", "合计", "@", "9"), announced=2, stored=(1,), rejects=[(3, "key_missing")],
        mess="M27",
    )  # fmt: skip
    yield text(
        f, "injections are values", "H",
        *(row(str(n), "@", note, "1") for n, note in enumerate(INJECTIONS, 1)),
        announced=len(INJECTIONS), stored=range(1, len(INJECTIONS) + 1),
        notes={str(n): note.replace("@@", "@") for n, note in enumerate(INJECTIONS, 1)},
    )  # fmt: skip
    yield text(
        f, "marks of COPY are values", "H", row("1", "@", r"\N", "1"),
        row("2", "@", "\\.", "1"), row(r"\.", "@", "\\", "1"), announced=3,
        stored=(1, 2, r"\."), notes={"1": r"\N", "2": r"\.", r"\.": "\\"}, mess="M11",
    )  # fmt: skip


INJECTIONS = (
    "'; drop table landing.reject; --",
    "x') or ('1'='1",
    "$(touch /tmp/x) `id` ; rm -rf ~",
    "=cmd+' /C calc'!A0",
    "@@SUM(1+1)*cmd",
    "%s %(name)s {0} :name $1",
    "<script>alert(1)</script>",
    "../../etc/passwd",
)


def _headers(f: str) -> Iterator[Case]:
    d, last = DIALECTS[f][1:]

    def row(*values: str) -> str:
        return d.join(values) + last

    yield text(
        f, "the header again and again", "H", "H", 1, "H", 2, "H",
        announced=2, stored=(1, 2), mess="M27",
    )  # fmt: skip
    yield text(
        f, "no header", 1, 2, 3, announced=3, state="refused",
        reason="columns missing: k, name|the header names columns twice.*", mess="M60",
    )  # fmt: skip
    yield text(
        f, "a title line above the header", "@ 报表", "H", 1, announced=1,
        state="refused", reason="columns missing: k, name", mess="M27",
    )  # fmt: skip
    yield text(f, "header only", "H", announced=0, has_rows=False)
    yield text(
        f, "empty file", announced=0, state="refused", reason="the file has no header line",
        has_rows=False, mess="M29",
    )  # fmt: skip
    yield text(
        f, "one byte", "k", cut=2, announced=0, state="refused",
        reason="columns missing: name", has_rows=False,
    )  # fmt: skip
    yield text(
        f, "only blank lines", "", "", "", announced=0, state="refused",
        reason="the file has no header line", has_rows=False,
    )  # fmt: skip
    yield text(
        f, "columns swapped", row("amount", "name", "k", "note"), row("1", "@", "1", "x"),
        announced=1, stored=(1,), notes={"1": "x"}, mess="M60",
    )  # fmt: skip
    yield text(
        f, "a column added in the middle", row("k", "name", "xin", "note", "amount"),
        row("1", "@", "new", "x", "1"), announced=1, stored=(1,), notes={"1": "x"},
        mess="M60",
    )  # fmt: skip
    yield text(
        f, "a column added without a name", row("k", "name", "", "note", "amount"),
        row("1", "@", "new", "x", "1"), announced=1, stored=(1,), notes={"1": "x"},
        mess="M60",
    )  # fmt: skip
    yield text(
        f, "a required column missing", row("k", "note", "amount"), row("1", "@", "1"),
        announced=1, state="refused", reason="columns missing: name", mess="M60",
    )  # fmt: skip
    yield text(
        f, "the key column missing", row("name", "note", "amount"), row("@", "x", "1"),
        announced=1, state="refused", reason="columns missing: k", mess="M60",
    )  # fmt: skip
    yield text(
        f, "an optional column missing", row("k", "name", "amount"), row("1", "@", "1"),
        announced=1, stored=(1,), notes={"1": None}, mess="M60",
    )  # fmt: skip
    yield text(
        f, "a column under its other name", row("k", "name", "remark", "amount"),
        row("1", "@", "x", "1"), announced=1, stored=(1,), notes={"1": "x"}, mess="M60",
    )  # fmt: skip
    yield text(
        f, "both spellings of a column", row("k", "name", "remark", "note"),
        row("1", "@", "other", "x"), announced=1, stored=(1,), notes={"1": "x"},
    )  # fmt: skip
    yield text(
        f, "a column twice", row("k", "name", "note", "name"), row("1", "@", "x", "y"),
        announced=1, state="refused", reason="the header names columns twice: 2, 4",
    )  # fmt: skip
    yield text(
        f, "blanks around the names", row(" k", "name ", "\u3000note", "amount"),
        row("1", "@", "x", "1"), announced=1, stored=(1,), notes={"1": "x"}, mess="M12",
    )  # fmt: skip
    yield text(
        f, "names with quotes and semicolons",
        row("k", "name", 'a"; drop table x; --', "b'c"), row("1", "@", "x", "1"),
        announced=1, stored=(1,),
    )  # fmt: skip
    yield text(
        f, "NUL in the header", row("k", "name", "no\0te", "amount"), row("1", "@", "", ""),
        announced=1, state="refused", reason="the header line breaks the rule nul_byte",
    )  # fmt: skip
    yield text(
        f, "names in capitals", row("K", "NAME", "NOTE", "AMOUNT"), row("1", "@", "x", "1"),
        announced=1, stored=(1,), notes={"1": "x"},
    )  # fmt: skip


def _bars() -> Iterator[Case]:
    yield text(
        "bar", "a row that continues on the next lines", "H", "1|@|a", "b", "c|1", 2,
        announced=2, stored=(1, 2), notes={"1": "a\nb\nc"}, mess="M28",
    )  # fmt: skip
    yield text(
        "bar", "a cut row before a whole one", "H", "1|@", 2, announced=2, stored=(2,),
        rejects=[(2, SHORT)], mess="M28",
    )  # fmt: skip
    yield text(
        "bar", "a stray bar in a value", "H", 1, "2|@|a|b|1", 3, announced=3,
        stored=(1, 3), rejects=[(3, LONG)], mess="M28",
    )  # fmt: skip
    yield text(
        "overflow", "a stray bar in the last free text", "H", 1, "2|@|a|b|1", 3,
        announced=3, stored=(1, 2, 3), notes={"2": "a|b"}, mess="M28",
    )  # fmt: skip
    yield text(
        "bar", "a short row at the end of the file", "H", 1, "2|@", announced=2,
        stored=(1,), rejects=[(3, SHORT)], mess="M29",
    )  # fmt: skip
    yield text(
        "bar", "a short row before the header again", "H", "1|@", "H", 2, announced=2,
        stored=(2,), rejects=[(2, SHORT)], mess="M27",
    )  # fmt: skip
    yield text(
        "bar", "a short row before a total", "H", "1|@", "合计|||2", announced=1,
        rejects=[(2, SHORT)], mess="M27",
    )  # fmt: skip
    yield text(
        "tab", "the TAB after the last column is missing", "H", "1\t@\tx\t1", 2,
        announced=2, stored=(1, 2), mess="M12",
    )  # fmt: skip
    yield text(
        "tab", "a null word that is part of a value", "H", "1\t@\tnullable\tnull\t",
        "2\tnull\t@null\t1\t", announced=2, stored=(1, 2),
        notes={"1": "nullable", "2": "金丝雀99null"}, mess="M11",
    )  # fmt: skip


def _policies() -> Iterator[Case]:
    yield text(
        "strict", "an added column that the contract forbids", "k,name,note,amount,@",
        "1,@,x,1,new", announced=1, state="refused",
        reason="1 columns that the contract does not allow", mess="M60",
    )  # fmt: skip
    yield text(
        "strict", "an optional column missing that the contract demands", "k,name,note",
        "1,@,x", announced=1, state="refused", reason="columns missing: amount", mess="M60",
    )  # fmt: skip
