"""Money that was told to be on its way to the bank, and what a bank's text would say of it.

Remittances, card payouts, clients' checks and cash; what we gave back stands here with a minus.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from msgspec import Struct

from hhs_sync.facts.document import FactKey
from hhs_sync.facts.payment import PaymentMethod
from hhs_sync.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hhs_sync.facts.current import Facts
    from hhs_sync.facts.remittance import Remittance
    from hhs_sync.mapping.rules import Rules

# Shorter numbers stand in too many bank texts by chance.
TRACE_LENGTH_MIN = 4

_TOKEN = re.compile(r"[A-Z0-9]+")


class Expected(Struct, frozen=True, gc=False):
    """Money told to be on its way, in cents. `texts` are the bank texts that would name its sender.

    `divisible` says that the bank may show it in several lines: an EFT, and no check, which is one piece of paper.
    """

    key: FactKey
    amount: Money
    day: dt.date
    traces: tuple[str, ...]
    texts: tuple[str, ...]
    check: bool
    divisible: bool = False


def all_expected(facts: Facts, rules: Rules, remittances: Iterable[Remittance]) -> Iterable[Expected]:
    """Everything that should show at the bank, with the traces and texts that would tell it."""
    for remittance in remittances:
        payer = rules.payer(remittance.payer_name, remittance.payer_ids)
        day = remittance.payment_date or remittance.production_date
        if remittance.amount_paid > 0 and day is not None:
            texts = payer.bank_texts if payer else (remittance.payer_name,) if remittance.payer_name else ()
            check = remittance.payment_method == "CHK"
            yield Expected(
                remittance.key, remittance.amount_paid, day, _traces(remittance.eft_trace), _clean(texts),
                check=check, divisible=not check,
            )  # fmt: skip
    for payout in facts.payouts.values():
        names = [text for text, processor in rules.processor_texts if processor == payout.processor]
        if payout.amount:
            yield Expected(
                payout.key, payout.amount, payout.date, _traces(payout.payout_id), _clean(names),
                check=False, divisible=payout.amount > 0,
            )  # fmt: skip
    for payment in facts.client_payments.values():
        if payment.method is not PaymentMethod.CARD:
            yield _in_hand(payment.key, payment.amount, payment.date, payment.reference)
    for refund in facts.refunds.values():
        if refund.method is not PaymentMethod.CARD:
            yield _in_hand(refund.key, -refund.amount, refund.date, refund.reference)
    for dispute in facts.disputes.values():
        if dispute.method is not PaymentMethod.CARD:
            yield _in_hand(dispute.key, -(dispute.amount + dispute.fee), dispute.date, dispute.payment)


def _in_hand(key: FactKey, amount: Money, day: dt.date, reference: str | None) -> Expected:
    return Expected(key, amount, day, _traces(reference or ""), (), check=True)


def words_of(text: str) -> str:
    """The words of a bank's text, in capitals, without what stands between them."""
    return " ".join(_TOKEN.findall(text.upper()))


def bare(text: str) -> str:
    """A number as traces are compared: capitals and digits alone, without leading zeros."""
    return "".join(_TOKEN.findall(text.upper())).lstrip("0")


def _traces(text: str) -> tuple[str, ...]:
    trace = bare(text)
    return (trace,) if len(trace) >= TRACE_LENGTH_MIN else ()


def _clean(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple([text for text in map(words_of, texts) if text])
