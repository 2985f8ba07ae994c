"""Bank lines: money that reached the bank, or left it, as the bank's statement tells it."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from hhs_sync.facts.document import FactKey
from hhs_sync.money import Money


class BankDeposit(Struct, frozen=True, kw_only=True, gc=False, tag="bank_deposit", omit_defaults=True):
    """One line of the bank's statement; `amount` in cents, negative where money left.

    `bank_reference` is the bank's own id of the line (OFX FITID) and part of the key. `description` is the bank's
    text, in which an EFT trace or a payer's name may stand; `trace` is a trace number that the bank gives in a field
    of its own (CCD+ addenda), `check_number` the bank's number of a check.
    """

    key: FactKey
    account: str
    date: dt.date
    amount: Money
    description: str = ""
    bank_reference: str | None = None
    trace: str | None = None
    check_number: str | None = None
