"""What a decision about a finding must be about.

People decide about a finding; the ledger and the plan read decisions about facts. Which fact that is follows from the
kind of decision:

    the finding itself         wait, accept, assign, note, reopen
    a session                  write off, adjust, bill the client, cancel, do not bill, notice given, pay the payer back
    the claim payment          set reason
    the finding's subject      choose a match, old system, virtual card, approve
    the entry in QuickBooks    restore or adopt an edit
    the plan's digest          approve the plan
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hhs_sync.facts.resolution import ResolutionKind

if TYPE_CHECKING:
    from hhs_sync.facts.document import FactKey
    from hhs_sync.findings.finding import Finding

ABOUT_FINDING = frozenset(
    {
        ResolutionKind.WAIT_UNTIL,
        ResolutionKind.ACCEPT,
        ResolutionKind.ASSIGN,
        ResolutionKind.NOTE,
        ResolutionKind.REOPEN,
    }
)
ABOUT_SESSION = frozenset(
    {
        ResolutionKind.WRITE_OFF,
        ResolutionKind.ADJUST,
        ResolutionKind.BILL_CLIENT,
        ResolutionKind.CANCEL_CHARGE,
        ResolutionKind.DO_NOT_BILL,
        ResolutionKind.NOTICE_GIVEN,
        ResolutionKind.PAY_PAYER_BACK,
    }
)
ABOUT_ENTRY = frozenset({ResolutionKind.RESTORE_EDIT, ResolutionKind.ADOPT_EDIT})
ABOUT_EVIDENCE = frozenset({ResolutionKind.UNCLAIMED})


def subject_of(kind: ResolutionKind, finding: Finding, session: FactKey | None = None) -> str:
    """The subject of a decision about a finding. Raises ValueError, with what to do, when there is none or several."""
    if kind in ABOUT_FINDING:
        return finding.key
    if kind in ABOUT_SESSION:
        return _session(kind, finding, session)
    if kind in ABOUT_EVIDENCE:
        if len(finding.evidence) != 1:
            raise ValueError(f"{len(finding.evidence)} payments stand behind {finding.code}: decide about each alone")
        return finding.evidence[0].fact
    if kind is ResolutionKind.APPROVE_PLAN:
        if not finding.candidates:
            raise ValueError(f"{finding.code} is not about a plan that waits for approval")
        return finding.candidates[0].targets[0]
    if kind in ABOUT_ENTRY:
        return finding.subject.removeprefix("entry/")
    return finding.subject.partition(">")[0]


def _session(kind: ResolutionKind, finding: Finding, session: FactKey | None) -> FactKey:
    if session is not None:
        if session not in finding.sessions:
            raise ValueError(f"{finding.code} is not about that session")
        return session
    if len(finding.sessions) == 1:
        return finding.sessions[0]
    word = kind.value.replace("_", " ")
    if not finding.sessions:
        raise ValueError(f"{finding.code} concerns no session: “{word}” needs one")
    raise ValueError(f"{finding.code} concerns {len(finding.sessions)} sessions: say for which one to {word}")
