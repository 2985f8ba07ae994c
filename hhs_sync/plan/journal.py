"""The form `journal`: a JournalEntry, for what no form of QuickBooks tells.

QuickBooks wants a customer on every line on receivables, and sources disagree whether one entry may have two such
lines. So each entry has one at most: further customers get an entry of their own, connected through 1190.
"""

from __future__ import annotations

from hhs_sync.mapping.accounts import RECEIVABLE, Account
from hhs_sync.money import Money
from hhs_sync.plan.desired import CustomerName, DesiredLine
from hhs_sync.plan.movement import Movement
from hhs_sync.plan.writer import CLASSED, Writer


def journal(writer: Writer, moved: Movement) -> None:
    """Tell a movement as journal entries; nothing where it moves nothing between accounts."""
    rest: dict[tuple[Account, str | None], Money] = {}
    debts: dict[tuple[Account, CustomerName], Money] = {}
    for line in moved.lines:
        if line.account in RECEIVABLE:
            to_payer = line.account is Account.AR_PAYER
            customer = (
                writer.customers.payer(line.party, line.item) if to_payer else writer.customers.client(line.party)
            )
            debt = (line.account, customer)
            debts[debt] = debts.get(debt, 0) + line.amount
        else:
            place = (line.account, line.clinician if line.account in CLASSED else None)
            rest[place] = rest.get(place, 0) + line.amount
    owing = [(account, customer, amount) for (account, customer), amount in debts.items() if amount]
    lines: list[DesiredLine] = []
    for number, (account, customer, amount) in enumerate(owing):
        debt_line = writer.line(account, amount, customer=customer)
        if number == 0:
            lines.append(debt_line)
            continue
        clearing = (Account.TRANSFER_CLEARING, None)
        rest[clearing] = rest.get(clearing, 0) + amount
        through = writer.line(Account.TRANSFER_CLEARING, -amount)
        writer.journal_entry(moved, (debt_line, through), suffix=f"journal {number}")
    lines.extend(writer.line(account, amount, clinician) for (account, clinician), amount in rest.items() if amount)
    if lines:
        writer.journal_entry(moved, tuple(lines))
