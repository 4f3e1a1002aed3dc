"""The laboratory: samples of visits and stays, plausible results, recognised ones."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from loaders.demo_county.county import Analyte, Institution
from loaders.demo_county.dice import pick_weighted
from loaders.demo_county.events import Stay, Visit
from loaders.demo_county.orders import Order, Result, Sample
from loaders.demo_county.world import World

RECOGNISED, REPEATED = "1", "2"
RECOGNISED_SHARE, REPEATED_SHARE = 0.025, 0.04
PANELS_FROM_ELSEWHERE = ("XCG", "SH", "GLU")
# What is read by eye, and how often.
BY_EYE, BY_EYE_WEIGHTS = ("阴性(-)", "阴性", "弱阳性±", "1+"), (70, 13, 12, 5)
POSITIVE = frozenset({"弱阳性±", "1+"})
UNUSABLE = ("溶血", "标本不合格")
MICRO = ("\u00b5", "\u03bc")
# Units of other countries: factor and spelling.
OTHER_UNITS = {"GLU": (18.0, "mg/dL"), "HGB": (0.1, "g/dL")}
TABLES = {"A": "L_TESTRESULT", "B": "TB_LIS_INDICATORS", "C": "l_testresult"}
# Kinds of mess of a result that exclude one another.
RESULT_MESS = ("lab_unusable", "lab_other_unit", "lab_full_width_stop")


def test_visit(world: World, visit: Visit, orders: list[Order]) -> None:
    """The samples of a visit: those that were paid, and now and then a recognised one."""
    for panel, is_paid in orders:
        is_emergency = visit.kind == "emergency"
        number = world.numbering.by_month("YB", visit.at.date())
        if not is_paid:
            continue
        sample = _sample(world, visit.system, number, panel, visit.at, is_emergency)
        _fill(world, sample, visit.system, visit.place, visit.known_on)
        if sample.recognition == REPEATED:
            sample.recognised_from = _elsewhere(world, visit)
        visit.samples.append(sample)
    drawn = world.dice.share("recognised", visit.place.code22, visit.number)
    if visit.system in ("A", "B") and visit.kind == "plain" and drawn < RECOGNISED_SHARE:
        nth = int(drawn / RECOGNISED_SHARE * len(PANELS_FROM_ELSEWHERE))
        panel = PANELS_FROM_ELSEWHERE[nth]
        number = world.numbering.by_month("YB", visit.at.date(), extra=True)
        sample = _sample(world, visit.system, number, panel, visit.at, False)
        sample.recognition, sample.reason = RECOGNISED, ""
        sample.recognised_from = _elsewhere(world, visit)
        visit.samples.append(sample)


def test_stay(world: World, stay: Stay) -> None:
    """A sample for every panel that is on the bill of a stay."""
    for line in stay.lines:
        if line.price.category == "HYF" and not (line.gives_back or line.is_newborn):
            number = f"YB{line.at:%y%m}Z{line.number}"
            sample = _sample(world, stay.system, number, line.price.order, line.at, False)
            if sample.recognition == REPEATED:
                sample.recognised_from = stay.person.village.town.centre
            _fill(world, sample, stay.system, stay.place, sample.checked_at.date())
            stay.samples.append(sample)


def _sample(
    world: World,
    system: str,
    number: str,
    panel: str,
    at: datetime,
    is_emergency: bool,
) -> Sample:
    rng = world.dice.stream("sample", number)
    repeated = system in ("A", "B") and rng.random() < REPEATED_SHARE
    return Sample(
        number=number,
        panel=panel,
        asked_at=at,
        checked_at=at + timedelta(minutes=rng.randint(18, 150)),
        is_emergency=is_emergency,
        recognition=REPEATED if repeated and not is_emergency else "0",
        reason=rng.choice("1234567") if repeated and not is_emergency else "",
    )


def _elsewhere(world: World, visit: Visit) -> Institution:
    """Whose valid result the patient brought: the other hospital's or the centre's."""
    drawn = world.dice.share("whose result", visit.place.code22, visit.number)
    if drawn < 0.4:
        return world.county.hospitals["B" if visit.system == "A" else "A"]
    return visit.person.village_on(visit.at.date()).town.centre


def _fill(
    world: World, sample: Sample, system: str, place: Institution, known_on: date
) -> None:
    """Write down what the laboratory found."""
    rng = world.dice.stream("results", sample.number)
    for analyte in world.county.analytes[sample.panel]:
        result = _result(analyte, rng)
        key = f"{sample.number}+{analyte.code}"
        if system == "C":
            key = f"{place.jgid}+{key}"
        _spoil(world, result, system, key, known_on)
        sample.results.append(result)


def _result(analyte: Analyte, rng: Random) -> Result:
    if analyte.mean is None:
        text = pick_weighted(rng, BY_EYE, BY_EYE_WEIGHTS)
        return Result(analyte, text, analyte.unit, "", text in POSITIVE)
    value = max(analyte.mean / 4, rng.gauss(analyte.mean, analyte.spread))
    text = f"{value:.{analyte.digits}f}"
    high, low = float(text) > float(analyte.high), float(text) < float(analyte.low)
    return Result(
        analyte, text, analyte.unit, "↑" if high else "↓" if low else "", high or low
    )


def _spoil(world: World, result: Result, system: str, key: str, known_on: date) -> None:
    mess, table, analyte = world.mess, TABLES[system], result.analyte
    if analyte.unit.startswith("umol") and mess.hits("lab_micro_sign", system, key):
        nth = int(world.dice.share("micro", key) * len(MICRO))
        result.unit = MICRO[nth] + analyte.unit[1:]
        mess.note("lab_micro_sign", system, table, key, known_on)
    if analyte.mean is None:
        return
    kinds = [k for k in RESULT_MESS if k != "lab_other_unit" or analyte.code in OTHER_UNITS]
    if "." not in result.text:
        kinds.remove("lab_full_width_stop")
    kind = mess.struck(kinds, system, key)
    if kind == "lab_unusable":
        result.text = UNUSABLE[int(world.dice.share("unusable", key) * 2)]
        result.mark, result.is_abnormal = "", True
    elif kind == "lab_other_unit":
        factor, result.unit = OTHER_UNITS[analyte.code]
        result.text = f"{float(result.text) * factor:.1f}"
    elif kind == "lab_full_width_stop":
        result.text = result.text.replace(".", "。")
    if kind:
        mess.note(kind, system, table, key, known_on)
