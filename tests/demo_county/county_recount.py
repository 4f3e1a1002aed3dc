"""The ten figures once more, this time from the delivered files and the truth about people.

Written to check the generator against itself: the truth counts lives, this counts rows.
Both must say the same, or an export does not tell what happened.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.demo_county.county_reading import Row, Table, read_truth, tables

YEAR, BEGIN, END = "2024", date(2024, 1, 1), date(2024, 12, 31)
DIVISION = "991525"


class Recount:
    """Reads a county's deliveries and counts."""

    def __init__(self, county: Path) -> None:
        found: dict[str, list[Table]] = defaultdict(list)
        for table in tables(county / "deliveries"):
            found[table.contract.feed].append(table)
        self._tables = found
        self._people = {
            (x["source_table"], x["org_code"], x["native_id"], x["native_part"]): x[
                "true_person"
            ]
            for x in read_truth(county, "persons.csv")
        }
        self._sums: Counter[tuple[str, str]] = Counter()
        self._totals: Counter[tuple[str, str]] = Counter()
        self._primary = {
            row[code]
            for row in self.rows("H01")
            for code in ("YBDM", "JGID", "TYSHXYDM")
            if row["JGLB"] in ("C210", "C220", "D600")
        }

    def figures(self) -> dict[tuple[str, str], tuple[int, int]]:
        self._encounters()
        self._stays()
        self._settlements()
        self._archives()
        self._hypertension()
        self._contracts()
        return {key: (self._sums[key], total) for key, total in self._totals.items()}

    def _tell(self, code: str, period: str, yes: int, of: int) -> None:
        self._sums[code, period] += yes
        self._totals[code, period] += of

    def rows(self, feed: str) -> list[Row]:
        """The current row of each key, by the rules of the handbook."""
        newest: dict[tuple[Any, ...], tuple[tuple[Any, ...], Row]] = {}
        corrected = {
            t.path.name.split("_R")[0] for t in self._tables[feed] if "_R1" in t.path.name
        }
        parts = [t for t in self._tables[feed] if t.path.stem not in corrected]
        if feed[0] in "CE" or feed == "H06":
            parts = parts[-1:]
        for table in parts:
            for at, row in enumerate(table.rows):
                key = tuple(row[name] for name in table.contract.key if name[0] != "_")
                stamps = [row[name] for name in table.contract.version_by]
                version = (*stamps, table.logical_date, at)
                if key not in newest or version >= newest[key][0]:
                    newest[key] = (version, row)
        full = [t for t in parts if "全量" in t.path.name]
        kept = {id(r) for t in full for r in t.rows}
        if full:
            keys = {tuple(r[n] for n in t.contract.key) for t in full for r in t.rows}
            return [r for k, (_, r) in newest.items() if k in keys or id(r) in kept]
        return [row for _, row in newest.values()]

    def _person(self, table: str, org: object, native: object, part: str = "") -> str:
        return self._people[table, str(org or ""), str(native), part]

    def _encounters(self) -> None:
        counted: set[tuple[str, str, object, date]] = set()
        for feed, at, kind, paid in (
            ("A02", "KSSJ", "MZLB", self._paid("A06", "MZXH", "JZXH", "ZFPB")),
            ("C02", "kssj", "mzlb", self._paid("C05", "mzxh", "jzxh", "zfpb")),
            ("B02", "JZKSRQ", "JZLX", self._kept_charges()),
        ):
            for row in self.rows(feed):
                on = _day(row[at])
                native = str(row.get("JZXH") or row.get("jzxh") or row.get("JZLSH"))
                place = str(row.get("jgid", ""))
                person = self._visitor(feed, row)
                is_check = row[kind] in ("5", "500")
                if on and person and not is_check and (place, native) in paid:
                    department = row.get("KSDM") or row.get("ksdm") or row.get("JZKSBM")
                    counted.add((person, place or feed, department, on))
        for _, place, _, on in counted:
            if BEGIN <= on <= END:
                for period in (YEAR, f"{on:%Y%m}"):
                    primary = place in self._primary
                    self._tell("mon24_07_primary_visit_share", period, primary, 1)

    def _visitor(self, feed: str, row: Row) -> str:
        if feed == "A02":
            return self._person("MS_BRDA", "12991525MB000002C2", row["BRBH"])
        if feed == "C02":
            return self._person("ms_brda", row["zjgid"], row["brid"])
        code, kind = row["YLJGDM"], row["KLX"]
        return self._person("TB_YL_PATIENT_INFORMATION", code, row["KH"], kind)

    def _paid(self, feed: str, _: str, visit: str, void: str) -> set[tuple[str, str]]:
        rows = self.rows(feed)
        return {(str(r.get("jgid", "")), str(r[visit])) for r in rows if r[void] == "0"}

    def _kept_charges(self) -> set[tuple[str, str]]:
        rows = self.rows("B05")
        refunded = {row["TSFMXID"] for row in rows if row["STFBZ"] == "2"}
        charged = [row for row in rows if row["STFBZ"] == "1"]
        return {("", row["JZLSH"]) for row in charged if row["SFMXID"] not in refunded}

    def _stays(self) -> None:
        stays = []
        for row in self.rows("A08"):
            if row["CYPB"] != "99" and not row["CYRQ"].startswith("1900"):
                stays.append((_day(row["RYRQ"]), _day(row["CYRQ"])))
        for row in self.rows("C07"):
            if row["cypb"] != 99 and row["cyrq"]:
                stays.append((_day(row["ryrq"]), _day(row["cyrq"])))
        left = {row["ZYLSH"]: row["CYSJ"] for row in self.rows("B07")}
        for row in self.rows("B06"):
            if row["XGBZ"] != "2" and row["ZYLSH"] in left:
                stays.append((_day(row["RYSJ"]), _day(left[row["ZYLSH"]])))
        for began, ended in stays:
            assert began and ended
            if BEGIN <= ended <= END:
                for period in (YEAR, f"{ended:%Y%m}"):
                    self._tell("avg_los", period, max(1, (ended - began).days), 1)

    def _settlements(self) -> None:
        rows = self.rows("F02")
        reversed_ones = {row["INIT_SETL_ID"] for row in rows}
        stays: dict[str, Row] = {}
        visits: dict[str, bool] = defaultdict(bool)
        for row in sorted(rows, key=lambda r: r["SETL_TIME"]):
            survives = row["VALI_FLAG"] == "1" and row["INIT_SETL_ID"] is None
            place = row["FIXMEDINS_CODE"]
            if not survives or row["SETL_ID"] in reversed_ones or place.startswith("P"):
                continue
            if not row["SETL_TIME"].startswith(YEAR):
                continue
            inside = (row["FIX_BLNG_ADMDVS"] or place[1:7]) == DIVISION
            fund = _fen(row["HIFP_PAY"]) + _fen(row["HIFMI_PAY"])
            own = fund if inside else 0
            self._tell("mon24_08_fund_in_county_share", YEAR, own, fund)
            primary = own if place in self._primary else 0
            self._tell("mon24_09_fund_primary_share", YEAR, primary, own)
            if row["MED_TYPE"] in ("21", "22", "52"):
                stays[row["MDTRT_ID"]] = row | {"inside": inside}
            else:
                visits[row["MDTRT_ID"]] |= inside
        for stay in stays.values():
            self._tell("mon24_11_inpat_in_county_share", YEAR, stay["inside"], 1)
            self._tell("county_visit_rate", YEAR, stay["inside"], 1)
        for inside in visits.values():
            self._tell("county_visit_rate", YEAR, inside, 1)

    def _dead(self, on: date) -> set[str]:
        return {
            self._person("DEA_DeathReportCard", "", row["cardId"])
            for row in self.rows("D20")
            if (_day(row["deadDate"]) or date.max) <= on
        }

    def _residents(self) -> int:
        year = [t for t in self._tables["H06"] if YEAR in t.path.name]
        return sum(row["合计"] for row in year[-1].rows)

    def _archives(self) -> None:
        active = set()
        for row in self.rows("D01"):
            closed = row["status"] == "1" and (_day(row["cancellationDate"]) or END) <= END
            if (_day(row["createDate"]) or date.max) <= END and not closed:
                active.add(
                    self._person("EHR_HealthRecord", row["manaUnitId"], row["phrId"])
                )
        alive = active - self._dead(END) - {""}
        self._tell("ehr_electronic_rate", YEAR, len(alive), self._residents())

    def _contracts(self) -> None:
        signed = set()
        units = {row["teamId"]: row["manaUnitId"] for row in self.rows("E01")}
        for row in self.rows("E02"):
            stopped = row["stopDate"] is not None and row["stopDate"] <= str(END)
            if row["beginDate"] <= str(END) < row["endDate"] and not stopped:
                org = units[row["teamId"]]
                signed.add(self._person("SCM_SignContractRecord", org, row["SCID"]))
        alive = signed - self._dead(END)
        self._tell("fd_sign_rate", f"{END:%Y%m%d}", len(alive), self._residents())

    def _hypertension(self) -> None:
        records: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows("D03"):
            key = self._person(
                "MDC_HypertensionRecord", row["manaUnitId"], row["recordId"], row["phrId"]
            )
            records[key].append(row)
        visits: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows("D04"):
            on = _day(row["visitDate"])
            if on and BEGIN <= on <= END:
                key = self._person(
                    "MDC_HypertensionVisit", row["manaUnitId"], row["visitId"]
                )
                visits[key].append(row | {"on": on})
        examined = {
            self._person("HC_HealthCheck", row["manaUnitId"], row["healthCheck"])
            for row in self.rows("D02")
            if (_day(row["checkDate"]) or date.min).year == END.year
        }
        born = self._born()
        dead = self._dead(date(2024, 6, 29))
        for person, own in records.items():
            self._judge(person, own, visits[person], person in examined, dead, born)

    def _judge(
        self,
        person: str,
        records: list[Row],
        visits: list[Row],
        examined: bool,
        dead: set[str],
        born: dict[str, date],
    ) -> None:
        known = [r for r in records if (_day(r["createDate"]) or date.max) <= END]
        if not known or person in dead:
            return
        ends = [
            (_day(r["cancellationDate"]) or END, r["cancellationReason"])
            if r["status"] == "1"
            else (date.max, "")
            for r in known
        ]
        end, reason = max(ends)
        if end < BEGIN or (end < date(2024, 6, 30) and reason == "2"):
            return
        last = max(visits, key=lambda v: (v["on"], v["visitId"]), default=None)
        reading = _pressure(last) if last else None
        age = _age(born[person], last["on"]) if last else 0
        limit = 150 if age >= 65 else 140
        good = bool(last and last["visitEffect"] == "1" and reading)
        controlled = good and reading is not None and reading[0] < limit and reading[1] < 90
        self._tell("htn_control_rate", YEAR, controlled, 1)
        begin = min(_day(r["createDate"]) or END for r in known)
        days = (min(end, END) - max(begin, BEGIN)).days + 1
        if days >= 90:
            faces = [
                v
                for v in visits
                if v["visitWay"] in ("1", "4") and v["visitEffect"] == "1" and _pressure(v)
            ]
            standard = examined and len(faces) >= min(4, days // 90)
            self._tell("htn_standard_mgmt_rate", YEAR, standard, 1)

    def _born(self) -> dict[str, date]:
        """Birth dates; the insurance knows them best."""
        found: dict[str, date] = {}
        for row in self.rows("D01"):
            person = self._person("EHR_HealthRecord", row["manaUnitId"], row["phrId"])
            found[person] = _day(row["birthday"]) or BEGIN
        for row in self.rows("F01"):
            person = self._person("PSN_INSU_D", "", row["PSN_NO"], row["YEAR"])
            if "08:00" not in row["BRDY"]:
                found[person] = _day(row["BRDY"]) or BEGIN
        return found


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _fen(text: str) -> int:
    return int(Decimal(text) * 100)


def _day(value: object) -> date | None:
    """A date in any of the spellings of the county; none when there is no such day."""
    text = str(value or "")
    if re.fullmatch(r"\d{5}", text):
        return date(1899, 12, 30) + timedelta(days=int(text))
    found = re.match(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})", text)
    if not found:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None


def _pressure(row: Row) -> tuple[int, int] | None:
    first, second = row["constriction"], row["diastolic"]
    if first and "/" in str(first):
        first, second = str(first).split("/")
    if not first or not second:
        return None
    high, low = int(float(first)), int(float(second))
    plausible = 60 <= high <= 300 and 30 <= low <= 200 and low < high
    return (high, low) if plausible else None
