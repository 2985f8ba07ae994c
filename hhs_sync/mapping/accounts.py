"""The sub-ledger's own chart of accounts.

Each account stands for a meaning, not a number: `mappings/accounts.toml` says which QuickBooks account it is in a
practice (1100, 4010, ...). Two of ours may share one of QuickBooks' (what payers owe and what clients owe are both
"Accounts receivable"). The numbers in the comments are those of the standard chart that `hhs-sync setup` creates.
"""

from __future__ import annotations

from hhs_sync.enumeration import Enumeration


class Account(Enumeration):
    """An account of the sub-ledger. The value is its name in the plain-text journal."""

    BANK = "Assets:Bank"  # 1000
    AR_PAYER = "Assets:Receivable:Payers"  # 1100, party = payer
    AR_CLIENT = "Assets:Receivable:Clients"  # 1100, party = client
    ALLOWANCE = "Assets:Receivable:Allowance"  # 1150
    TRANSFER_CLEARING = "Liabilities:ResponsibilityTransfer"  # 1190, zero after every remittance
    PAYER_CLEARING = "Assets:Clearing:Payers"  # 1200, told by a remittance, not yet at the bank
    UNDEPOSITED = "Assets:Clearing:ChecksAndCash"  # 1200, in hand, not yet at the bank
    IN_TRANSIT = "Assets:Clearing:InTransit"  # 1220, of a payment in several bank lines: what comes with the later ones
    CARD_STRIPE = "Assets:Clearing:Stripe"  # 1210
    CARD_IVY = "Assets:Clearing:Ivy"  # 1211
    CARD_SQUARE = "Assets:Clearing:Square"  # 1212
    TAX_WITHHELD = "Assets:TaxWithheld"  # 1250
    CLIENT_CREDIT = "Liabilities:ClientCredits"  # 2200, party = client
    RECOUPMENT = "Liabilities:Recoupments"  # 2300, party = payer
    SUSPENSE = "Liabilities:Suspense"  # 2400, never without a finding
    UNCLAIMED = "Liabilities:UnclaimedProperty"  # 2500
    REVENUE_COMMERCIAL = "Income:Sessions:Commercial"  # 4010
    REVENUE_MAINECARE = "Income:Sessions:MaineCare"  # 4020
    REVENUE_MEDICARE = "Income:Sessions:Medicare"  # 4030
    REVENUE_CLIENT = "Income:Sessions:Clients"  # 4040
    REVENUE_NO_SHOW = "Income:NoShow"  # 4050
    REVENUE_OTHER = "Income:Other"  # 4060
    CONTRACTUAL_COMMERCIAL = "Income:Contractual:Commercial"  # 4910
    CONTRACTUAL_MAINECARE = "Income:Contractual:MaineCare"  # 4911
    CONTRACTUAL_MEDICARE = "Income:Contractual:Medicare"  # 4912
    SEQUESTRATION = "Income:Contractual:Sequestration"  # 4913
    DISCOUNT = "Income:Discounts"  # 4920
    ADMINISTRATIVE = "Income:Administrative"  # 4930
    TAKEBACK = "Income:Takebacks"  # 4950, cash policy only
    REFUND = "Income:ClientRefunds"  # 4960, cash policy only
    CARD_FEES = "Expenses:CardFees"  # 6100
    DISPUTE_FEES = "Expenses:DisputeFees"  # 6110
    BAD_DEBT = "Expenses:BadDebt"  # 6200
    INTEREST = "Income:Interest"  # 7100


RECEIVABLE = frozenset({Account.AR_PAYER, Account.AR_CLIENT})
PROCESSORS = {"stripe": Account.CARD_STRIPE, "ivy": Account.CARD_IVY, "square": Account.CARD_SQUARE}
"""The card processors, each with the clearing account where its money waits for the bank."""
CARD_CLEARING = frozenset(PROCESSORS.values())
CLEARING = CARD_CLEARING | {Account.PAYER_CLEARING, Account.UNDEPOSITED}
INCOME_AND_EXPENSE = frozenset(account for account in Account if account.value.startswith(("Income", "Expenses")))


def card_account(processor: str | None) -> Account:
    """Where a card processor's money waits for the bank; one that is not named, or not known, counts as Stripe."""
    return PROCESSORS.get((processor or "").lower(), Account.CARD_STRIPE)
