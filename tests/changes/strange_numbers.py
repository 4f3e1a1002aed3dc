"""Numbers that are shared and should not be, and a delivery that touches them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from tests.changes.redelivery import Redelivery

# A name of which every system knows that it is nobody's.
NOBODY = "测试"
OTHER_TYPE = "09"
# Of four persons.
CARDS = """
    select max("KH") from landing.b01_tb_yl_patient_information
    where length("ZJHM") = 18
    group by "ZJHM" order by 1 limit 4
"""
SECOND_CARD = """
    insert into landing.b01_tb_yl_patient_information
    select (jsonb_populate_record(
        card, jsonb_build_object('KH', cast(:one as text), 'KLX', cast(:type as text))
    )).*
    from landing.b01_tb_yl_patient_information as card where "KH" = :other
"""
# As onecard replay would leave it: the lines of a file are no rows of it any more.
TAKE_AWAY = """
    insert into audit.replay (who, file_id, source, lines_before, lines_after)
    select distinct 'test', _file_id, 'file', 1, 0
    from landing.b01_tb_yl_patient_information where "KH" = :number
"""
TWO_SETTLEMENTS = """
    select "SETL_ID" from landing.f02_setl_d
    where coalesce("INIT_SETL_ID", '') = '' and "VALI_FLAG" = '1'
    group by "SETL_ID" order by min("SETL_TIME"), "SETL_ID" limit 2
"""
A_STAY = """
    select "ZYH" as stay, max("ZYHM") as printed from landing.a08_zy_brry
    group by "ZYH" order by "ZYH" limit 1
"""
# Of the same patient, whoever that is; with numbers of its own.
ANOTHER_STAY = """
    insert into landing.a08_zy_brry
    select (jsonb_populate_record(stay, jsonb_build_object(
        'ZYH', "ZYH" || '9', 'ZYHM', "ZYHM" || '9', 'BAHM', "BAHM" || '9'
    ))).*
    from landing.a08_zy_brry as stay where "ZYH" = :stay
"""
# What was charged for a visit that has not come is charged to the number of a card.
CHARGED_CARD = """
    select min(line."KH") as number from landing.b05_tb_his_mz_fee_detail as line
    inner join landing.b01_tb_yl_patient_information as card on line."KH" = card."KH"
    where length(card."ZJHM") = 18 and line."KH" <> all(:others)
"""
# A card of a centre, and by which number the county hospital knows that centre.
TOWNSHIP_CARD = """
    select card.jgid, card.brid, institution."TYSHXYDM" as credit
    from landing.c01_ms_brda as card
    inner join landing.h01_institution_directory as institution
        on card.jgid = institution."JGID"
    where length(card.sfzh) = 18
    order by card.jgid, card.brid limit 1
"""


@dataclass(frozen=True)
class Shared:
    """Where to touch what shares a number; every one says which rows of a feed."""

    first_card: str
    vanishing_number: str
    charged_card: str
    first_settlement: str
    later_stay: str
    printed_number: str
    township_card: str


def share_numbers(county: Redelivery) -> Shared:
    """Before the first build: make events nobody's, and let rows share a number."""
    with county.engine.begin() as connection:
        connection.exec_driver_sql("delete from landing.a01_ms_brda")
        cards = connection.scalars(text(CARDS)).all()
        for one, other in (cards[:2], cards[2:]):
            connection.execute(
                text(SECOND_CARD), {"one": one, "other": other, "type": OTHER_TYPE}
            )
        charged = _one(connection, CHARGED_CARD, others=list(cards)).number
        connection.execute(
            text('delete from landing.b02_tb_yl_mz_medical_record where "KH" = :number'),
            {"number": charged},
        )
        first, second = connection.scalars(text(TWO_SETTLEMENTS)).all()
        connection.execute(
            text(
                'update landing.f02_setl_d set "PSN_NAME" = :nobody, "MDTRT_ID" = :first'
                ' where "SETL_ID" in (:first, :second)'
            ),
            {"nobody": NOBODY, "first": first, "second": second},
        )
        stay = _one(connection, A_STAY)
        connection.execute(text(ANOTHER_STAY), {"stay": stay.stay})
        # No sample is to lead from the one stay to the other.
        connection.execute(
            text('update landing.a12_l_patientinfo set "BRH" = null where "BRH" = :number'),
            {"number": stay.printed},
        )
        card = _one(connection, TOWNSHIP_CARD)
        connection.execute(
            text(
                'update landing.a14_pacs_bgjg set "SQJG" = :credit, "BRID" = :card,'
                ' "SFZH" = null where "BGDH" ='
                ' (select min("BGDH") from landing.a14_pacs_bgjg)'
            ),
            {"credit": card.credit, "card": card.brid},
        )
    return Shared(
        f"\"KH\" = '{cards[0]}' and \"KLX\" <> '{OTHER_TYPE}'",
        cards[2],
        f"\"KH\" = '{charged}'",
        f"\"SETL_ID\" = '{first}'",
        f"\"ZYH\" = '{stay.stay}9'",
        str(stay.printed),
        f"jgid = '{card.jgid}' and brid = '{card.brid}'",
    )


def bring_what_touches_them(county: Redelivery, shared: Shared) -> None:
    """One delivery with a row of each pair, and with events of nobody told otherwise."""
    county.send("a03_ms_brzd", "\"ICD10\" = 'Z00.000'", rows=40)
    county.send("a02_ys_mz_jzls", "\"MZLB\" = '1'", rows=40)
    # The first of a treatment's settlements is the last of them now.
    county.send(
        "f02_setl_d", "\"SETL_TIME\" = '2031-01-01 08:00:00'", shared.first_settlement
    )
    # Of one of two persons whose cards share a number: the card of the other stays.
    county.send("b01_tb_yl_patient_information", '"LXDH" = null', shared.first_card)
    # Of a person of whom nothing tells but the card that charges are on this person's.
    county.send("b01_tb_yl_patient_information", '"LXDH" = null', shared.charged_card)
    # Of another such number no card is left.
    with county.engine.begin() as connection:
        number = {"number": shared.vanishing_number}
        connection.execute(text(TAKE_AWAY), number)
        connection.execute(
            text('delete from landing.b01_tb_yl_patient_information where "KH" = :number'),
            number,
        )
    # A second stay under a number that another stay has already.
    county.send("a08_zy_brry", f"\"ZYHM\" = '{shared.printed_number}'", shared.later_stay)
    # A card under whose number another hospital has read a picture is somebody else's now.
    county.send(
        "c01_ms_brda",
        "(brxm, sfzh, empiid, nhkh, lxdh, csny, brxb) = (select brxm, sfzh, empiid, nhkh,"
        " lxdh, csny, brxb from landing.c01_ms_brda where length(sfzh) = 18"
        f" and not ({shared.township_card}) order by sfzh desc limit 1)",
        shared.township_card,
    )


def _one(connection: Connection, question: str, **asked: object) -> Row[Any]:
    return connection.execute(text(question), asked).one()
