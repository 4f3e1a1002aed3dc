"""Who is whose mother, as far as records say so: `identity.source_relation` to be."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from benchmarks.county_people import Array, People

SCHEMA = pa.schema(
    [
        ("record_key", pa.string()), ("relation", pa.string()),
        ("other_name", pa.string()), ("other_id_number", pa.string()),
        ("other_health_index_id", pa.string()), ("other_record_key", pa.string()),
        ("birth_order", pa.int16()), ("child_born_on", pa.date32()),
        ("child_born_from", pa.date32()), ("child_born_until", pa.date32()),
        ("live_births", pa.int16()),
    ]
)  # fmt: skip


def relations_of(
    people: People, person: Array, records: pa.Table, newborn: Array, young: Array
) -> pa.Table:
    """What newborns' names and the public-health platform (system D) say of mothers.

    A newborn's record gives her number when it gives one; the child's record in D has her
    number, and hers in D tells of the birth, with the number of children. `young` are the
    people of whose birth systems know.
    """
    keys = records["record_key"].to_pylist()
    numbers = records["id_number"].to_pylist()
    in_d = np.asarray(records["source_system"]) == "D"
    rows: list[dict[str, Any]] = []

    def say(n: int, relation: str, child: int, **more: object) -> None:
        born_on = people.born_on[child].astype("datetime64[D]").item()
        told = {"record_key": keys[n], "relation": relation, "child_born_on": born_on}
        told |= {"child_born_from": born_on, "child_born_until": born_on}
        rows.append(told | more)

    for n in np.flatnonzero(newborn | (in_d & young[person])):
        child = person[n]
        own = _text(people.number[people.mother[child]])
        say(n, "mother_of", child, other_id_number=numbers[n] if newborn[n] else own)
    children = np.flatnonzero(young)
    births = Counter((people.mother[c], people.born_on[c]) for c in children)
    records_in_d = defaultdict(list)
    for n in np.flatnonzero(in_d & np.isin(person, people.mother[children])):
        records_in_d[person[n]].append(n)
    for child in children:
        mother = people.mother[child]
        count = births[mother, people.born_on[child]]
        for n in records_in_d[mother]:
            say(n, "gave_birth", child, live_births=count)
    return pa.Table.from_pylist(rows, SCHEMA)


def _text(number: Array) -> str:
    return "".join(map(chr, number[:18]))
