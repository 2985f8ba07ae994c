"""Charges: what each session adds to what payers and clients owe.

A completed session is charged in full on its day, a sliding-scale discount beside it, so that subsidised care stays
visible. A missed one may be charged to the client, never to an insurer, and never where MaineCare stands behind the
client in any position (42 CFR 447.15; MaineCare Benefits Manual I 1.05). What cannot be charged says why: `Uncharged`.
"""

from __future__ import annotations

from collections import defaultdict
from enum import Enum
from typing import TYPE_CHECKING

from msgspec import Struct

from hhs_sync.facts.resolution import ResolutionKind, standing
from hhs_sync.facts.session import SessionState
from hhs_sync.ledger.entry import Entry, EntryKind, Evidence, Line
from hhs_sync.mapping.accounts import Account
from hhs_sync.mapping.rules import PayerFamily

if TYPE_CHECKING:
    import datetime as dt

    from hhs_sync.facts.coverage import Coverage
    from hhs_sync.facts.current import Facts
    from hhs_sync.facts.document import FactKey
    from hhs_sync.facts.session import Session
    from hhs_sync.mapping.rules import Payer, Rules

REVENUE = {
    PayerFamily.COMMERCIAL: Account.REVENUE_COMMERCIAL,
    PayerFamily.MAINECARE: Account.REVENUE_MAINECARE,
    PayerFamily.MEDICARE: Account.REVENUE_MEDICARE,
}
_MISSED = frozenset({SessionState.NO_SHOW, SessionState.LATE_CANCEL})


class WhyUncharged(Enum):
    """Why a session has no charge. The first three are nobody's concern; the others are questions."""

    NOT_HELD = "did not take place"
    NO_FEE = "has no fee"
    BEFORE_FIRST_DAY = "belongs to the old system"
    DO_NOT_BILL = "a person said not to bill it"
    INCOMPLETE = "lacks something needed to bill it"
    PAYER_UNKNOWN = "its payer is not mapped"
    MAINECARE_MEMBER = "would charge a MaineCare member"


class Charged(Struct, frozen=True, gc=False):
    """A session in the books: who owes it first, and where its income went."""

    session: FactKey
    payer: Payer | None
    secondary: Payer | None
    revenue: Account


class Charges(Struct, frozen=True):
    """What every session came to."""

    entries: tuple[Entry, ...]
    charged: dict[FactKey, Charged]
    uncharged: dict[FactKey, WhyUncharged]


def charge_sessions(facts: Facts, rules: Rules) -> Charges:
    """One entry per session that is charged; the reason for each that is not."""
    coverages = CoverageByClient(facts, rules)
    decided = {
        subject: kind
        for subject, kind in standing(facts.resolutions.values())
        if kind in (ResolutionKind.DO_NOT_BILL, ResolutionKind.NOTICE_GIVEN)
    }
    entries: list[Entry] = []
    charged: dict[FactKey, Charged] = {}
    uncharged: dict[FactKey, WhyUncharged] = {}
    for session in facts.sessions.values():
        answer = _charge(session, rules, coverages, decided.get(session.key))
        if isinstance(answer, WhyUncharged):
            uncharged[session.key] = answer
        else:
            charged[session.key] = answer
            entries.append(_entry(session, answer))
    return Charges(tuple(entries), charged, uncharged)


def _charge(  # noqa: PLR0911 (one answer a line reads as the list of rules that it is)
    session: Session, rules: Rules, coverages: CoverageByClient, decided: ResolutionKind | None
) -> Charged | WhyUncharged:
    missed = session.state in _MISSED
    if not missed and session.state is not SessionState.COMPLETED:
        return WhyUncharged.NOT_HELD
    if session.date < rules.practice.first_day:
        return WhyUncharged.BEFORE_FIRST_DAY
    if decided is ResolutionKind.DO_NOT_BILL:
        return WhyUncharged.DO_NOT_BILL
    if session.missing:
        return WhyUncharged.INCOMPLETE
    if session.fee <= 0:
        return WhyUncharged.NO_FEE
    service = rules.service(session.service_code)
    payer = rules.payer(session.payer)
    if missed or (service is not None and service.kind == "no_show"):
        mainecare = payer is not None and payer.family is PayerFamily.MAINECARE
        if mainecare or coverages.mainecare(session.client, session.date):
            return WhyUncharged.MAINECARE_MEMBER
        return Charged(session.key, None, None, Account.REVENUE_NO_SHOW)
    if session.payer is None:
        if decided is not ResolutionKind.NOTICE_GIVEN and coverages.mainecare(session.client, session.date):
            return WhyUncharged.MAINECARE_MEMBER
        other = service is not None and service.kind == "other"
        return Charged(session.key, None, None, Account.REVENUE_OTHER if other else Account.REVENUE_CLIENT)
    if payer is None:
        return WhyUncharged.PAYER_UNKNOWN
    secondary = rules.payer(session.secondary_payer) or coverages.secondary(session.client, session.date)
    return Charged(
        session.key,
        payer,
        secondary if secondary is not None and secondary.id != payer.id else None,
        REVENUE[payer.family],
    )


def _entry(session: Session, charge: Charged) -> Entry:
    key, clinician = session.key, session.clinician
    lines = [
        Line(Account.AR_PAYER, session.fee - session.discount, charge.payer.id, key, clinician)
        if charge.payer is not None
        else Line(Account.AR_CLIENT, session.fee - session.discount, session.client, key, clinician),
        Line(charge.revenue, -session.fee, None, key, clinician),
    ]
    if session.discount:
        lines.append(Line(Account.DISCOUNT, session.discount, None, key, clinician))
    return Entry(
        key=f"charge:{key}",
        date=session.date,
        kind=EntryKind.CHARGE,
        lines=tuple(lines),
        because="missed appointment charged" if charge.revenue is Account.REVENUE_NO_SHOW else "session charged",
        evidence=(Evidence(key),),
    )


class CoverageByClient:
    """Which payers stand behind a client on a day."""

    def __init__(self, facts: Facts, rules: Rules) -> None:
        """Sort the coverages by client once; each question then looks at a handful."""
        self._by_client: dict[str, list[tuple[Coverage, Payer]]] = defaultdict(list)
        for coverage in facts.coverages.values():
            payer = rules.payer(coverage.payer)
            if payer is not None:
                self._by_client[coverage.client].append((coverage, payer))

    def mainecare(self, client: str, day: dt.date) -> bool:
        """True when MaineCare is active for the client on that day, in any position."""
        return any(
            payer.family is PayerFamily.MAINECARE and _active(coverage, day)
            for coverage, payer in self._by_client.get(client, ())
        )

    def secondary(self, client: str, day: dt.date) -> Payer | None:
        """The client's second payer on that day, where there is exactly one."""
        found = [
            payer
            for coverage, payer in self._by_client.get(client, ())
            if coverage.order == 2 and _active(coverage, day)
        ]
        return found[0] if len(found) == 1 else None


def _active(coverage: Coverage, day: dt.date) -> bool:
    return coverage.first <= day and (coverage.last is None or day <= coverage.last)
