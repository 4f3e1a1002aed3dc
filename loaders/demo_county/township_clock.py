"""When the township server learns of what happened: clinics work off-line for days."""

from __future__ import annotations

from datetime import datetime, time

from loaders.demo_county.events import Visit

NIGHT = time(23, 10, 30)


def synchronised(visit: Visit, at: datetime) -> datetime:
    """When the server learned of a change; off-line clinics synchronise at night."""
    if visit.known_on <= visit.at.date():
        return at
    return max(at, datetime.combine(visit.known_on, NIGHT))
