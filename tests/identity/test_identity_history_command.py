"""`onecard identity history` tells a person's story and shows no number of anybody."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from loaders.console.identity import UnknownKeyError, masked_key, show_identity_history
from loaders.identity.ledger import issue_person_id
from tests.identity.links_by_hand import write

NUMBER = "999999199001010016"
BY_NUMBER = f"F|PSN_INSU_D||{NUMBER}|"
OTHER = "A|MS_BRDA|01|77|2"


def test_a_person_and_a_record_have_one_story(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    write(engine, 1, [[BY_NUMBER], [OTHER]])
    write(engine, 2, [[BY_NUMBER, OTHER]])
    survivor, gone = issue_person_id(OTHER), issue_person_id(BY_NUMBER)
    stories = []
    for key in (gone, BY_NUMBER):
        show_identity_history(engine, key)
        said = capsys.readouterr().out
        assert NUMBER not in said and "**************0016" in said
        assert "retired\t" + survivor in said
        stories.append([line for line in said.splitlines() if "合并 merge" in line])
    assert stories[0] == stories[1]
    assert len(stories[0]) == 1 and f"{survivor}\t{gone}" in stories[0][0]


def test_a_key_that_nobody_has_is_an_error(engine: Engine) -> None:
    write(engine, 1, [[OTHER]])
    for key in ("PNOBODY", "A|MS_BRDA|01|78|"):
        with pytest.raises(UnknownKeyError):
            show_identity_history(engine, key)


@pytest.mark.parametrize(
    ("record_key", "shown"),
    [
        (BY_NUMBER, "F PSN_INSU_D **************0016"),
        (OTHER, "A MS_BRDA ** ** *"),
        ("D|EHR_HealthRecord|77", "D EHR_HealthRecord **"),
        (None, ""),
    ],
)
def test_numbers_in_a_key_are_masked(record_key: str | None, shown: str) -> None:
    assert masked_key(record_key) == shown
