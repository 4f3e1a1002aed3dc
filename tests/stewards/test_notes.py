"""No personal value gets into a decision: notes that hold one are refused."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from loaders.stewards.decisions import decide, undo
from loaders.stewards.note import NoteRefusedError
from tests.stewards.conftest import Asked
from tests.stewards.county import ADDRESS, NUMBER

PERSONAL = [
    f"号码应为{NUMBER}",
    f"号码 {NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]}",
    "".join(chr(ord(sign) + 0xFEE0) for sign in NUMBER),
    "老号码 999999720514011",
    "打电话 16351234567 问过",
    "打电话 163-5123-4567 问过",
    "张建国本人来过",
    "張建國本人来过",
    "张 建 国 本人来过",
    "打电话 163\u20605123\x014567 问过",
    f"住{ADDRESS}",
    "生日 1972-05-14",
    "生日 1972.05.14",
    "卡号 100200",
]
PLAIN = [
    "",
    "  两次就诊时间一致，卡已注销  ",
    "seen on 3 March, card 2 of 3",
    "核对了 2 份证件",
]


@pytest.mark.parametrize("note", PERSONAL)
def test_a_note_with_a_personal_value_is_refused_without_repeating_it(
    asked: Asked, note: str
) -> None:
    with pytest.raises(NoteRefusedError) as refused, asked.engine.begin() as connection:
        decide(
            connection, "何静", "same", *asked.pair("possible_duplicate"),
            "document_seen", note,
        )  # fmt: skip
    said = f"{refused.value}{refused.value.words.zh}"
    assert "张建国" not in said and NUMBER not in said and note not in said
    with asked.engine.connect() as connection:
        count = connection.scalar(text("select count(*) from identity.steward_decision"))
    assert count == 0


def test_the_names_of_the_whole_person_are_looked_for(asked: Asked) -> None:
    # The mother's name is in the child's record only as that of a parent.
    with pytest.raises(NoteRefusedError), asked.engine.begin() as connection:
        decide(
            connection, "何静", "different", *asked.pair("newborn"), "mother_and_child",
            "王春梅是母亲",
        )  # fmt: skip


@pytest.mark.parametrize("note", PLAIN)
def test_an_impersonal_note_is_kept(asked: Asked, note: str) -> None:
    pair = asked.pair("possible_duplicate")
    with asked.engine.begin() as connection:
        decide(connection, "何静", "same", *pair, "document_seen", note)
        kept = connection.scalar(text("select note from identity.steward_decision"))
    assert kept == note.strip()


def test_what_nobody_sees_is_not_kept(asked: Asked) -> None:
    pair, note = asked.pair("possible_duplicate"), "\x00核对了\u200b证件\r\n两份"
    with asked.engine.begin() as connection:
        decide(connection, "何静", "same", *pair, "document_seen", note)
        kept = connection.scalar(text("select note from identity.steward_decision"))
    assert kept == "核对了证件\n两份"


def test_the_note_of_an_undo_is_read_too(asked: Asked) -> None:
    pair = asked.pair("possible_duplicate")
    with asked.engine.begin() as connection:
        said = decide(connection, "何静", "same", *pair, "document_seen")
    with pytest.raises(NoteRefusedError), asked.engine.begin() as connection:
        undo(connection, "何静", said.decision_id, "new_evidence", "张建国来过")
