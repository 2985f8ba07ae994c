import datetime as dt
from typing import get_args

import msgspec
import pytest

from hhs_sync.facts.claim import Acknowledgement, Claim, ClaimLine, ClaimState, PriorPayment
from hhs_sync.facts.coverage import Coverage
from hhs_sync.facts.deposit import BankDeposit
from hhs_sync.facts.fact import KINDS, Fact, date_of, kind_of, read_fact, write_fact
from hhs_sync.facts.payment import ClientPayment, Dispute, PaymentMethod, Payout, PayoutItem, ProcessorBalance, Refund
from hhs_sync.facts.remittance import Adjustment, ClaimPayment, ProviderAdjustment, Remittance, ServiceLine
from hhs_sync.facts.resolution import ClientCode, ClosedPeriod, Resolution, ResolutionKind
from tests.facts.telling import day, moment, session

LINE = ServiceLine(
    service_code="90837",
    modifiers=("95",),
    amount_charged=150_00,
    amount_paid=100_00,
    adjustments=(Adjustment("CO", "45", 50_00), Adjustment("PR", "3", 0, "1")),
    segment=9,
)

# One of every kind, and the day by which a full export covers it.
EVERY_KIND = [
    (session("1", on=2), day(2)),
    (
        Claim(
            key="claim/ehr/1",
            claim_number="1",
            payer_name="Anthem",
            amount_charged=150_00,
            lines=(ClaimLine(service_code="90837", amount_charged=150_00, date_first=day(1)),),
            prior_payments=(PriorPayment(payer_name="Medicare", amount_paid=80_00),),
        ),
        None,
    ),
    (Acknowledgement(key="acknowledgement/era/1", kind="277CA", state=ClaimState.REJECTED, codes=("A3:21:82",)), None),
    (Coverage(key="coverage/ehr/1", client="c-1", payer="Anthem", first=day(1), last=day(9)), day(1)),
    (
        Remittance(
            key="remittance/era/1",
            payer_name="Anthem",
            amount_paid=100_00,
            payment_date=day(4),
            claim_payments=(
                ClaimPayment(
                    claim_number="1",
                    claim_status="1",
                    amount_charged=150_00,
                    amount_paid=100_00,
                    lines=(LINE,),
                    segment=8,
                ),
            ),
            provider_adjustments=(ProviderAdjustment(reason_code="WO", amount=0, segment=12),),
            content_digest="",
        ),
        None,
    ),
    (
        ClientPayment(key="client_payment/ehr/1", date=day(3), amount=20_00, method=PaymentMethod.CHECK, client="c-1"),
        day(3),
    ),
    (Refund(key="refund/ehr/1", date=day(3), amount=20_00, method=PaymentMethod.CARD), day(3)),
    (Dispute(key="dispute/cards/1", date=day(3), amount=20_00, fee=15_00), day(3)),
    (
        Payout(
            key="payout/cards/1",
            payout_id="po_1",
            processor="cards",
            date=day(3),
            amount=19_12,
            items=(PayoutItem("charge", "ch_1", 20_00, 88),),
        ),
        day(3),
    ),
    (
        ProcessorBalance(key="processor_balance/cards/1", processor="cards", date=day(3), balance=5, pending_fees=1),
        None,
    ),
    (BankDeposit(key="bank_deposit/bank/1", account="checking", date=day(5), amount=-5), day(5)),
    (
        Resolution(
            key="resolution/rd/1",
            kind=ResolutionKind.WRITE_OFF,
            subject="session/ehr/1",
            by="rd",
            at=moment(5),
            amount=20_00,
            date=day(5),
        ),
        None,
    ),
    (ClientCode(key="client_code/house/c-1", client="c-1", code="K7F3Q"), None),
    (ClosedPeriod(key="closed_period/house/1", through=day(9), by="rd", at=moment(9), journal="{}"), None),
]


def test_every_kind_of_fact_is_tried_here() -> None:
    assert set(get_args(Fact)) == set(KINDS) == {type(fact) for fact, _ in EVERY_KIND}


@pytest.mark.parametrize(("fact", "covered_by"), EVERY_KIND, ids=lambda value: type(value).__name__)
def test_a_fact_comes_back_from_its_text(fact: Fact, covered_by: dt.date | None) -> None:
    text = write_fact(fact)

    assert fact == read_fact(text)
    assert fact == read_fact(text.decode())
    assert text == write_fact(read_fact(text))


@pytest.mark.parametrize(("fact", "covered_by"), EVERY_KIND, ids=lambda value: type(value).__name__)
def test_a_fact_knows_its_kind_and_its_day(fact: Fact, covered_by: dt.date | None) -> None:
    assert fact.key.partition("/")[0] == kind_of(fact)
    assert covered_by == date_of(fact)


def test_what_is_left_at_its_default_is_not_written() -> None:
    assert b"modifiers" not in write_fact(session("1"))


@pytest.mark.parametrize("text", ["", "{}", '{"type":"session"}', '{"type":"invoice","key":"1"}', "[1]"])
def test_a_text_that_is_no_fact_is_refused(text: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        read_fact(text)
