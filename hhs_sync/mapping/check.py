"""Whether the rules hold together: nothing doubled, nothing pointing nowhere, nothing that the policy needs left out.

Each check takes Rules and tells mistakes as sentences with file and line. What the *data* needs and nobody mapped is
not told here but as findings (SRC-04), since only facts can show it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hhs_sync.mapping.accounts import CARD_CLEARING, PROCESSORS, Account
from hhs_sync.mapping.rules import Policy, Rules, Treatment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GROUPS = ("CO", "PR", "OA", "PI", "CR")
"""Who bears an adjustment (X12 835 CAS01); CR belongs to 4010 and is still met."""

CASH_ACCOUNTS = frozenset(
    {
        Account.BANK,
        Account.TAX_WITHHELD,
        Account.SUSPENSE,
        Account.UNCLAIMED,
        Account.REVENUE_COMMERCIAL,
        Account.REVENUE_MAINECARE,
        Account.REVENUE_MEDICARE,
        Account.REVENUE_CLIENT,
        Account.REVENUE_NO_SHOW,
        Account.REVENUE_OTHER,
        Account.TAKEBACK,
        Account.REFUND,
        Account.CARD_FEES,
        Account.DISPUTE_FEES,
        Account.INTEREST,
    }
)
"""What deposit summaries need; checks in hand and card clearing are optional there."""

ACCRUAL_ACCOUNTS = frozenset(Account) - {Account.TAKEBACK, Account.REFUND}
"""Full receivables need all but the two accounts of the cash policy."""

ACCOUNT_TYPES = frozenset(
    {
        "Bank",
        "Accounts Receivable",
        "Accounts Payable",
        "Other Current Asset",
        "Fixed Asset",
        "Other Asset",
        "Credit Card",
        "Other Current Liability",
        "Long Term Liability",
        "Equity",
        "Income",
        "Cost of Goods Sold",
        "Expense",
        "Other Income",
        "Other Expense",
    }
)
"""The account types that QuickBooks Online knows."""


def check_rules(rules: Rules) -> tuple[str, ...]:
    """Every mistake of a set of rules, in the order of the checks; empty when they hold together."""
    return tuple(mistake for check in CHECKS for mistake in check(rules))


def _accounts_needed(rules: Rules) -> Iterator[str]:
    needed = ACCRUAL_ACCOUNTS if rules.practice.policy is Policy.ACCRUAL else CASH_ACCOUNTS
    if rules.practice.client_credit_liability:
        needed |= {Account.CLIENT_CREDIT}
    lacking = [account.name for account in Account if account in needed and rules.account(account) is None]
    if lacking:
        yield (
            f"practice {rules.practice.id}: policy {rules.practice.policy.value} needs accounts"
            f" that no [[accounts]] row maps: {', '.join(lacking)}"
        )


def _accounts_agree(rules: Rules) -> Iterator[str]:
    """Two accounts of ours may be one of QuickBooks', but then they must say the same of it."""
    by_number: dict[str, tuple[str, str, str]] = {}
    by_name: dict[str, str] = {}
    by_item: dict[str, str] = {}
    for row in rules.accounts:
        if row.type not in ACCOUNT_TYPES:
            yield f"{row.where}: QuickBooks has no account type {row.type}; it has: {', '.join(sorted(ACCOUNT_TYPES))}"
        said = (row.name, row.type, row.subtype)
        if by_number.setdefault(row.number, said) != said:
            yield f"{row.where}: account {row.number} stands elsewhere with another name, type or subtype"
        if by_name.setdefault(row.name.upper(), row.number) != row.number:
            yield f"{row.where}: the name of account {row.number} is already that of {by_name[row.name.upper()]}"
        if row.item is not None and by_item.setdefault(row.item, row.number) != row.number:
            yield f"{row.where}: item {row.item} already belongs to account {by_item[row.item]}"


def _payers_differ(rules: Rules) -> Iterator[str]:
    names: dict[str, str] = {}
    ids: dict[str, str] = {}
    for payer in rules.payers:
        for name in (payer.id, payer.name, *payer.names):
            if names.setdefault(" ".join(name.upper().split()), payer.id) != payer.id:
                yield f"{payer.where}: a name of {payer.id} is also one of {names[' '.join(name.upper().split())]}"
        for one in payer.ids:
            if ids.setdefault(one.upper(), payer.id) != payer.id:
                yield f"{payer.where}: an id of {payer.id} is also one of {ids[one.upper()]}"


def _bank_texts_differ(rules: Rules) -> Iterator[str]:
    """The same text would name two senders. One within another is let be: the amount must agree to the cent too."""
    owners: dict[str, str] = {text.upper(): processor for text, processor in rules.processor_texts}
    for payer in rules.payers:
        for text in payer.bank_texts:
            if owners.setdefault(text.upper(), payer.id) != payer.id:
                yield f"{payer.where}: the bank text {text} of {payer.id} is also that of {owners[text.upper()]}"


def _processors_known(rules: Rules) -> Iterator[str]:
    for text, processor in rules.processor_texts:
        if processor not in PROCESSORS:
            yield f"[[processors]] {text}: there is no card processor {processor}; there are: {', '.join(PROCESSORS)}"


def _reasons_safe(rules: Rules) -> Iterator[str]:
    for reason in rules.reasons:
        if reason.group not in (*GROUPS, "*"):
            yield f"{reason.where}: {reason.group} is no adjustment group; there are: {', '.join(GROUPS)} and *"
        if reason.payer is not None and rules.payer_by_id(reason.payer) is None:
            yield f"{reason.where}: no payer has the id {reason.payer}"
        if reason.code == "*" and reason.treatment is not Treatment.HOLD:
            yield f"{reason.where}: what no row names must wait for a person: the fallback's treatment is hold"
    lacking = [group for group in GROUPS if rules.reason(group, "*", None, None) is None]
    if lacking:
        yield f'[[reasons]] has no fallback for {", ".join(lacking)}: add groups = [...], codes = ["*"]'


def _clinicians_differ(rules: Rules) -> Iterator[str]:
    names: dict[str, str] = {}
    for one in rules.clinicians:
        for name in (one.id, *one.names, *((one.npi,) if one.npi else ())):
            if names.setdefault(name.upper(), one.id) != one.id:
                yield f"{one.where}: a name or NPI of this clinician is also one of another"
        if one.npi is not None and not is_npi(one.npi):
            yield f"{one.where}: the NPI is not ten digits with the right last digit"


def _rates_point_somewhere(rules: Rules) -> Iterator[str]:
    services = {service.code for service in rules.services}
    clinicians = {clinician.id for clinician in rules.clinicians}
    for rate in rules.rates:
        if rules.payer_by_id(rate.payer) is None:
            yield f"{rate.where}: no payer has the id {rate.payer}"
        if rate.clinician is not None and rate.clinician not in clinicians:
            yield f"{rate.where}: no clinician has this id"
        if rate.code not in services:
            yield f"{rate.where}: {rate.code} is no service code that [[services]] names"


def _steps_in_order(rules: Rules) -> Iterator[str]:
    limits = rules.practice.thresholds
    if not limits.reminder_days <= limits.call_days <= limits.decision_days:
        yield f"practice {rules.practice.id}: reminder_days, call_days and decision_days must rise in this order"


CHECKS: tuple[Callable[[Rules], Iterator[str]], ...] = (
    _accounts_needed,
    _accounts_agree,
    _payers_differ,
    _bank_texts_differ,
    _processors_known,
    _reasons_safe,
    _clinicians_differ,
    _rates_point_somewhere,
    _steps_in_order,
)


def is_npi(text: str) -> bool:
    """True for ten digits whose last one is the Luhn check digit over 80840 and the first nine (45 CFR 162.406)."""
    if len(text) != 10 or not text.isascii() or not text.isdigit():
        return False
    total = 24  # What the prefix 80840 adds: 8 + 0 + 8 + 4 + 0 with each second digit doubled, digits added up.
    for place, digit in enumerate(reversed(text)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


assert frozenset(PROCESSORS.values()) == CARD_CLEARING, "each card processor has one clearing account"
