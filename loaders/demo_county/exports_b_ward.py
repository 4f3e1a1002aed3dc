"""The Chinese medicine hospital's charge lines, operations and front pages of stays."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from loaders.demo_county.cards import card_number
from loaders.demo_county.chronicle import Cell
from loaders.demo_county.clerk import Written
from loaders.demo_county.events import Stay
from loaders.demo_county.exporting import Desk
from loaders.demo_county.exports_a_stays import next_place, page_number
from loaders.demo_county.exports_ward import newborn_of, page_sums
from loaders.demo_county.spelling import tight_moment, yuan
from loaders.demo_county.texts import Place, spell_price, spoil_name

LINES, OPERATIONS, PAGES = "TB_HIS_ZY_FEE_DETAIL", "TB_OPERATION_DETAIL", "HQMS"
CUT_CODE = 5
OPERATION_COLUMNS = (
    ("P490", "P491", "P820", "P492"),
    ("P4911", "P4912", "P821", "P4913"),
    ("P4921", "P4922", "P822", "P4923"),
)
PAGE_SUMS = ("P752", "P754", "P755", "P764", "P765", "P766", "P771", "P781")


def export_lines(desk: Desk, stay: Stay) -> None:
    """B08: every line of a stay; what is given back has a positive amount, too."""
    for line in stay.lines:
        on: date = line.at.date()
        place = Place(desk.world, "B", LINES, line.number, on)
        desk.book.add(
            "B08",
            on,
            {
                "YLJGDM": stay.place.code22,
                "FYMXID": line.number,
                "ZYLSH": str(stay.number),
                "STFBZ": "2" if line.gives_back else "1",
                "FYFSSJ": tight_moment(line.at),
                "MXFYLB": desk.world.county.fee_numbers[line.price.category],
                "MXXMBM": line.price.code,
                "MXXMMC": spoil_name(place, line.price.name),
                "MXXMDJ": spell_price(place, line.price.fen),
                "MXXMSL": str(line.quantity),
                "MXXMJE": yuan(abs(line.amount)),
                "YEBZ": "1" if line.is_newborn else "0",
            },
            sort=f"{line.number:>16}",
            owner=newborn_of(desk.world, stay) if line.is_newborn else None,
        )


def export_operations(desk: Desk, stay: Stay) -> None:
    """B09: operations and procedures, as the theatre reports them."""
    for nth, operation in enumerate(stay.operations):
        number, on = f"{stay.number}{nth:02d}", operation.at.date()
        place = Place(desk.world, "B", OPERATIONS, number, on)
        is_cut = len(operation.code) > CUT_CODE and place.struck("operation_code_cut")
        desk.book.add(
            "B09",
            on,
            {
                "YLJGDM": stay.place.code22,
                "SSLSH": number,
                "ZYLSH": str(stay.number),
                "SSBM": operation.code[:CUT_CODE] if is_cut else operation.code,
                "SSMC": operation.name,
                "SSJB": operation.level or None,
                "SSKSSJ": tight_moment(operation.at),
                "MZFS": operation.anaesthesia,
            },
            sort=number,
        )


def export_front_page(desk: Desk, stay: Stay, written: Written) -> None:
    """B13: the front page, in the file of its month; some were coded twice before."""
    known_on, number = stay.coded_at.date(), page_number(desk, stay)
    desk.clerk.copy(written, "B", PAGES, number, known_on)
    values = _page(desk, stay, written, number)
    month = f"{stay.discharged_at:%Y%m}"
    sort, owner = f"{month} {stay.number:012d}", stay.person.code
    if desk.world.mess.hits("dbf_deleted", "B", stay.number):
        # The record under a wrong ordinal; deleted when the right one is written.
        wrong = values | {"P2": stay.ordinal + 1}
        wrong_on = known_on - timedelta(days=1)
        desk.book.add("B13", wrong_on, wrong, sort=f"{sort}x", owner=owner)
        desk.book.delete("B13", known_on, wrong, sort=f"{sort}x")
        native = f"{number}+{stay.ordinal + 1}"
        desk.world.mess.note("dbf_deleted", "B", PAGES, native, known_on)
    desk.book.add("B13", known_on, values, sort=sort, owner=owner)
    changed_on = desk.correction_day("B", PAGES, number, known_on)
    if changed_on:
        at = datetime.combine(changed_on, time(11))
        again = values | {"P9": "90", "P_SCSJ": f"{at:%Y%m%d%H}"}
        desk.book.add("B13", changed_on, again, sort=sort, owner=owner)


def _page(desk: Desk, stay: Stay, written: Written, number: str) -> dict[str, Cell]:
    person, second = stay.person, stay.second_diagnosis
    place = Place(desk.world, "B", PAGES, number, stay.coded_at.date())
    code = stay.diagnosis.clinical
    if place.struck("dx_spelling"):
        code = code.replace(".", "")
    sums = zip(PAGE_SUMS, page_sums(desk.world, stay), strict=True)
    days = (stay.discharged_at.date() - stay.admitted_at.date()).days
    return {
        "P900": stay.place.credit_code,
        "P6891": stay.place.name,
        "P1": {"310": "1", "390": "2"}.get(person.scheme, "7"),
        "P2": stay.ordinal,
        "P3": number,
        "P4": _in_gbk(written.name),
        "P5": str(written.sex),
        "P6": written.born.replace("-", ""),
        "P7": person.age(stay.admitted_at.date()),
        "P11": person.ethnicity,
        "P13": _in_gbk(written.id_number),
        "P9": "27",
        "P8": "2" if person.spouse else "9",
        "P801": _in_gbk(written.address),
        "P802": written.phone,
        "P804": "2",
        "P22": f"{stay.admitted_at:%Y%m%d%H}",
        "P23": stay.department,
        "P25": f"{stay.discharged_at:%Y%m%d%H}",
        "P26": stay.department,
        "P27": max(1, days),
        "P321": code,
        "P322": stay.diagnosis.name,
        "P805": "1",
        "P324": second.clinical if second else None,
        "P325": second.name if second else None,
        **_operations(stay),
        "P741": stay.leaving,
        "P742": next_place(desk.world, stay),
        "P62": "5",
        "P63": "2",
        "P782": yuan(stay.cost),
        "P751": yuan(stay.cost - stay.fund),
        **{column: yuan(part) for column, part in sums},
        "P_SCSJ": f"{stay.coded_at:%Y%m%d%H}",
    }


def _operations(stay: Stay) -> dict[str, Cell]:
    found: dict[str, Cell] = {}
    for columns, operation in zip(OPERATION_COLUMNS, stay.operations, strict=False):
        on = f"{operation.at:%Y%m%d}"
        values = (operation.code, on, operation.level or None, operation.name)
        found |= dict(zip(columns, values, strict=True))
    return found


def _in_gbk(text: str) -> str:
    """What the old coding program can show; the rest becomes question marks."""
    return text.encode("gbk", "replace").decode("gbk")


def card_of(desk: Desk, stay: Stay) -> int:
    """The card under which the stay was registered."""
    return card_number(desk.world, "B", stay.place, stay.person, stay.admitted_at.date())
