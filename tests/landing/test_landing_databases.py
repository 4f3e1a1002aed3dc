"""A database comes whole every day; only what is new in it is stored."""

from __future__ import annotations

import stat

import pytest
from sqlalchemy import text

from tests.landing.looking import Landing
from tests.landing.sending import Row, Sender, row_of

D, NEXT, THIRD = "20250101", "20250102", "20250103"


def patient(number: int, changed: str, **more: object) -> Row:
    stamp = f"2024-12-{changed} 08:00:00"
    return row_of("C01", jgid="1001", brid=number, gxsj=stamp, **more)


def owners(landing: Landing) -> list[tuple[str, str]]:
    found = landing.ask(
        "select file.delivery_date::text, stored.brid || '@' || stored.gxsj"
        " from landing.c01_ms_brda as stored"
        " inner join audit.file_ledger as file on stored._file_id = file.file_id"
        " order by 1, 2"
    )
    return [(day[-2:], what[:12]) for day, what in found]


def test_every_row_of_the_first_delivery_is_stored(
    sender: Sender, landing: Landing
) -> None:
    sender.database(
        D, {"C01": [patient(2, "02"), patient(1, "01", brxm=None, empiid="E1")]}
    )
    landing.land()
    assert landing.rows("C01", "brid", "brxm", "empiid", "_line_number") == [
        # The number is the row's own in its database, in order of insertion.
        ("2", None, None, 1),
        ("1", None, "E1", 2),
    ]
    assert landing.counts("C01") == [(2, 2, 0, 0, 0)]


def test_known_rows_are_counted_and_not_stored_again(
    sender: Sender, landing: Landing
) -> None:
    sender.database(D, {"C01": [patient(1, "01"), patient(2, "02")]})
    changed = [patient(1, "05"), patient(2, "02"), patient(3, "04")]
    sender.database(NEXT, {"C01": changed})
    sender.database(THIRD, {"C01": changed})
    landing.land()
    assert landing.counts("C01") == [(2, 2, 0, 0, 0), (3, 2, 0, 1, 0), (3, 0, 0, 3, 0)]
    assert [row[0] for row in landing.rows("C01", "_line_number")] == [1, 2, 1, 3]


def test_a_row_that_appears_behind_the_watermark_is_found(
    sender: Sender, landing: Landing
) -> None:
    sender.database(D, {"C01": [patient(1, "01"), patient(2, "09")]})
    sender.database(NEXT, {"C01": [patient(1, "01"), patient(2, "09"), patient(3, "03")]})
    landing.land()
    assert landing.counts("C01") == [(2, 2, 0, 0, 0), (3, 1, 0, 2, 0)]


@pytest.mark.parametrize(
    "stamp",
    [
        "9999-12-31 00:00:00",
        "2025-03-01 08:00:00",
        "2024/12/09 08:00:00",
        "不详",
        "",
        "0",
        "难" * 4000,
    ],
    ids=lambda stamp: stamp[:10],
)
def test_a_change_is_found_whatever_a_clock_has_once_shown(
    sender: Sender, landing: Landing, stamp: str
) -> None:
    """No row came or went; two of them are others, one of which has no usable moment."""
    odd = row_of("C01", jgid="1001", brid=9, gxsj=stamp)
    sender.database(D, {"C01": [patient(1, "01"), patient(2, "02"), odd]})
    changed = [
        patient(1, "31", brxm="改"),
        patient(2, "02"),
        row_of("C01", jgid="1001", brid=9, gxsj=stamp, brxm="改"),
    ]
    sender.database(NEXT, {"C01": changed})
    landing.land()
    assert landing.counts("C01") == [(3, 3, 0, 0, 0), (3, 2, 0, 1, 0)]


@pytest.mark.parametrize("noted", ["2099-01-01 00:00:00", "不详"])
def test_a_watermark_that_an_earlier_version_has_noted_hides_nothing_more(
    sender: Sender, landing: Landing, noted: str
) -> None:
    sender.database(D, {"C01": [patient(1, "01"), patient(2, "02")]})
    landing.land()
    with landing.engine.begin() as connection:
        connection.execute(
            text("update audit.file_ledger set watermark = :noted where feed = 'C01'"),
            {"noted": noted},
        )
    sender.database(NEXT, {"C01": [patient(1, "31", brxm="改"), patient(2, "02")]})
    landing.land()
    assert landing.counts("C01") == [(2, 2, 0, 0, 0), (2, 1, 0, 1, 0)]


def test_a_late_delivery_owns_what_it_was_the_first_to_bring(
    sender: Sender, landing: Landing
) -> None:
    sender.database(D, {"C01": [patient(1, "01")]})
    sender.database(NEXT, {"C01": [patient(1, "02"), patient(2, "02")]})
    sender.database(THIRD, {"C01": [patient(1, "03"), patient(2, "02"), patient(3, "03")]})
    sender.hide(NEXT)
    landing.land()
    sender.show(NEXT)
    landing.land()
    assert owners(landing) == [
        ("01", "1@2024-12-01"),
        ("02", "1@2024-12-02"),
        ("02", "2@2024-12-02"),
        ("03", "1@2024-12-03"),
        ("03", "3@2024-12-03"),
    ]
    assert landing.counts("C01") == [(1, 1, 0, 0, 0), (2, 1, 0, 0, 1), (3, 2, 0, 1, 0)]


def test_tables_without_a_contract_are_noted(sender: Sender, landing: Landing) -> None:
    path = sender.database(D, {"C01": [patient(1, "01")]})
    ok = path.with_name(path.name + ".ok")
    head, *lines = ok.read_text("utf-8").splitlines()
    parts = head.split("\t")
    ok.write_text(
        "\n".join(
            [
                "\t".join([parts[0], f"{len(lines) + 1}", parts[2]]),
                *lines,
                "gy_xtcs\t7\t-\n",
            ]
        )
    )
    landing.land()
    found = [(r.member_name, r.state) for r in landing.ledger() if r.feed is None]
    assert found == [("gy_xtcs", "no_contract")]


def test_a_read_only_folder_is_enough(sender: Sender, landing: Landing) -> None:
    path = sender.database(D, {"C01": [patient(1, "01")]})
    path.chmod(stat.S_IRUSR)
    path.parent.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        landing.land()
    finally:
        path.parent.chmod(stat.S_IRWXU)
    assert landing.states("C01") == [("township_his.db", "landed")]
    assert sorted(item.name for item in path.parent.iterdir()) == [
        "township_his.db",
        "township_his.db.ok",
    ]


def test_a_good_database_of_the_next_day_settles_a_broken_one(
    sender: Sender, landing: Landing
) -> None:
    path = sender.database(D, {"C01": [patient(1, "01")]})
    path.write_bytes(path.read_bytes()[:-100])
    sender.database(NEXT, {"C01": [patient(1, "01")]})
    landing.land()
    refused, good = landing.ledger("C01")
    assert (refused.state, refused.replaced_by) == ("refused", good.file_id)


def test_bytes_that_are_no_text_cost_one_row(sender: Sender, landing: Landing) -> None:
    bad = patient(1, "01", brxm=b"\xff\xfe")
    sender.database(D, {"C01": [bad, patient(2, "01")]})
    landing.land()
    assert landing.counts("C01") == [(2, 1, 1, 0, 0)]
    assert [code for _, code in landing.rejects()] == ["undecodable"]
