"""A few days of deliveries with nearly everything in them that goes wrong."""

from __future__ import annotations

from tests.landing.sending import (
    Row,
    Sender,
    csv_bytes,
    json_bytes,
    pipe_bytes,
    row_of,
    sheet_bytes,
    tab_bytes,
    zip_bytes,
)

DAYS = ("20250101", "20250102", "20250103", "20250104")
# Of a card that is given to somebody else on the third day.
FIRST_HOLDER = {"BRXM": "王建国", "CSNY": "1963-07-15"}
NEXT_HOLDER = {"BRXM": "李秀兰", "CSNY": "1971-02-09"}
B = "TB_YL_PATIENT_INFORMATION_"


def send_all(sender: Sender) -> None:
    """Every system, on four days."""
    _hospital(sender)
    _corrections(sender)
    _databases(sender)
    _pages(sender)
    _snapshots(sender)
    _insurance(sender)
    for day, count in ((DAYS[0], 10), (DAYS[2], 20)):
        rows = [row_of("H06", 乡镇代码="991525100", 性别="男", 合计=count)]
        sender.put(day, "H06", "常住人口_2024.xlsx", sheet_bytes("H06", rows), 1)


def _hospital(sender: Sender) -> None:
    for place, day in enumerate(DAYS):
        rows = [
            row_of("A01", BRID=n, XGSJ=f"2025-01-0{max(1, place)} 0{n}:00:00")
            for n in range(1, 4)
        ]
        rows[1] |= FIRST_HOLDER if place < 2 else NEXT_HOLDER
        table = csv_bytes("A01", rows), 3
        sender.csv_zip(day, {"A01": table}, cut=day == DAYS[1])
        if day == DAYS[1]:
            sender.csv_zip(DAYS[2], {"A01": table}, zip_day=day)


def _corrections(sender: Sender) -> None:
    def patients(*cards: str) -> bytes:
        return pipe_bytes("B01", [row_of("B01", YLJGDM="4", KH=c, KLX="04") for c in cards])

    sender.put(DAYS[0], "B01", f"{B}{DAYS[0]}.txt", patients("K1", "K2"), 2)
    sender.put(DAYS[1], "B01", f"{B}{DAYS[1]}_R1.txt", patients("K3"), 1)
    sender.put(DAYS[2], "B01", f"{B}{DAYS[0]}_R1.txt", patients("K1", "K9"), 2)
    sender.put(DAYS[2], "B01", f"{B}{DAYS[1]}.txt", patients("K2", "K4"), 2)
    sender.put(DAYS[3], "B01", f"{B}{DAYS[0]}_R2.txt", patients("K1", "K2"), 2)
    sender.put(DAYS[3], "B01", f"{B}{DAYS[1]}(1).txt", patients("K2", "K4"), 2)


def _databases(sender: Sender) -> None:
    rows: dict[int, Row] = {}
    for place, day in enumerate(DAYS, start=1):
        for number in (1, place, place + 3):
            stamp = f"2024-12-0{place} 08:00:00"
            rows[number] = row_of("C01", jgid="1001", brid=number, gxsj=stamp)
        sender.database(day, {"C01": [rows[n] for n in sorted(rows)]})


def _pages(sender: Sender) -> None:
    def archives(*numbers: int) -> list[Row]:
        return [row_of("D01", phrId=f"P{n}", empiId=f"E{n}") for n in numbers]

    def name(page: int, day: str, mark: str = "") -> str:
        return f"EHR_HealthRecord_{day}{mark}_第{page}页.xlsx"

    first, bare = sheet_bytes("D01", archives(1, 2)), sheet_bytes(
        "D01", archives(2, 3), header=False, title=False, total=True
    )  # fmt: skip
    sender.put(DAYS[0], "D01", name(1, DAYS[0]), first[:-20], 2, announced=first)
    sender.put(DAYS[0], "D01", name(2, DAYS[0]), bare, 2)
    sender.put(DAYS[1], "D01", name(1, DAYS[0]), first, 2)
    sender.put(
        DAYS[3], "D01", name(1, DAYS[3], "_全量"), sheet_bytes("D01", archives(1, 3)), 2
    )


def _snapshots(sender: Sender) -> None:
    for day, teams in zip(
        DAYS, (("T1", "T2"), ("T1",), ("T1",), ("T1", "T3")), strict=True
    ):
        rows = [row_of("E01", teamId=team) for team in teams]
        sender.put(day, "E01", f"PUB_FamilyTeam_{day}.jsonl", json_bytes(rows), len(rows))


def _insurance(sender: Sender) -> None:
    rows = [row_of("F02", SETL_ID="S1"), row_of("F02", SETL_ID="null")]
    sender.settlements(DAYS[0], rows)
    sender.settlements(DAYS[3], rows, file_day=DAYS[0], mark=" (1)")
    for day, people in ((DAYS[0], "PQ"), (DAYS[1], "P")):
        insured = [row_of("F01", PSN_NO=number, YEAR="2024") for number in people]
        data = zip_bytes({"PSN_INSU_D_2024.txt": tab_bytes("F01", insured)})
        sender.put(day, "F01", "YB_PSN_INSU_D_2024.zip", data, len(insured))
