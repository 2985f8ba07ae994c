"""Which role may do what. The table is the rule; the guard is where it is applied."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from hhs_sync.config.roles import Role


class Right(StrEnum):
    """What a route needs. The first three are about the session; all others are held practice by practice."""

    ANYONE = "anyone"
    """No session: the sign-in page, the files it needs, and QuickBooks' webhook."""
    HALF_SIGNED_IN = "half signed in"
    """The password was given, the second factor may still be missing."""
    SIGNED_IN = "signed in"
    """Whoever is signed in, whatever the role: one's own account."""

    STANDING = "standing"
    """How a practice stands, in totals; nothing about a client."""
    SEE = "see"
    """Work list, evidence, reports: data of clients, by code."""
    NOTE = "note"
    """Say something about a finding, assign it, let it wait."""
    DECIDE = "decide"
    """Decide a finding, with what follows in the books."""
    APPROVE = "approve"
    """Be the second person: write-offs above the limit, plans that wait."""
    TEACH = "teach"
    """Write rules: payers, codes, accounts."""
    UPLOAD = "upload"
    """Bring in files, and type in paper remittances."""
    UNLOCK = "unlock"
    """See clients by name, after giving the password again."""
    OPERATE = "operate"
    """See pushes, connections and the activity of the program."""
    UNDO = "undo"
    """Take back what a document or a push posted, in the books and in QuickBooks."""
    AUDIT = "audit"
    """See who did and who saw what."""

    @property
    def of_practice(self) -> bool:
        """Whether it is held for a practice, and not just by whoever is signed in."""
        return self not in {Right.ANYONE, Right.HALF_SIGNED_IN, Right.SIGNED_IN}


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.READ_ONLY: frozenset({Right.STANDING, Right.SEE}),
    Role.CLINICIAN: frozenset({Right.STANDING, Right.SEE, Right.NOTE, Right.UNLOCK}),
    Role.BILLER: frozenset({Right.STANDING, Right.SEE, Right.NOTE, Right.DECIDE, Right.UPLOAD, Right.UNLOCK}),
    Role.BOOKKEEPER: frozenset(
        {Right.STANDING, Right.SEE, Right.NOTE, Right.DECIDE, Right.UPLOAD, Right.TEACH, Right.UNLOCK, Right.OPERATE}
    ),
    Role.APPROVER: frozenset(
        {Right.STANDING, Right.SEE, Right.NOTE, Right.DECIDE, Right.APPROVE, Right.UNLOCK, Right.UNDO, Right.AUDIT}
    ),
    # Keeps the program going and needs no data of clients for it (45 CFR 164.502(b): the minimum necessary).
    Role.OPERATOR: frozenset({Right.STANDING, Right.OPERATE, Right.UNDO, Right.AUDIT}),
}


def rights_of(roles: Iterable[Role]) -> frozenset[Right]:
    """What somebody with these roles may do in one practice."""
    return frozenset[Right]().union(*(RIGHTS[role] for role in roles))
