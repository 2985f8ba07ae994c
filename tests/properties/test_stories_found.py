"""Stories that random practices came upon and that ended badly once, told as short as they go."""

from __future__ import annotations

import pytest

from hhs_sync.facts.document import Covers
from hhs_sync.mapping.rules import Policy, Shape
from hhs_sync.plan.desired import QuickBooksKind
from tests.builders import session
from tests.properties.invariants import quickbooks_converges
from tests.properties.practice import FIRST_DAY
from tests.properties.test_any_practice import WAYS, AnyPractice


@pytest.mark.parametrize("banked", [False, True])
@pytest.mark.parametrize("way", WAYS)
def test_a_session_is_gone_after_the_close_that_signed_its_remittance(way: tuple[Shape, Policy], banked: bool) -> None:
    """The remittance is told anew in the open month; the deposit that was signed keeps the receipt that it had.

    It comes to 0.00, or to a line of the bank.
    """
    play = AnyPractice()
    play.opens(way=way, oldest_first=False, allowance=False, liability=False)
    held = session("S1", play.day(3), "150.00", "MEDA", client="Oxenbridge")
    play.knows("Oxenbridge")
    play.practice.tell(held, source="ehr")
    play.a_remittance_comes([(0, "an estimate")], None, "MCARE", (), 4, "")
    play.a_payer_takes_back_what_it_paid_and_may_correct_it(0, 3, "paid in full" if banked else "partly denied")
    if banked:
        play.the_bank_shows_a_remittance(0, 3, both=False, by="trace")
    play.a_period_is_closed(1)
    first, last = FIRST_DAY.replace(month=8), play.practice.today
    play.practice.tell(source="ehr", covers=Covers(kind="session", first=first, last=last))

    quickbooks_converges(play.practice, play.quickbooks)
    assert [] == list(play.quickbooks.plan(play.quickbooks.desired(play.practice.books)).changes)


@pytest.mark.parametrize("way", WAYS)
def test_a_deposit_that_was_voided_and_closed_stands_again_in_the_open_month(way: tuple[Shape, Policy]) -> None:
    """A line of the bank is matched, then two payments could be meant, then it has waited long enough for suspense.

    Its deposit was voided in between, and the month closed: 85.00 are told in the open month, by a deposit of their
    own, and the void one stays at 0.00.
    """
    play = AnyPractice()
    play.opens(way=way, oldest_first=False, allowance=False, liability=False)
    play.knows("Oxenbridge")
    for name in ("S1", "S2"):
        play.practice.tell(session(name, play.day(3), "150.00", "ANTH", client="Oxenbridge"), source="ehr")
    play.a_remittance_comes([(0, "paid")], None, "ANTH", (), 2, "no trace")
    play.the_bank_shows_a_remittance(0, 1, both=False, by="sender")
    play.what_is_known_is_pushed()
    play.a_remittance_comes([(1, "paid")], None, "ANTH", (), 2, "no trace")
    play.days_pass(1)
    play.a_period_is_closed(1)
    play.days_pass(8)

    quickbooks_converges(play.practice, play.quickbooks)
    assert [] == list(play.quickbooks.plan(play.quickbooks.desired(play.practice.books)).changes)
    deposits = [one for one in play.quickbooks.posted.values() if one.kind is QuickBooksKind.DEPOSIT]
    assert [(0, True), (8500, False)] == [(one.amount, one.voided) for one in deposits]
