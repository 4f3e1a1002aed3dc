"""The few pieces of HTML that the sections are made of; everything they get is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

# A cell is text, or markup that another function here has made.
Cell = object


class Markup(str):
    """HTML that is safe to put into a page as it is."""

    __slots__ = ()


def shown(value: Cell) -> Markup:
    """A value as HTML: numbers with separators, nothing as a dash, text escaped."""
    if isinstance(value, Markup):
        return value
    if value is None or value == "":
        return Markup('<span class="none">–</span>')
    if isinstance(value, int) and not isinstance(value, bool):
        return Markup(f"{value:,}")
    return Markup(escape(str(value)))


def joined(parts: Iterable[Markup]) -> Markup:
    """Pieces of markup one after the other."""
    return Markup("".join(parts))


def both(zh: str, en: str) -> Markup:
    """The same words in Chinese and, quieter, in English."""
    return Markup(f'{escape(zh)} <span class="en" lang="en">{escape(en)}</span>')


def badge(kind: str, zh: str, en: str) -> Markup:
    """A coloured word; the colour never says more than the word."""
    return Markup(
        f'<span class="badge {escape(kind)}">{escape(zh)}'
        f' <span lang="en">{escape(en)}</span></span>'
    )


def card(zh: str, en: str, value: Cell, note: Cell = "") -> Markup:
    """One figure with its name."""
    below = f'<p class="note">{shown(note)}</p>' if note else ""
    return Markup(
        f'<div class="card"><p class="label">{both(zh, en)}</p>'
        f'<p class="figure">{shown(value)}</p>{below}</div>'
    )


def table(
    caption: Markup,
    header: Sequence[tuple[str, str, str]],
    rows: Iterable[Sequence[Cell]],
    stacks: bool = True,
) -> Markup:
    """A table; `header` has for each column Chinese, English, and `n` for numbers.

    On a phone the cells of a row stand below each other, unless `stacks` is false: then the
    table scrolls.
    """
    head = "".join(
        f'<th scope="col" class="{escape(kind)}">{both(zh, en)}</th>'
        for zh, en, kind in header
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="{escape(kind)}" data-label="{escape(zh)} {escape(en)}">'
            f"<div>{shown(cell)}</div></td>"
            for cell, (zh, en, kind) in zip(row, header, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return Markup(
        f'<div class="scroll{" stacks" if stacks else ""}" role="region" tabindex="0">'
        f"<table>"
        f"<caption>{caption}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def folded(summary: Markup, content: Markup, is_open: bool = False) -> Markup:
    """Content that can be opened."""
    state = " open" if is_open else ""
    return Markup(f"<details{state}><summary>{summary}</summary>{content}</details>")


def section(anchor: str, zh: str, en: str, lead: Markup, content: Markup) -> Markup:
    """A part of the page, with a sentence on what it shows."""
    return Markup(
        f'<section id="{escape(anchor)}" aria-labelledby="{escape(anchor)}-title">'
        f'<h2 id="{escape(anchor)}-title">{both(zh, en)}</h2>'
        f'<p class="lead">{lead}</p>{content}</section>'
    )


def bars(rows: Sequence[tuple[Markup, int]]) -> Markup:
    """Counts as bars of a common scale."""
    most = max((count for _, count in rows), default=0) or 1
    return joined(
        [
            Markup('<ul class="bars">'),
            *(
                Markup(
                    f'<li><span class="name">{name}</span>'
                    f'<span class="track"><span class="bar"'
                    f' style="width:{max(100 * count / most, 0.4):.1f}%"></span></span>'
                    f'<span class="count">{count:,}</span></li>'
                )
                for name, count in rows
            ),
            Markup("</ul>"),
        ]
    )
