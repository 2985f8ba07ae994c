"""The rules of one practice, typed: payers, services, reasons, accounts, clinicians, rates, thresholds.

Every rule is an exact look-up with one fallback, dated where it can change (`first` is the first day on which it
holds). `reader.py` makes these from the TOML files in `mappings/` and from the practice's own section of the config.
A rule that would need a condition is code, in matching or ledger, with a test.
"""

from __future__ import annotations

import datetime as dt
from enum import Enum
from functools import cached_property
from typing import TypeAlias

from msgspec import Struct, field

from hhs_sync.enumeration import Enumeration
from hhs_sync.mapping.accounts import Account
from hhs_sync.money import Money

PayerId: TypeAlias = str
EARLIEST = dt.date(1900, 1, 1)


class PayerFamily(Enumeration):
    """Which law and which income account go with a payer."""

    COMMERCIAL = "commercial"
    MAINECARE = "mainecare"
    MEDICARE = "medicare"


class Treatment(Enumeration):
    """What the books and the bookkeeper make of an adjustment (group + CARC)."""

    CONTRACTUAL = "contractual"
    SEQUESTRATION = "sequestration"
    PATIENT = "patient"
    PRIOR_PAYER = "prior payer"
    INFORMATION = "information"
    DENIED_FIX = "denied: fix and resend"
    DENIED_COVERAGE = "denied: coverage"
    DENIED_AUTHORISATION = "denied: authorisation"
    DENIED_LATE = "denied: late or duplicate"
    ADMINISTRATIVE = "administrative"
    HOLD = "hold"


DENIALS = frozenset(
    {
        Treatment.DENIED_FIX,
        Treatment.DENIED_COVERAGE,
        Treatment.DENIED_AUTHORISATION,
        Treatment.DENIED_LATE,
    }
)


class Policy(Enum):
    """How a practice's QuickBooks is kept: deposit summaries, or full receivables."""

    CASH = "cash"
    ACCRUAL = "accrual"


class Shape(Enum):
    """How much of the receivables QuickBooks sees under `accrual`: a random code per client, or the payer only."""

    CODED = "coded"
    PAYER_BATCH = "payer-batch"


class Payer(Struct, frozen=True, kw_only=True):
    """One payer: how it is called in exports and 835s, what stands on bank lines, its limits in days."""

    id: PayerId
    name: str
    family: PayerFamily
    names: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    bank_texts: tuple[str, ...] = ()
    filing_limit_days: int = 90
    answer_days: int = 30
    sequestration: bool = False
    where: str = ""


class Service(Struct, frozen=True, kw_only=True):
    """One procedure code: what kind of work it is. `kind` is session, no_show or other."""

    code: str
    kind: str = "session"
    minutes: int | None = None
    where: str = ""


class Reason(Struct, frozen=True, kw_only=True):
    """How an adjustment is treated. `payer` narrows it to one payer; group "*" means any group."""

    group: str
    code: str
    treatment: Treatment
    says: str = ""
    payer: PayerId | None = None
    first: dt.date = EARLIEST
    where: str = ""


class ProviderReason(Struct, frozen=True, kw_only=True):
    """What a provider-level adjustment (PLB) is, by its reason code (X12 code list 426): where its money goes."""

    code: str
    account: Account
    says: str = ""
    payer: PayerId | None = None
    first: dt.date = EARLIEST
    where: str = ""


class LedgerAccount(Struct, frozen=True, kw_only=True):
    """Which QuickBooks account an account of the sub-ledger is, and the item that sales forms use for it."""

    account: Account
    number: str
    name: str
    type: str
    subtype: str = ""
    item: str | None = None
    where: str = ""


class Clinician(Struct, frozen=True, kw_only=True):
    """One clinician: the class in QuickBooks, the NPI in 835s, the ids used in exports.

    `level` is the licence that payers pay by ("LCSW"), in the practice's own word.
    """

    id: str
    class_name: str
    npi: str | None = None
    level: str | None = None
    names: tuple[str, ...] = ()
    where: str = ""


class Rate(Struct, frozen=True, kw_only=True):
    """A contract rate: what a payer allows for a code, in cents, from a day on, to everyone, a level or a clinician."""

    payer: PayerId
    code: str
    modifiers: tuple[str, ...] = ()
    clinician: str | None = None
    level: str | None = None
    amount: Money
    first: dt.date = EARLIEST
    where: str = ""


class Thresholds(Struct, frozen=True, kw_only=True):
    """When a doubt becomes a finding. Days are calendar days unless the name says business days; money is cents."""

    unbilled_business_days: int = 3
    answer_days: int = 30
    answer_days_mainecare: int = 21
    filing_warning_days: tuple[int, ...] = (60, 30, 14, 7)
    remittance_without_money_business_days: int = 5
    money_without_remittance_business_days: int = 5
    underpaid_amount: Money = 100
    underpaid_percent: int = 2
    contractual_share_percent: int = 70
    client_tolerance: Money = 100
    approval_limit: Money = 5000
    reminder_days: int = 30
    call_days: int = 60
    decision_days: int = 90
    suspense_business_days: int = 10
    recoupment_days: int = 45
    credit_days: int = 30
    closed_period_report: Money = 25000
    mainecare_copay: Money = 200
    mainecare_copay_month: Money = 2000
    plan_changes_percent: int = 20
    plan_age_days: int = 92


class Practice(Struct, frozen=True, kw_only=True):
    """One practice and how its books are kept.

    `tax_ids` and `npis` tell whether a remittance is ours (N1*PE, REF*TJ); empty means: do not check. Facts before
    `first_day` belong to the old system. `oldest_first` applies client money that names no session to the oldest
    open item. `client_credit_liability` keeps known overpayments as a liability under `cash`. `month_end_allowance`
    takes unanswered claims down to their contract rate at each month end under `accrual`.
    """

    id: str
    name: str
    policy: Policy = Policy.CASH
    shape: Shape = Shape.CODED
    tax_ids: tuple[str, ...] = ()
    npis: tuple[str, ...] = ()
    first_day: dt.date = EARLIEST
    oldest_first: bool = False
    client_credit_liability: bool = False
    month_end_allowance: bool = False
    first_plan_waits: bool = False
    thresholds: Thresholds = field(default_factory=Thresholds)


_EVERYONE = (None, None)
"""Whose rate it is that names neither a clinician nor a level."""


class Rules(Struct, frozen=True, kw_only=True, dict=True):
    """Everything the practice decided in advance."""

    practice: Practice
    payers: tuple[Payer, ...] = ()
    services: tuple[Service, ...] = ()
    reasons: tuple[Reason, ...] = ()
    provider_reasons: tuple[ProviderReason, ...] = ()
    accounts: tuple[LedgerAccount, ...] = ()
    clinicians: tuple[Clinician, ...] = ()
    rates: tuple[Rate, ...] = ()
    client_deposit_texts: tuple[str, ...] = ("DEPOSIT", "MOBILE DEPOSIT", "REMOTE DEPOSIT", "COUNTER CREDIT")
    processor_texts: tuple[tuple[str, str], ...] = (("STRIPE", "stripe"), ("IVY", "ivy"), ("SQUARE", "square"))

    def payer(self, name: str | None, ids: tuple[str, ...] = ()) -> Payer | None:
        """The payer that goes by this name or by one of these ids; None when nobody mapped it.

        Ids are looked at first: names vary more. Upper and lower case and outer blanks do not matter.
        """
        for one in ids:
            found = self._payers_by_id.get(one.strip().upper())
            if found is not None:
                return found
        if not name:
            return None
        if name not in self._payers_as_spelled:
            self._payers_as_spelled[name] = self._payers_by_name.get(" ".join(name.upper().split()))
        return self._payers_as_spelled[name]

    def payer_by_id(self, payer: PayerId) -> Payer | None:
        """The payer with this id of ours."""
        return self._payers_by_own_id.get(payer)

    def reason(self, group: str, code: str, payer: PayerId | None, day: dt.date | None) -> Reason | None:
        """The rule for an adjustment: payer's own first, then the general one, then the group's fallback ("*" code)."""
        asked = (group, code, payer)
        chain = self._chains.get(asked)
        if chain is None:
            keys = (asked, (group, code, None), ("*", code, None), (group, "*", None))
            chain = self._chains[asked] = [rule for key in keys for rule in reversed(self._reasons.get(key, ()))]
        for rule in chain:
            if day is None or rule.first <= day:
                return rule
        return None

    def provider_account(self, code: str, payer: PayerId | None, day: dt.date | None) -> Account | None:
        """Where the money of a provider-level adjustment goes: by the payer's own rule, else the general one.

        None when nobody has said what the code is; its money waits in suspense then.
        """
        for whose in (payer, None):
            rules = self._provider_reasons.get((code, whose), ())
            found = next((rule for rule in reversed(rules) if day is None or rule.first <= day), None)
            if found is not None:
                return found.account
        return None

    def account(self, account: Account) -> LedgerAccount | None:
        """The QuickBooks account that stands for one of ours."""
        return self._accounts.get(account)

    def account_numbered(self, number: str | None) -> Account | None:
        """The account of ours that a QuickBooks number stands for (the first, where several share it)."""
        return next((one.account for one in self.accounts if one.number == number), None)

    def clinician(self, name: str | None) -> Clinician | None:
        """The clinician who goes by this id, name or NPI."""
        return self._clinicians.get(name.strip().upper()) if name else None

    def service(self, code: str) -> Service | None:
        """What is known of a procedure code."""
        return self._services.get(code)

    def rate(
        self, payer: PayerId, code: str, modifiers: tuple[str, ...], clinician: str | None, day: dt.date
    ) -> Rate | None:
        """The contract rate on a day: the clinician's own, else that of the level, else everyone's.

        Rates with these modifiers go before rates without any.
        """
        asked = (payer, code, modifiers, clinician)
        chain = self._rate_chains.get(asked)
        if chain is None:
            known = self.clinician(clinician)
            whose = ((clinician, None), (known.id, None), (None, known.level)) if known else ((clinician, None),)
            keys = ((payer, code, told, who) for told in (modifiers, ()) for who in (*whose, _EVERYONE))
            chain = self._rate_chains[asked] = [rule for key in keys for rule in reversed(self._rates.get(key, ()))]
        for rule in chain:
            if rule.first <= day:
                return rule
        return None

    @cached_property
    def _payers_by_name(self) -> dict[str, Payer]:
        return {" ".join(name.upper().split()): one for one in self.payers for name in (one.id, one.name, *one.names)}

    @cached_property
    def _payers_as_spelled(self) -> dict[str, Payer | None]:
        """Answers given before: a few names are asked for a hundred thousand times."""
        return {}

    @cached_property
    def _payers_by_id(self) -> dict[str, Payer]:
        return {known.strip().upper(): one for one in self.payers for known in one.ids}

    @cached_property
    def _payers_by_own_id(self) -> dict[str, Payer]:
        return {one.id: one for one in self.payers}

    @cached_property
    def _provider_reasons(self) -> dict[tuple[str, str | None], list[ProviderReason]]:
        table: dict[tuple[str, str | None], list[ProviderReason]] = {}
        for rule in sorted(self.provider_reasons, key=lambda one: one.first):
            table.setdefault((rule.code, rule.payer), []).append(rule)
        return table

    @cached_property
    def _reasons(self) -> dict[tuple[str, str, str | None], list[Reason]]:
        table: dict[tuple[str, str, str | None], list[Reason]] = {}
        for rule in sorted(self.reasons, key=lambda one: one.first):
            table.setdefault((rule.group, rule.code, rule.payer), []).append(rule)
        return table

    @cached_property
    def _chains(self) -> dict[tuple[str, str, str | None], list[Reason]]:
        """For what was asked before: the rules that may answer, the one that goes before others first."""
        return {}

    @cached_property
    def _accounts(self) -> dict[Account, LedgerAccount]:
        return {one.account: one for one in self.accounts}

    @cached_property
    def _clinicians(self) -> dict[str, Clinician]:
        return {
            name.strip().upper(): one
            for one in self.clinicians
            for name in (one.id, *one.names, *((one.npi,) if one.npi else ()))
        }

    @cached_property
    def _services(self) -> dict[str, Service]:
        return {one.code: one for one in self.services}

    @cached_property
    def _rates(self) -> dict[tuple[str, str, tuple[str, ...], tuple[str | None, str | None]], list[Rate]]:
        table: dict[tuple[str, str, tuple[str, ...], tuple[str | None, str | None]], list[Rate]] = {}
        for rule in sorted(self.rates, key=lambda one: one.first):
            whose = (rule.clinician, None) if rule.clinician else (None, rule.level)
            table.setdefault((rule.payer, rule.code, rule.modifiers, whose), []).append(rule)
        return table

    @cached_property
    def _rate_chains(self) -> dict[tuple[str, str, tuple[str, ...], str | None], list[Rate]]:
        """For what was asked before: the rates that may answer, the one that goes before others first."""
        return {}
