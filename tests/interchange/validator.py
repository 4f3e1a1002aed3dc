"""Validation by `fhir.resources`, also of the value sets that it knows only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fhir.resources.R4B import get_fhir_model_class
from fhir_core.fhirabstractmodel import FHIRAbstractModel

# Where the library cuts the list of R4 short, the whole of it.
WHOLE = {
    ("Encounter", "status"): (
        *("planned", "arrived", "triaged", "in-progress", "onleave", "finished"),
        *("cancelled", "entered-in-error", "unknown"),
    ),
    ("Observation", "status"): (
        *("registered", "preliminary", "final", "amended", "corrected", "cancelled"),
        *("entered-in-error", "unknown"),
    ),
    ("DiagnosticReport", "status"): (
        *("registered", "partial", "preliminary", "final", "amended", "corrected"),
        *("appended", "cancelled", "entered-in-error", "unknown"),
    ),
}


def validate(resource: dict[str, Any]) -> None:
    """Raises: pydantic.ValidationError for the shape, ValueError for a code."""
    model = get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    wrong = list(_outside_value_sets(model))
    if wrong:
        raise ValueError("; ".join(wrong))


def _outside_value_sets(model: FHIRAbstractModel) -> Iterator[str]:
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        listed = (field.json_schema_extra or {}).get("enum_values")
        known = WHOLE.get((type(model).__name__, name), listed)
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, FHIRAbstractModel):
                yield from _outside_value_sets(part)
            elif part is not None and known and part not in known:
                yield f"{type(model).__name__}.{name} cannot be '{part}'"
