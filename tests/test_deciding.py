"""Decisions beside a turn: told at once, counted by the next turn whenever they were made, taken back one by one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hhs_sync.deciding import (
    DecisionError,
    batch_of,
    history,
    make,
    new_batch,
    store_decision,
    store_decisions,
    take_back,
    taken_back,
)
from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.findings.decide import Answer
from hhs_sync.look import keep, look
from hhs_sync.office import Desk
from hhs_sync.store.findings import Kept, Wanted
from hhs_sync.sync import Ask
from hhs_sync.worklist import as_decided, kept_record
from tests.stage import Stage, small, stage

NOTE = Answer(kind=ResolutionKind.NOTE, reason="called the payer")
HARBOR = "harbor"


@pytest.fixture
def harbor(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path, [small()]) as made:
        made.turn()
        yield made


def asked(desk: Desk) -> Kept:
    """The first open question."""
    kept = desk.store.findings.one(HARBOR, desk.store.findings.rows(Wanted(), limit=1)[0].id)
    assert kept is not None
    return kept


def said(desk: Desk, kept: Kept, answer: Answer) -> str:
    """Decide, and tell the batch."""
    batch = new_batch(desk.clock())
    finding, _ = as_decided(kept, desk.today)
    store_decisions(desk, [(kept, make(finding, answer, batch=batch, by="dana", at=desk.clock()))])
    return batch


def test_a_decision_made_while_a_turn_computes_stays_told_and_is_counted_by_the_next(harbor: Stage) -> None:
    with harbor.desk() as desk:
        kept = asked(desk)
        seen = look(desk)
        said(desk, kept, Answer(kind=ResolutionKind.ASSIGN, owner="Lee"))
        keep(desk, seen, ())

        assert "Lee" == desk.store.findings.one(HARBOR, kept.row.id).row.owner

    report = harbor.turn(ask=Ask.NEVER)

    assert not report.quiet
    with harbor.desk() as desk:
        row = desk.store.findings.one(HARBOR, kept.row.id)
        assert ("Lee", "", None) == (row.row.owner, row.row.decided, row.decisions)
    assert harbor.turn(ask=Ask.NEVER).quiet


def test_a_batch_is_taken_back_whole_and_a_decision_alone_before_and_after_a_turn(harbor: Stage) -> None:
    with harbor.desk() as desk:
        kept = asked(desk)
        batch = said(desk, kept, Answer(kind=ResolutionKind.ASSIGN, owner="Lee"))
        assert 1 == take_back(desk, batch_of(desk, batch), by="dana", at=desk.clock())
        assert (kept.row.owner, "") == (asked(desk).row.owner, asked(desk).row.decided)
        assert [] == batch_of(desk, batch)

        said(desk, kept, Answer(kind=ResolutionKind.ASSIGN, owner="Ada"))
    harbor.turn(ask=Ask.NEVER)
    with harbor.desk() as desk:
        kept = desk.store.findings.one(HARBOR, kept.row.id)
        finding, _ = as_decided(kept, desk.today)
        with pytest.raises(DecisionError, match="those that count: 2"):
            taken_back(desk, finding, "nothing", by="dana", at=desk.clock())
        (made,) = [one for one in history(desk) if one.owner == "Ada"]
        store_decision(desk, finding, taken_back(desk, finding, made.key, by="dana", at=desk.clock()))
        assert "taken back (dana)" in desk.store.findings.one(HARBOR, kept.row.id).row.decided
    harbor.turn(ask=Ask.NEVER)
    with harbor.desk() as desk:
        assert "Ada" not in {one.owner for one in kept_record(desk.store, HARBOR).findings}


def test_a_quiet_practice_writes_no_row_again(harbor: Stage) -> None:
    with harbor.desk() as desk:
        before = {one.id: one for one in desk.store.findings.rows(Wanted(), limit=500)}
        seen = look(desk)
        keep(desk, seen, ())

        assert before == {one.id: one for one in desk.store.findings.rows(Wanted(), limit=500)}
        assert {one.key for one in seen.record.open_findings} == {one.key for one in before.values()}
        trails = [desk.store.findings.one(HARBOR, name) for name in list(before)[:3]]
        assert all(one is not None for one in trails)
