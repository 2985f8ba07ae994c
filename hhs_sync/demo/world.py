"""The demo practices from a seed: normal life, with the mishaps between its stages."""

from __future__ import annotations

import datetime as dt
from random import Random

from hhs_sync.demo.cast import DemoPractice, draw_clients
from hhs_sync.demo.draft import Draft
from hhs_sync.demo.life import answer_claims, bank, collect, hold_sessions, pay_out, send_claims
from hhs_sync.demo.mishaps import happen

STAGES = (
    (hold_sessions, "sessions"),
    (send_claims, "claims"),
    (answer_claims, "remittances"),
    (collect, "payments"),
    (pay_out, "payouts"),
    (bank, "bank"),
)


def make_up(practice: DemoPractice, seed: int, today: dt.date, *, mishaps: bool = True) -> Draft:
    """Everything that happened in a practice in the weeks up to today. The same seed and day give the same."""
    random = Random(f"{seed} {practice.id}")
    monday = today - dt.timedelta(days=today.weekday())
    draft = Draft(
        practice=practice,
        first_day=monday - dt.timedelta(weeks=practice.weeks),
        today=today,
        random=random,
        clients=draw_clients(practice, random),
    )
    for live, stage in STAGES:
        if not (practice.comes_over and stage in ("payments", "payouts")):
            live(draft)
        if mishaps:
            happen(draft, stage)
    return draft
