"""Whether MaineCare protects a client from a charge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.mapping.rules import PayerFamily

if TYPE_CHECKING:
    from hhs_sync.facts.session import Session
    from hhs_sync.findings.situation import Situation


def guarded(at: Situation, session: Session) -> bool:
    """True where a MaineCare member may not be asked for this session: covered, and nothing explained beforehand.

    Where MaineCare is one of the session's own payers the ledger caps the copay itself; there only a person's decision
    to bill the client can go too far. Elsewhere any coverage by MaineCare on the day protects the client, also one
    that was granted back in time (MaineCare Benefits Manual I 1.05). A notice given before the service lifts it
    (I 1.06-4).
    """
    if (session.key, ResolutionKind.NOTICE_GIVEN) in at.decisions:
        return False
    charge = at.books.charged.get(session.key)
    payers = (charge.payer, charge.secondary) if charge else ()
    if any(one is not None and one.family is PayerFamily.MAINECARE for one in payers):
        return (session.key, ResolutionKind.BILL_CLIENT) in at.decisions
    return at.coverages.mainecare(session.client, session.date)
