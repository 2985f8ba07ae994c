"""A period is closed when its books hold, stands as signed, and what comes later posts in the open one."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from hhs_sync.closing import NotClosableError, close, reopen
from hhs_sync.demo.cast import PRACTICES
from hhs_sync.facts.resolution import Resolution, ResolutionKind
from hhs_sync.facts.session import SessionState
from hhs_sync.intake import decide
from hhs_sync.look import load_facts, look
from hhs_sync.quickbooks.simulator.hand import close_books
from tests.stage import Stage, small, stage

OCTOBER = dt.date(2026, 10, 31)


@pytest.fixture
def harbor(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path, [small()]) as made:
        yield made


def test_a_month_that_quickbooks_does_not_hold_yet_is_not_closed(harbor: Stage) -> None:
    harbor.turn(write=False)
    with harbor.desk() as desk, pytest.raises(NotClosableError, match="not in QuickBooks yet"):
        close(desk, OCTOBER, by="dana")


def test_a_day_that_is_not_over_can_not_be_closed(harbor: Stage) -> None:
    harbor.turn()
    with harbor.desk() as desk, pytest.raises(NotClosableError, match="not over"):
        close(desk, desk.today, by="dana", override=True, reason="hurry")


def test_what_comes_after_the_close_posts_in_the_open_period_and_still_ties(harbor: Stage) -> None:
    harbor.turn()
    with harbor.desk() as desk:
        period = close(desk, OCTOBER, by="dana", override=True, reason="questions are with the payer")
        late = next(
            one
            for one in load_facts(desk).sessions.values()
            if one.date <= OCTOBER and one.payer is None and one.state is SessionState.COMPLETED
        )
        cancelled = Resolution(
            key="resolution/decisions/late", kind=ResolutionKind.CANCEL_CHARGE, subject=late.key, by="dana",
            at=desk.clock(), date=late.date,
        )  # fmt: skip
        decide(desk, [cancelled], name="test")
        correction = next(one for one in look(desk).books.entries if one.key.startswith("charge-cancelled:"))
    with harbor.simulator.state.lock:
        company = harbor.simulator.state.companies[PRACTICES[0].realm]
        close_books(company, OCTOBER.isoformat(), harbor.simulator.state.write())
    report = harbor.turn()

    assert len(period.journal.splitlines()) > 50
    assert (dt.date(2026, 11, 1), "2026-10") == (correction.date, correction.corrects)
    assert report.pushed is not None
    assert not report.pushed.refused
    assert report.standing.tied


def test_reopening_lets_the_period_be_computed_again_and_closing_it_again_finds_the_same(harbor: Stage) -> None:
    harbor.turn()
    with harbor.desk() as desk:
        first = close(desk, OCTOBER, by="dana", override=True, reason="month end")
        with pytest.raises(NotClosableError, match="closed through"):
            close(desk, OCTOBER, by="dana")
        harbor.clock.advance(60)
        reopen(desk, OCTOBER, by="owner", reason="too early")
        harbor.clock.advance(60)
        again = close(desk, OCTOBER, by="dana", override=True, reason="month end")

    assert first.journal_digest == again.journal_digest
