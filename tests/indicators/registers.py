"""Registers: services of family doctors, staff and postings, lists of institutions."""

from __future__ import annotations

from datetime import date

from tests.indicators.books import HOSPITAL, Books


class Registers(Books):
    """What family doctors enter, and what the county keeps lists of."""

    def service(
        self,
        name: str,
        contract: str,
        day: str,
        *,
        item: str = "I01",
        mode: str = "1",
        visit: str | None = None,
        cancelled: bool = False,
        index: str | None = None,
    ) -> None:
        """A service under a contract; it may name a visit to the township."""
        org, number = self.ids[visit].split("|")[2:4] if visit else (None, None)
        self._event(
            name,
            "staging.stg_e__scm_servicerecords",
            ("E", "SCM_ServiceRecords", ""),
            native_id=name,
            service_id=name,
            contract_id=contract,
            health_index_id=index,
            item_code=item,
            service_mode_code=mode,
            visit_reference=f"{org}/{number}" if visit else None,
            visit_org_code=org,
            visit_number=number,
            served_on=date.fromisoformat(day),
            is_cancelled=cancelled,
        )

    def package(self, code: str, items: dict[str, int]) -> None:
        """A service package, and how often it promises each service."""
        table = ("E", "SCM_ServicePackage", "")
        self._add(
            "staging.stg_e__scm_servicepackage",
            table,
            native_id=code,
            package_code=code,
            package_name=f"{code} package",
            package_price_fen=0,
        )
        for place, (item, count) in enumerate(items.items(), 1):
            self._add(
                "staging.stg_e__scm_servicepackage_item",
                table,
                native_id=code,
                native_part=str(place),
                package_code=code,
                item_code=item,
                service_count=count,
            )

    def contract_with(self, name: str, person: str, begins: str, packages: str) -> None:
        """A contract of two years whose packages are listed as the client wrote them."""
        begins_on = date.fromisoformat(begins)
        self._event(
            name,
            "staging.stg_e__scm_signcontractrecord",
            ("E", "SCM_SignContractRecord", ""),
            native_id=name,
            person=person,
            contract_id=name,
            team_id="T1",
            package_codes=packages,
            begins_on=begins_on,
            ends_on=begins_on.replace(year=begins_on.year + 2),
        )

    def staff(
        self, name: str, number: str, id_number: str, *, where: str = HOSPITAL
    ) -> None:
        """A member of staff on the roster; institutions are called by their codes here."""
        self._add(
            "staging.stg_h__staff",
            ("H", "人员花名册", ""),
            native_id=id_number,
            staff_number=number,
            staff_name=name,
            staff_id_number=id_number,
            institution_name=where,
            professional_title="主治医师",
            joined_on=date(2010, 1, 1),
        )

    def posting(self, name: str, id_number: str, begins: str, *, to: str) -> None:
        """A posting of whoever has that number."""
        self._add(
            "staging.stg_h__posting",
            ("H", "派驻登记", ""),
            native_id=id_number,
            native_part=f"{to}+{begins}",
            staff_id_number=id_number,
            staff_name=name,
            from_institution_name=HOSPITAL,
            to_institution_name=to,
            started_on=date.fromisoformat(begins),
        )

    def beds(self, name: str, month: str, at: str, count: int) -> None:
        """The open beds of an institution in the month that begins on a day."""
        self._event(
            name,
            "staging.stg_h__bed_month",
            ("H", "床位月报", ""),
            month=month[:7].replace("-", ""),
            month_begins_on=date.fromisoformat(month),
            institution_code=at,
            open_bed_count=count,
        )

    def institution_listed(
        self,
        day: str,
        code: str,
        *,
        group: str | None,
        parent: str | None = None,
        closed: str | None = None,
        code22: str | None = None,
    ) -> None:
        """What the list of that day says of an institution, which exists since 2020."""
        self._rows["staging.stg_h__institution_listed"].append(
            {
                "code22": code22 or f"22 {code}",
                "listed_on": date.fromisoformat(day),
                "institution_code": code,
                "group_code": group,
                "group_name": group,
                "parent_institution_code": parent,
                "enabled_on": date(2020, 1, 1),
                "disabled_on": date.fromisoformat(closed) if closed else None,
                "_file_id": 1,
                "_line_number": self._number(),
            }
        )
