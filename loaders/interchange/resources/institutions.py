"""Organization: the institutions of the county's list."""

from __future__ import annotations

from loaders.interchange.exchange import Exchange, Row
from loaders.interchange.vocabulary import Json


def organization(row: Row, exchange: Exchange) -> Json:
    """An institution; these are public facts, told in every export."""
    code = row["institution_code"]
    identifiers = [exchange.identifier("institution", code, use="official")]
    if row["insurance_code"]:
        identifiers.append(
            exchange.identifier("insurance_institution", row["insurance_code"])
        )
    kinds = (
        exchange.concept("institution class", row["class_code"]),
        exchange.concept("institution level", row["level_code"]),
    )
    alias = row["short_name"]
    return exchange.resource(
        "Organization",
        code,
        identifier=identifiers,
        active=row["disabled_on"] is None,
        type=[kind for kind in kinds if kind],
        name=row["institution_name"] or code,
        alias=[alias] if alias and alias != row["institution_name"] else None,
        partOf=exchange.reference("Organization", row["parent_institution_code"])
        if row["parent_institution_code"] in exchange.institutions
        else None,
    )
