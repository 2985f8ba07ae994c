"""Set a company up: the accounts, items and classes that the practice's policy needs, made or found.

`plan_setup` says what would be done and does nothing; `apply_setup` makes what is missing, accounts first, since items
point to them. What is there is found as the push finds it, and left as it is: a company's own name or type for an
account is its own affair, but where a found account is of another type than the mapping says, that is told, for
reports would put it elsewhere. `check_company` compares the settings that an integration depends on.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct
from quickbooks.objects.account import Account as AccountObject
from quickbooks.objects.item import Item
from quickbooks.objects.trackingclass import Class

from hhs_sync.errors import QuickBooksError, QuickBooksRefusedError, QuickBooksUnclearError
from hhs_sync.mapping.accounts import RECEIVABLE, Account
from hhs_sync.mapping.rules import LedgerAccount, Policy, Rules
from hhs_sync.quickbooks import faults
from hhs_sync.quickbooks.catalog import Catalog, Missing
from hhs_sync.quickbooks.client import BATCH, BatchItem, QuickBooksClient, escaped
from hhs_sync.quickbooks.entities import body_of, reference_to
from hhs_sync.quickbooks.refresh import keep_lists
from hhs_sync.store import Store

CASH_ONLY = frozenset({Account.TAKEBACK, Account.REFUND})
ACCRUAL_ONLY = RECEIVABLE | {
    Account.ALLOWANCE,
    Account.TRANSFER_CLEARING,
    Account.PAYER_CLEARING,
    Account.UNDEPOSITED,
    Account.IN_TRANSIT,
    Account.CARD_STRIPE,
    Account.CARD_IVY,
    Account.CARD_SQUARE,
    Account.CLIENT_CREDIT,
    Account.RECOUPMENT,
    Account.CONTRACTUAL_COMMERCIAL,
    Account.CONTRACTUAL_MAINECARE,
    Account.CONTRACTUAL_MEDICARE,
    Account.SEQUESTRATION,
    Account.DISCOUNT,
    Account.ADMINISTRATIVE,
    Account.BAD_DEBT,
}


class SetupStep(Struct, frozen=True, kw_only=True):
    """One thing that the policy needs. `kind` is QuickBooks' own name of the list.

    `quickbooks_id` names what is there already; "" means that it would be made. `problem` says what a person should
    look at, or why it can't be used.
    """

    kind: str
    name: str
    number: str = ""
    quickbooks_id: str = ""
    problem: str = ""
    account: LedgerAccount | None = None

    @property
    def to_make(self) -> bool:
        """Whether this step makes something."""
        return not self.quickbooks_id and not self.problem


def plan_setup(rules: Rules, catalog: Catalog) -> tuple[SetupStep, ...]:
    """Everything that the policy needs, with what is there and what would be made."""
    steps: dict[tuple[str, str], SetupStep] = {}
    for mapped in needed_accounts(rules):
        steps.setdefault(("Account", mapped.number or mapped.name), _account_step(mapped, catalog))
        if mapped.item and rules.practice.policy is Policy.ACCRUAL:
            steps.setdefault(("Item", mapped.item), _item_step(mapped, catalog))
    if catalog.preferences.classes_on_lines:
        for clinician in rules.clinicians:
            if clinician.class_name:
                steps.setdefault(("Class", clinician.class_name), _named_step("Class", clinician.class_name, catalog))
    return tuple(sorted(steps.values(), key=lambda step: (KINDS[step.kind], step.number, step.name)))


def apply_setup(
    steps: Iterable[SetupStep],
    client: QuickBooksClient,
    store: Store,
    practice: str,
    catalog: Catalog,
    *,
    draw: Callable[[], str] = lambda: secrets.token_hex(16),
) -> tuple[SetupStep, ...]:
    """Make what is missing, kind by kind; the steps as they stand afterwards, with what could not be made and why.

    The catalog and the mirror learn what was made. Raises QuickBooksError when QuickBooks can't be reached; done
    again, it goes on where it stopped.
    """
    done: list[SetupStep] = []
    for kind in KINDS:
        of_kind = [step for step in steps if step.kind == kind]
        to_make = [step for step in of_kind if step.to_make]
        done.extend(step for step in of_kind if not step.to_make)
        for start in range(0, len(to_make), BATCH):
            done.extend(_make(to_make[start : start + BATCH], client, store, practice, catalog, draw()))
    return tuple(done)


def check_company(rules: Rules, catalog: Catalog) -> tuple[str, ...]:
    """What about the company's settings and lists keeps us from working well, each with the one thing to do."""
    preferences = catalog.preferences
    found = []
    if preferences.multi_currency or preferences.home_currency != "USD":
        found.append("the company keeps several currencies: this program keeps books in US dollars only")
    if preferences.auto_apply_credits:
        found.append("switch off 'Automatically apply credits': it pays the wrong invoices behind our back")
    if not preferences.custom_numbers:
        found.append("switch on 'Custom transaction numbers': entries then show our reference as their number")
    if any(clinician.class_name for clinician in rules.clinicians) and not preferences.classes_on_lines:
        found.append("switch on class tracking, one class for each line: income then shows by clinician")
    for step in plan_setup(rules, catalog):
        if step.problem:
            found.append(f"{step.kind.lower()} {step.number} {step.name}: {step.problem}".replace("  ", " "))
        elif step.to_make:
            found.append(f"{step.kind.lower()} {step.number} {step.name} is missing: run setup".replace("  ", " "))
    return tuple(found)


def needed_accounts(rules: Rules) -> tuple[LedgerAccount, ...]:
    """The accounts that the policy uses. Under cash, client credits are one of them only where the practice says so."""
    unused = CASH_ONLY if rules.practice.policy is Policy.ACCRUAL else ACCRUAL_ONLY
    if rules.practice.client_credit_liability:
        unused = unused - {Account.CLIENT_CREDIT}
    return tuple(mapped for mapped in rules.accounts if mapped.account not in unused)


def _account_step(mapped: LedgerAccount, catalog: Catalog) -> SetupStep:
    found = catalog.find_account(mapped)
    step = SetupStep(kind="Account", name=mapped.name, number=mapped.number, account=mapped)
    if found is None:
        return step
    problem = ""
    if found.get("Active") is False:
        problem = "is inactive: make it active again"
    elif found.get("AccountType") != mapped.type:
        problem = f"is of type {found.get('AccountType')}, the mapping says {mapped.type}"
    return _with(step, quickbooks_id=str(found["Id"]), problem=problem)


def _item_step(mapped: LedgerAccount, catalog: Catalog) -> SetupStep:
    assert mapped.item is not None
    step = _named_step("Item", mapped.item, catalog, mapped)
    if step.quickbooks_id and not step.problem:
        account = catalog.find_account(mapped)
        sold_to = catalog.account_of_item(step.quickbooks_id)
        if account is not None and sold_to != str(account["Id"]):
            return _with(step, problem=f"posts to {catalog.number(sold_to)}, not to {mapped.number} {mapped.name}")
    return step


def _named_step(kind: str, name: str, catalog: Catalog, mapped: LedgerAccount | None = None) -> SetupStep:
    found = catalog.find(kind, name)
    step = SetupStep(kind=kind, name=name, account=mapped)
    if found is None:
        return step
    inactive = found.get("Active") is False
    return _with(step, quickbooks_id=str(found["Id"]), problem="is inactive: make it active again" if inactive else "")


def _make(
    steps: list[SetupStep], client: QuickBooksClient, store: Store, practice: str, catalog: Catalog, request_id: str
) -> list[SetupStep]:
    """Make up to 30 members of one list in a batch, twice if the answer was lost, and look in between."""
    kind = steps[0].kind
    bodies: dict[str, bytes] = {}
    done: list[SetupStep] = []
    for number, step in enumerate(steps, start=1):
        try:
            bodies[str(number)] = body_of(MAKERS[kind](step, catalog))
        except Missing as missing:
            done.append(_with(step, problem=str(missing)))
    items = [BatchItem(id=item, operation="create", kind=kind, body=body) for item, body in bodies.items()]
    if not items:
        return done
    try:
        answers = client.save_batch(items, request_id)
    except QuickBooksUnclearError:
        answers = client.save_batch(items, request_id)
    made = []
    for item, step in ((item, steps[int(item) - 1]) for item in bodies):
        part = answers.get(item, {})
        fields = part.get(kind)
        if not isinstance(fields, dict):
            error = faults.error_of(faults.fault_in(part.get("Fault") or {}))
            fields = _there_already(step, client, error)
        if fields is None:
            done.append(_with(step, problem="QuickBooks refused it: another one of that name?"))
            continue
        made.append(fields)
        catalog.add(kind, fields)
        done.append(_with(step, quickbooks_id=str(fields["Id"])))
    keep_lists(store, practice, {kind: made})
    return done


def _there_already(step: SetupStep, client: QuickBooksClient, error: QuickBooksError) -> dict[str, Any] | None:
    """The member of that name and number, where a refusal says there is one: an answer that was lost had made it."""
    if not isinstance(error, QuickBooksRefusedError):
        raise error
    if error.code not in (faults.DUPLICATE_NAME, *faults.DUPLICATE_REQUEST):
        return None
    for fields in client.select_all(step.kind, f"Name = '{escaped(step.name)}'"):
        if str(fields.get("AcctNum") or "") == step.number:
            return fields
    return None


def _account(step: SetupStep, catalog: Catalog) -> Any:
    del catalog
    assert step.account is not None
    made = AccountObject()
    made.Name = step.name
    made.AcctNum = step.number
    made.AccountType = step.account.type
    made.AccountSubType = step.account.subtype
    made.__dict__.pop("SubAccount", None)
    return made


def _item(step: SetupStep, catalog: Catalog) -> Any:
    assert step.account is not None
    made = Item()
    made.Name = step.name
    made.Type = "Service"
    made.IncomeAccountRef = reference_to(catalog.account(step.account.account))
    for name in ("SubItem", "UnitPrice", "TrackQtyOnHand"):
        made.__dict__.pop(name, None)
    return made


def _class(step: SetupStep, catalog: Catalog) -> Any:
    del catalog
    made = Class()
    made.Name = step.name
    made.__dict__.pop("SubClass", None)
    return made


MAKERS: dict[str, Callable[[SetupStep, Catalog], Any]] = {"Account": _account, "Item": _item, "Class": _class}
KINDS = {"Account": 0, "Item": 1, "Class": 2}
"""In this order: an item points to its account."""


def _with(step: SetupStep, *, quickbooks_id: str | None = None, problem: str | None = None) -> SetupStep:
    """The step with what was found out."""
    return SetupStep(
        kind=step.kind,
        name=step.name,
        number=step.number,
        account=step.account,
        quickbooks_id=step.quickbooks_id if quickbooks_id is None else quickbooks_id,
        problem=step.problem if problem is None else problem,
    )
