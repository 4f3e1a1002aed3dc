"""Patient and RelatedPerson: who somebody is, was called before, and is kin to."""

from __future__ import annotations

from loaders.interchange.exchange import Exchange, Row, filled
from loaders.interchange.vocabulary import Json

NUMBERS = ("id_number", "insurance_number", "archive_id", "other_document")


def patient(row: Row, exchange: Exchange) -> Json:
    """A person; name, numbers, phone and address only in an identified export."""
    died_on = exchange.moment(row["death_on"])
    return exchange.resource(
        "Patient",
        row["person_id"],
        active=True,
        identifier=_identifiers(row, exchange),
        **(_known_by(row) if exchange.identified else {}),
        gender=exchange.vocabulary.word("gender", row["sex_code"]),
        birthDate=exchange.moment(row["born_on"]),
        deceasedDateTime=died_on,
        link=[
            {"other": exchange.patient(former_id), "type": "replaces"}
            for former_id in row["former_ids"] or ()
        ],
    )


def former_patient(row: Row, exchange: Exchange) -> Json:
    """An id under which somebody was known before, and who it leads to."""
    former_id = row["former_id"]
    named = [exchange.identifier("person_id", former_id)] if exchange.identified else None
    return exchange.resource(
        "Patient",
        former_id,
        active=False,
        identifier=named,
        link=[{"other": exchange.patient(row["person_id"]), "type": "replaced-by"}],
    )


def related_person(row: Row, exchange: Exchange) -> Json:
    """What somebody is to a person; who it is says the id of their own Patient."""
    other = row["other_person_id"]
    identifiers = [
        exchange.identifier("pseudonym", exchange.pseudonyms.id_of("Patient", other))
    ]
    if exchange.identified:
        identifiers.append(exchange.identifier("person_id", other))
    role = exchange.vocabulary.word("role", row["role"]) or None
    relationship = exchange.concept("role", role)
    return exchange.resource(
        "RelatedPerson",
        f"{row['relation_id']}|{row['role']}",
        identifier=identifiers,
        patient=exchange.patient(row["person_id"]),
        relationship=[relationship] if relationship else None,
    )


def _identifiers(row: Row, exchange: Exchange) -> list[Json] | None:
    if not exchange.identified:
        return None
    own = [exchange.identifier("person_id", row["person_id"], use="official")]
    own += [
        exchange.identifier(name, row[name], use="official")
        for name in NUMBERS
        if row[name]
    ]
    # Numbers of patients collide between institutions: each carries whose it is.
    given = [
        exchange.identifier(
            "patient_number",
            of_system["number"],
            part="/".join(filter(None, (of_system["system"], of_system["org"]))),
            use="secondary",
            assigner=exchange.organization(of_system["org"] or None),
        )
        for of_system in row["patient_numbers"] or ()
    ]
    return own + given


def _known_by(row: Row) -> Json:
    name, phone, address = (
        row[column] for column in ("person_name", "phone", "current_address")
    )
    return filled(
        {
            "name": [{"use": "official", "text": name}] if name else None,
            "telecom": [{"system": "phone", "value": phone}] if phone else None,
            "address": [{"use": "home", "country": "CN", "text": address}]
            if address
            else None,
        }
    )
