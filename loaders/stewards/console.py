"""Queues and questions on a terminal; values are masked unless they were asked for."""

from __future__ import annotations

from collections import Counter
from datetime import date

from sqlalchemy import Connection

from loaders.console.table import print_table
from loaders.stewards.case import Case
from loaders.stewards.fix_list import read_fixes
from loaders.stewards.likeness import number_kind
from loaders.stewards.masking import shown
from loaders.stewards.queue import Wanted, counts, read_questions
from loaders.stewards.rules import kind_of, load_rules, reason_words
from loaders.stewards.words import undecided_words, words_of


def show_queue(connection: Connection, wanted: Wanted, limit: int, today: date) -> None:
    """Print counts per kind and the questions that are wanted."""
    questions = read_questions(connection, today)
    print_table(
        "复核队列 queues",
        ["kind", "meaning", "working_days", "open", "overdue", "waiting", "oldest"],
        [
            (one.kind, kind_of(one.kind), kind_of(one.kind).working_days, one.open,
             one.overdue, one.waiting, one.oldest)
            for one in counts(questions)
        ],
    )  # fmt: skip
    found = [question for question in questions if wanted.has(question)]
    print_table(
        f"问题 questions ({min(limit, len(found))} of {len(found)})",
        ["task", "kind", "due", "age", "overdue", "p", "state", "decision", "why"],
        [
            (one.task_id, one.kind, one.due_on, one.age, one.is_overdue,
             "" if one.probability is None else f"{one.probability:.4f}", one.state,
             one.standing.decision_id if one.standing else "",
             undecided_words(one.reason))
            for one in found[:limit]
        ],
    )  # fmt: skip


def show_case(case: Case, is_revealed: bool) -> None:
    """Print a question: likeness, records, evidence, suggestion, decisions, visits."""
    if case.is_pair:
        left, right = (side.lead for side in case.sides)
        print_table(
            f"{kind_of(case.kind)}: {' / '.join(_person(case))}",
            ["field", "one", "other", "likeness", "level"],
            [
                (words_of("fields", one.field), shown(left, one.field, is_revealed),
                 shown(right, one.field, is_revealed),
                 words_of("relations", one.relation), words_of("levels", one.level))
                for one in case.likeness
            ],
        )  # fmt: skip
    print_table(
        "记录 records",
        ["record", "person", "times", "system", "table", "institution", "name",
         "id_number", "number", "born_on", "phone", "address", "rule"],
        [
            (group.handle, side.person_id, len(group.record_keys),
             group.record.source_system, group.record.source_table, group.record.org_code,
             *(shown(group.record, field, is_revealed)
               for field in ("person_name", "id_number")),
             words_of("numbers", number_kind(group.record)),
             *(shown(group.record, field, is_revealed)
               for field in ("born_on", "phone", "address")),
             words_of("rules", group.record.rule))
            for side in case.sides
            for group in side.groups
        ],
    )  # fmt: skip
    print_table(
        "证据（比特） evidence in bits",
        ["comparison", "level", "bits", "total"],
        [
            (words_of("comparisons", step.comparison), words_of("levels", step.level),
             "" if step.bits is None else f"{step.bits:+.1f}", f"{step.end:+.1f}")
            for step in case.steps
        ],
    )  # fmt: skip
    if case.facts:
        print_table(
            "互相矛盾的事实 what contradicts",
            ["side", "fact", "from", "until", "what"],
            [
                (told.side + 1, words_of("facts", told.fact), told.since, told.until,
                 told.what)
                for told in case.facts
            ],
        )  # fmt: skip
    if case.suggestion:
        print_table(
            "建议 suggestion",
            ["answer", "because"],
            [
                (load_rules().verdicts[case.suggestion.verdict]
                 if case.suggestion.verdict else "",
                 words_of("suggestions", case.suggestion.sentence))
            ],
        )  # fmt: skip
    _decisions(case)


def show_fixes(connection: Connection, month: str, org: str | None) -> None:
    """Print how many entries of which institution break which rule."""
    fixes = read_fixes(connection, month, org)
    all_of_them = Counter((fix.system, fix.org_code, fix.rule) for fix in fixes)
    new = Counter((fix.system, fix.org_code, fix.rule) for fix in fixes if fix.is_new)
    print_table(
        f"源头整改 to put right at the source, {month}",
        ["system", "institution", "rule", "meaning", "entries", "new_this_month"],
        [
            (*key, load_rules().fixes[key[2]], count, new[key])
            for key, count in sorted(all_of_them.items())
        ],
    )


def _person(case: Case) -> list[str]:
    return [side.person_id or "-" for side in case.sides]


def _decisions(case: Case) -> None:
    print_table(
        "裁决 decisions",
        ["decision", "at", "actor", "verdict", "reason", "note", "state"],
        [
            (row.decision_id, f"{row.decided_at:%Y-%m-%d %H:%M}", row.actor, row.verdict,
             reason_words(row.reason_code), row.note, words_of("states", row.state))
            for row in case.decisions
        ],
    )  # fmt: skip
