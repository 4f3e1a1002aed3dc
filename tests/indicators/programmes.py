"""What the public-health platform, the family doctors and the insurer send."""

from __future__ import annotations

from datetime import date

from tests.indicators.books import COUNTY, TOWN, Books, moment


class Programmes(Books):
    """Archives, hypertension, contracts and settlements."""

    def settlement(
        self,
        name: str,
        at: str,
        *,
        where: str = "H99152501001",
        division: str | None = COUNTY,
        category: str = "11",
        treatment: str | None = None,
        reverses: str | None = None,
        pooled: int = 0,
        major: int = 0,
        aid: int = 0,
        valid: bool = True,
        flag: bool = False,
    ) -> None:
        """A settlement, in fen; a reversal names the settlement it takes back.

        An empty `treatment` is one whose number was not sent.
        """
        sign = -1 if reverses else 1
        self._event(
            name,
            "staging.stg_f__setl_d",
            ("F", "SETL_D", where),
            native_id=name,
            settlement_id=name,
            reversed_settlement_id=reverses,
            treatment_id=f"M {name}" if treatment is None else treatment or None,
            org_division_code=division,
            settled_at=moment(at),
            medical_category_code=category,
            total_fee_fen=sign * (pooled + major + aid),
            pooled_fund_fee_fen=sign * pooled,
            major_illness_fee_fen=sign * major,
            medical_aid_fee_fen=sign * aid,
            is_reversal=flag,
            is_valid=valid,
        )

    def archive(
        self,
        name: str,
        person: str,
        created: str,
        *,
        unit: str = TOWN,
        closed: str | None = None,
        reason: str | None = None,
    ) -> None:
        """A health archive."""
        self._event(
            name,
            "staging.stg_d__ehr_healthrecord",
            ("D", "EHR_HealthRecord", unit),
            native_id=name,
            person=person,
            archive_id=name,
            manage_unit_id=unit,
            **_opened(created, closed, reason),
        )

    def hypertension(
        self,
        name: str,
        person: str,
        created: str,
        *,
        unit: str = TOWN,
        closed: str | None = None,
        reason: str | None = None,
        archive: str | None = None,
    ) -> None:
        """A hypertension record, in its archive."""
        self._event(
            name,
            "staging.stg_d__mdc_hypertensionrecord",
            ("D", "MDC_HypertensionRecord", unit),
            native_id=name,
            person=person,
            record_id=name,
            archive_id=archive,
            manage_unit_id=unit,
            **_opened(created, closed, reason),
        )

    def follow_up(
        self,
        person: str,
        day: str,
        pressure: str | None = "130/80",
        *,
        way: str = "1",
        result: str = "1",
        number: str | None = None,
        outcome: str | None = None,
    ) -> None:
        """A hypertension follow-up; `130/80` is a reading, None is none."""
        upper, _, lower = (pressure or "/").partition("/")
        name = number or f"SF{self._number():010d}"
        self._event(
            f"{person}: {name}",
            "staging.stg_d__mdc_hypertensionvisit",
            ("D", "MDC_HypertensionVisit", TOWN),
            native_id=name,
            person=person,
            follow_up_id=name,
            manage_unit_id=TOWN,
            followed_up_on=date.fromisoformat(day),
            follow_up_way_code=way,
            follow_up_result_code=result,
            follow_up_class_code=outcome,
            systolic_mmhg=int(upper) if upper else None,
            diastolic_mmhg=int(lower) if lower else None,
        )

    def exam(self, person: str, day: str) -> None:
        """A health examination form."""
        self._add(
            "staging.stg_d__hc_healthcheck",
            ("D", "HC_HealthCheck", TOWN),
            person=person,
            manage_unit_id=TOWN,
            examined_on=date.fromisoformat(day),
        )

    def contract(
        self,
        name: str,
        person: str,
        begins: str,
        ends: str,
        *,
        stopped: str | None = None,
        team: str = "T1",
    ) -> None:
        """A family-doctor contract; its end is exclusive."""
        self._event(
            name,
            "staging.stg_e__scm_signcontractrecord",
            ("E", "SCM_SignContractRecord", ""),
            native_id=name,
            person=person,
            contract_id=name,
            team_id=team,
            begins_on=date.fromisoformat(begins),
            ends_on=date.fromisoformat(ends),
            stopped_on=date.fromisoformat(stopped) if stopped else None,
        )


def _opened(created: str, closed: str | None, reason: str | None) -> dict[str, object]:
    return {
        "created_on": date.fromisoformat(created),
        "record_status_code": "1" if closed else "0",
        "cancelled_on": date.fromisoformat(closed) if closed else None,
        "cancel_reason_code": reason,
    }
