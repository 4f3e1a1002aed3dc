"""What an event is called, and which kinds are told alike."""

from __future__ import annotations

from loaders.life.model import Event
from loaders.stewards.rules import Words
from loaders.stewards.words import words_of

ENCOUNTERS = ("outpatient", "inpatient")
# What lasts, and is drawn as a bar.
LASTING = ("programme_record", "contract")
# Kinds whose code says something to who reads it: that of a diagnosis.
CODED = (*ENCOUNTERS, "referral", "death", "settlement")


def name_of(event: Event) -> Words:
    """What it is: of an encounter its class, of a programme which one."""
    if event.kind in ENCOUNTERS:
        return words_of("encounter_classes", event.encounter_class or event.kind)
    if event.kind == "programme_record" and event.detail.zh:
        return event.detail
    return words_of("life_kinds", event.kind)


def details_of(event: Event) -> list[Words]:
    """What more is told of it in words; its code where nothing else says what it was."""
    if event.detail.zh:
        return [event.detail] if event.detail != name_of(event) else []
    if event.code and not event.diagnoses and event.kind in CODED:
        return [Words(zh=event.code, en=event.code)]
    return []
