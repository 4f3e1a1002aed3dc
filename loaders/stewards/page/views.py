"""All that the page answers to."""

from __future__ import annotations

from fastapi import FastAPI

from loaders.stewards.page.app import Desk
from loaders.stewards.page.case_views import add_case_views
from loaders.stewards.page.decision_views import add_decision_views
from loaders.stewards.page.entry_views import add_entry_views
from loaders.stewards.page.person_views import add_person_views
from loaders.stewards.page.queue_views import add_queue_views


def add_views(app: FastAPI, desk: Desk) -> None:
    """Put every view on the application."""
    for add in (
        add_entry_views,
        add_queue_views,
        add_case_views,
        add_decision_views,
        add_person_views,
    ):
        add(app, desk)
