"""Three days of deliveries, few in number, that bring landing to every registered point."""

from __future__ import annotations

from tests.landing.sending import (
    Row,
    Sender,
    csv_bytes,
    json_bytes,
    pipe_bytes,
    row_of,
    sheet_bytes,
)

DAYS = ("20250101", "20250102", "20250103")
# Rows of a file that is large: so many that its index is made anew after it.
BULK_FROM = 2000
B = "TB_YL_PATIENT_INFORMATION_"
BULK = "TB_LIS_INDICATORS_"


def send_all(sender: Sender) -> None:
    """Every form in which a delivery changes what is there already."""
    _refused_until_it_is_whole(sender)
    _corrected(sender)
    _large_with_rejects(sender)
    _database(sender)
    _pages(sender)
    _sent_again(sender)
    sender.put(DAYS[0], "E01", f"通知_{DAYS[0]}.docx", b"-", 1)
    sender.put(DAYS[1], "E01", f"通知_{DAYS[1]}.docx", None, 1)
    for day, teams in zip(DAYS[:2], (("T1", "T2"), ("T1",)), strict=True):
        rows = [row_of("E01", teamId=team) for team in teams]
        sender.put(day, "E01", f"PUB_FamilyTeam_{day}.jsonl", json_bytes(rows), len(rows))


def _refused_until_it_is_whole(sender: Sender) -> None:
    table = csv_bytes("A01", [row_of("A01", BRID=n) for n in range(1, 4)]), 3
    sender.csv_zip(DAYS[0], {"A01": table}, cut=True)
    sender.csv_zip(DAYS[1], {"A01": table}, zip_day=DAYS[0])


def _corrected(sender: Sender) -> None:
    for day, mark, cards in (
        (DAYS[0], "", ("K1", "K2")),
        (DAYS[1], "_R1", ("K1", "K9")),
        (DAYS[2], "_R2", ("K3",)),
    ):
        rows = [row_of("B01", YLJGDM="4", KH=card, KLX="04") for card in cards]
        name = f"{B}{DAYS[0]}{mark}.txt"
        sender.put(day, "B01", name, pipe_bytes("B01", rows), len(rows))


def _large_with_rejects(sender: Sender) -> None:
    """As large as a file must be for its index to be made anew; one line is short."""
    count = BULK_FROM + 1
    lines = [f"4|R{n}|1|{'-|' * 4}-" for n in range(count)]
    lines[count // 3] = "4|R"
    # The header is the only line of a file without rows.
    data = pipe_bytes("B11", []) + "".join(f"{line}\r\n" for line in lines).encode()
    sender.put(DAYS[0], "B11", f"{BULK}{DAYS[0]}.txt", data, count)
    # The next file of the feed is compared with it.
    other = pipe_bytes("B11", []) + f"4|R1|1|{'-|' * 4}-\r\n".encode()
    sender.put(DAYS[1], "B11", f"{BULK}{DAYS[1]}.txt", other, 1)
    again = data.replace(b"|R1|", b"|X1|")
    sender.put(DAYS[2], "B11", f"{BULK}{DAYS[0]}_R1.txt", again, count)


def _database(sender: Sender) -> None:
    """On the last day a row has appeared behind the watermark, too."""

    def patient(number: int, changed: int) -> Row:
        stamp = f"2024-12-{changed:02} 08:00:00"
        return row_of("C01", jgid="1001", brid=number, gxsj=stamp)

    first = [patient(1, 10), patient(2, 10)]
    second = [patient(1, 11), patient(2, 10), patient(3, 11)]
    for day, rows in zip(
        DAYS, (first, second, [*second, patient(4, 12), patient(5, 1)]), strict=True
    ):
        sender.database(day, {"C01": rows}, only=frozenset({"C01"}))


def _pages(sender: Sender) -> None:
    """Page 2 comes before its page 1; a replaced page returns as a page of its own."""

    def page(number: int, *archives: int, header: bool = True) -> tuple[str, bytes, int]:
        rows = [row_of("D01", phrId=f"P{n}", empiId=f"E{n}") for n in archives]
        name = f"EHR_HealthRecord_{DAYS[0]}_第{number}页.xlsx"
        return name, sheet_bytes("D01", rows, header=header), len(rows)

    name, data, rows = page(1, 1, 2)
    sender.put(DAYS[0], "D01", name, data[:-20], rows, announced=data)
    sender.put(DAYS[0], "D01", *page(2, 3, 4, header=False))
    sender.put(DAYS[1], "D01", name, data, rows)
    sender.put(DAYS[2], "D01", *page(1, 1, 5))
    sender.put(DAYS[2], "D01", *page(3, 1, 2))


def _sent_again(sender: Sender) -> None:
    """Under another name; late, it is the first copy that the rows belong to."""
    rows = [row_of("F02", SETL_ID="S1"), row_of("F02", SETL_ID="null")]
    sender.settlements(DAYS[0], rows)
    sender.settlements(DAYS[1], rows, file_day=DAYS[0], mark=" (1)")
