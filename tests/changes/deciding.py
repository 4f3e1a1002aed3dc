"""Stewards who decide at random: who is who, whose an event is, and what was a mistake."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from sqlalchemy import Engine, text

from loaders.stewards.book import DecisionRefusedError
from loaders.stewards.decisions import approve, decide, split, undo
from loaders.stewards.event_owner import give_event, take_event_back
from loaders.stewards.event_owner import prepare as prepare_events

REASON = "document_seen"


@dataclass
class Stewards:
    """What they decide is drawn from one seeded source of chance."""

    engine: Engine
    dice: Random
    decisions: list[int] = field(default_factory=list)
    given: list[str] = field(default_factory=list)

    def decide(self) -> str:
        """Two persons become one, one becomes two, or a decision is taken back."""
        what = self.dice.choice(("same", "split", "undo", "event"))
        if what == "event":
            return self._event()
        try:
            with self.engine.begin() as connection:
                if what == "undo":
                    if not self.decisions:
                        return ""
                    number = self.decisions.pop(self.dice.randrange(len(self.decisions)))
                    undo(connection, "redelivery", number, "decided_by_mistake")
                    return "a decision undone"
                links = connection.execute(
                    text(
                        "select person_id,"
                        " array_agg(record_key order by record_key) as keys"
                        " from identity.person_link where person_id is not null"
                        " group by person_id order by person_id"
                    )
                ).all()
                if what == "split":
                    of = self.dice.choice([row for row in links if len(row.keys) > 1])
                    going = [self.dice.choice(of.keys)]
                    done = split(
                        connection, "redelivery", of.person_id, going, "wrong_link"
                    )
                else:
                    one, other = self.dice.sample(links, 2)
                    done = decide(
                        connection, "redelivery", "same", one.keys[0], other.keys[0], REASON
                    )
                    if done.waits_for_approval:
                        approve(connection, "second steward", done.decision_id)
                self.decisions.append(done.decision_id)
                return f"a steward: {what}"
        except DecisionRefusedError:
            return ""

    def _event(self) -> str:
        """A visit or stay is said to be somebody else's than its card's, or so no more."""
        prepare_events(self.engine)
        with self.engine.begin() as connection:
            try:
                if self.given and self.dice.random() < 0.4:
                    event = self.given.pop(self.dice.randrange(len(self.given)))
                    take_event_back(connection, "redelivery", event, "decided_by_mistake")
                    return "an event taken back"
                asked = (
                    "select encounter_id from record.encounter order by encounter_id",
                    "select distinct person_id from identity.person_link"
                    " where person_id is not null order by person_id",
                )
                event, owner = (
                    self.dice.choice(list(connection.scalars(text(one)))) for one in asked
                )
                give_event(connection, "redelivery", event, owner, "borrowed_card")
            except DecisionRefusedError:
                return ""
        self.given.append(event)
        return "an event given"
