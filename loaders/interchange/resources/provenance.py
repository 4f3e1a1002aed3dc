"""Provenance: the file and the line that a resource came from, and who sent them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loaders.interchange.exchange import Exchange, Row
from loaders.interchange.vocabulary import Json

Files = Mapping[int, Any]


def provenance(row: Row, target: Json, files: Files, exchange: Exchange) -> Json | None:
    """Where a resource comes from; nothing for one that no single line made."""
    file, line = files.get(row.get("_file_id") or 0), row.get("_line_number")
    if file is None or line is None:
        return None
    member = f" > {file.member_name}" if file.member_name else ""
    kind = target["resourceType"]
    sender = exchange.identifier("source_system", file.system)
    return {
        "resourceType": "Provenance",
        # The id of what it speaks of hides what that was made of; so does one made of it.
        "id": exchange.pseudonyms.id_of("Provenance", f"{kind}/{target['id']}"),
        "target": [{"reference": f"{kind}/{target['id']}"}],
        "recorded": exchange.moment(file.recorded_at),
        "agent": [
            {"type": exchange.concept("agent", "author"), "who": {"identifier": sender}}
        ],
        "entity": [
            {
                "role": "source",
                "what": {
                    "identifier": exchange.identifier(
                        "source_line", f"{file.file_id}:{line}"
                    ),
                    "display": f"{file.delivery} {file.file_name}{member}:{line}",
                },
            }
        ],
    }
