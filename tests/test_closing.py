"""A period is closed when its books hold, stands as signed, and what comes later posts in the open one."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from hhs_sync.closing import NotClosableError, close, reopen, too_late
from hhs_sync.demo.cast import PRACTICES
from hhs_sync.facts.resolution import Resolution, ResolutionKind
from hhs_sync.facts.session import SessionState
from hhs_sync.intake import decide
from hhs_sync.ledger.period_close import read_journal
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
    closed_in_quickbooks(harbor, OCTOBER)
    report = harbor.turn()

    assert len(period.journal.splitlines()) > 50
    assert (dt.date(2026, 11, 1), "2026-10") == (correction.date, correction.corrects)
    assert report.pushed is not None
    assert not report.pushed.refused
    assert report.standing.tied


BANKED_IN_NOVEMBER, BANKED_IN_OCTOBER = "medicare-20261030.835", "anthem-20261029.835"
"""Remittances of October; the bank shows their money on November 2 and on October 30."""


def arrives_after_quickbooks_was_closed(harbor: Stage, name: str) -> None:
    """The accountant closes October in QuickBooks; then the remittance comes."""
    inbox = harbor.folder / "inbox" / "harbor" / "835"
    later = (inbox / name).rename(harbor.folder / name)
    harbor.turn()
    closed_in_quickbooks(harbor, OCTOBER)
    later.rename(inbox / name)
    harbor.turn()


def closed_in_quickbooks(harbor: Stage, through: dt.date) -> None:
    with harbor.simulator.state.lock:
        company = harbor.simulator.state.companies[PRACTICES[0].realm]
        close_books(company, through.isoformat(), harbor.simulator.state.write())


def in_october(harbor: Stage) -> list[tuple[str, str, Decimal]]:
    """What QuickBooks holds of October and before: kind, id, total."""
    closed = [one for one in harbor.documents() if one["TxnDate"] <= "2026-10-31"]
    return [(one["kind"], one["Id"], one.get("TotalAmt", one.get("Amount"))) for one in closed]


def asked_about_the_close(harbor: Stage) -> list[str]:
    """What to do, by the questions about months that are closed in QuickBooks."""
    with harbor.desk() as desk:
        return [one.action for one in look(desk).findings if one.code == "QBO-01" and one.is_open]


def test_what_came_too_late_for_quickbooks_is_told_in_the_open_month_once_the_month_is_closed_here(
    harbor: Stage,
) -> None:
    """It is not signed, for QuickBooks does not hold it, and never could: it stood held for ever."""
    arrives_after_quickbooks_was_closed(harbor, BANKED_IN_NOVEMBER)
    before = in_october(harbor)
    asked = asked_about_the_close(harbor)

    with harbor.desk() as desk:
        late = too_late(look(desk))
        period = close(desk, OCTOBER, by="dana")
    report = harbor.turn()

    (action,) = asked
    assert action.startswith("Close the month here through the same day (hhs-sync close)")
    assert "1 entry too late for QuickBooks, told on the first open day" == period.reason
    assert 1 == len(late)
    assert not late & {one.key for one in read_journal(period.journal)}
    assert report.standing.tied
    assert [] == asked_about_the_close(harbor)
    assert before == in_october(harbor)
    with harbor.desk() as desk:
        told = {one.key: (one.date, one.corrects) for one in look(desk).books.entries if one.key in late}
    assert {(dt.date(2026, 11, 1), "2026-10")} == set(told.values())


SESSION = "79001,2026-10-20,10:00,H4133,mkeene,90837,,1,150.00,,,,,,Completed,\n"


def test_what_was_voided_before_quickbooks_was_closed_stands_again_in_the_open_month(harbor: Stage) -> None:
    """An export holds a session, the next one does not, October is closed in QuickBooks, and a third holds it again."""
    export = max((harbor.folder / "inbox" / "harbor" / "sessions").glob("*.csv"))
    text = export.read_text()
    export.write_text(text + SESSION)
    harbor.turn()
    export.with_name("without.csv").write_text(text)
    harbor.turn()
    closed_in_quickbooks(harbor, OCTOBER)
    export.with_name("again.csv").write_text(text + SESSION + SESSION.replace("79001,2026-10", "79002,2026-11"))
    harbor.turn()
    before, asked = in_october(harbor), asked_about_the_close(harbor)

    with harbor.desk() as desk:
        close(desk, OCTOBER, by="dana")
    report = harbor.turn()

    assert ["Close the month here through the same day"] == [action.partition(" (")[0] for action in asked]
    assert ("Invoice", 0) in {(kind, total) for kind, _, total in before}
    assert before == in_october(harbor)
    assert report.standing.tied
    assert [] == asked_about_the_close(harbor)
    late = [one for one in harbor.documents() if one["kind"] == "Invoice" and one["TxnDate"] == "2026-11-01"]
    assert [150] == [one["TotalAmt"] for one in late]


def test_what_stands_otherwise_in_a_month_that_quickbooks_has_closed_is_not_signed_over(harbor: Stage) -> None:
    """The deposit of October 30 went to suspense: only the accountant can let it be changed."""
    arrives_after_quickbooks_was_closed(harbor, BANKED_IN_OCTOBER)
    asked = asked_about_the_close(harbor)

    with harbor.desk() as desk, pytest.raises(NotClosableError, match="1 entry of the period is held"):
        close(desk, OCTOBER, by="dana")
    closed_in_quickbooks(harbor, dt.date(2026, 9, 30))
    harbor.turn()
    closed_in_quickbooks(harbor, OCTOBER)
    with harbor.desk() as desk:
        close(desk, OCTOBER, by="dana")

    assert [
        "1 of these stands there otherwise: ask the accountant to open the month, and sync before it is closed again."
    ] == asked
    assert harbor.turn().standing.tied
    assert [] == asked_about_the_close(harbor)


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
