"""What can be done about a question, as forms: which fields each decision asks for, and the answer that they make."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from hhs_sync.errors import MoneyError
from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.findings.decide import IRREVERSIBLE, REASONS, REMARKS, Answer
from hhs_sync.findings.finding import Owner
from hhs_sync.ledger.resolution import ADJUST_ACCOUNTS
from hhs_sync.mapping.accounts import PROCESSORS
from hhs_sync.money import Money, parse_money
from hhs_sync.teaching import shared_with
from hhs_sync.web.page import Page, Refusal
from hhs_sync.web.rights import Right

if TYPE_CHECKING:
    from hhs_sync.findings.finding import Finding

_R = ResolutionKind
AMOUNT, REASON, ACCOUNT, UNTIL, OWNER, SESSION = "amount", "reason", "account", "until", "owner", "session"


class Act(Struct, frozen=True, kw_only=True):
    """One decision as people see it: its letter, its words, and the fields that it asks for."""

    kind: ResolutionKind
    says: str
    does: str
    letter: str = ""
    fields: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    needs_reason: bool = False

    @property
    def name(self) -> str:
        """How forms and addresses call it."""
        return self.kind.value

    @property
    def right(self) -> Right:
        """The right that it needs."""
        if self.kind in REMARKS:
            return Right.NOTE
        if self.kind in (_R.APPROVE, _R.APPROVE_PLAN):
            return Right.APPROVE
        return Right.TEACH if self.kind is _R.MAP else Right.DECIDE

    @property
    def is_irreversible(self) -> bool:
        """Whether money leaves by it."""
        return self.kind in IRREVERSIBLE


_ACTS = (
    Act(kind=_R.ACCEPT, letter="A", says="Accept as it is", does="Looked at, and fine: say why.",
        fields=(REASON,), needs_reason=True),
    Act(kind=_R.WAIT_UNTIL, letter="W", says="Wait until", does="Asked again on that day.", fields=(UNTIL, REASON)),
    Act(kind=_R.ASSIGN, letter="O", says="Owner", does="Somebody else answers it.",
        fields=(OWNER,), choices=tuple(one.value for one in Owner)),
    Act(kind=_R.NOTE, letter="C", says="Note", does="A remark; nothing else changes.",
        fields=(REASON,), needs_reason=True),
    Act(kind=_R.WRITE_OFF, says="Write off", does="Give up so much of the client's balance as bad debt.",
        fields=(AMOUNT, SESSION, REASON), needs_reason=True),
    Act(kind=_R.ADJUST, says="Give up", does="Give up so much for another reason than bad debt.",
        fields=(AMOUNT, ACCOUNT, SESSION, REASON), choices=tuple(ADJUST_ACCOUNTS), needs_reason=True),
    Act(kind=_R.BILL_CLIENT, says="Bill the client", does="The client owes what the payer leaves, less a discount.",
        fields=(AMOUNT, SESSION, REASON)),
    Act(kind=_R.SET_REASON, letter="R", says="Set reason", does="What the payer's adjustment is.",
        fields=(ACCOUNT,), choices=REASONS),
    Act(kind=_R.VIRTUAL_CARD, says="Virtual card", does="It was paid by a virtual card.",
        fields=(ACCOUNT,), choices=tuple(PROCESSORS)),
    Act(kind=_R.PAY_PAYER_BACK, says="Pay the payer back", does="A check for so much has gone back to the payer.",
        fields=(AMOUNT, SESSION, REASON), needs_reason=True),
    Act(kind=_R.UNCLAIMED, says="Unclaimed property", does="What is left of the payment is owed to the State.",
        fields=(REASON,), needs_reason=True),
    Act(kind=_R.DO_NOT_BILL, says="Do not bill", does="The session is not to be billed.",
        fields=(SESSION, REASON), needs_reason=True),
    Act(kind=_R.CANCEL_CHARGE, says="Cancel the charge", does="The charge never was.",
        fields=(SESSION, REASON), needs_reason=True),
    Act(kind=_R.OLD_SYSTEM, says="Old system", does="It belongs to the system before; an account moves its money.",
        fields=(ACCOUNT, REASON)),
    Act(kind=_R.NOT_A_REPEAT, says="No repeat", does="It is a payment of its own, and is posted.",
        fields=(REASON,), needs_reason=True),
    Act(kind=_R.NOTICE_GIVEN, says="Notice was given", does="The client was told beforehand that it is not covered.",
        fields=(SESSION, REASON), needs_reason=True),
    Act(kind=_R.RESTORE_EDIT, says="Restore ours", does="Write our version over what stands in QuickBooks."),
    Act(kind=_R.ADOPT_EDIT, says="Adopt theirs", does="What was changed in QuickBooks stands: say why.",
        fields=(REASON,), needs_reason=True),
    Act(kind=_R.APPROVE, letter="A", says="Approve", does="As second person: what was proposed may be done.",
        fields=(REASON,)),
    Act(kind=_R.APPROVE_PLAN, letter="A", says="Approve the plan", does="The plan that waits may be carried out.",
        fields=(REASON,)),
    Act(kind=_R.MAP, letter="M", says="Map", does="Write the rule once; everything that waits for it runs again."),
)  # fmt: skip
ACTS: Mapping[str, Act] = {one.name: one for one in _ACTS}


def right_to(kind: ResolutionKind) -> Right:
    """The right that a kind of decision needs, and its taking back."""
    return ACTS[kind.value].right if kind.value in ACTS else Right.DECIDE


def check_shared(page: Page) -> None:
    """Who teaches a rule must be allowed to in every practice that shares the mappings."""
    if not all(page.may(Right.TEACH, one) for one in shared_with(page.desk)):
        raise Refusal(403, "These mappings are shared with a practice in which your role may not teach rules.")


def acts_for(page: Page, finding: Finding) -> list[Act]:
    """What this user may do about a finding, its own answers first; a match is chosen by its suggestion or by finding.

    Who proposed what waits for a second person is not shown how to approve it.
    """
    own = [ACTS[kind.value] for kind in finding.answers if kind.value in ACTS]
    return [one for one in own if page.may(one.right)]


def answer_of(page: Page, finding: Finding, act: Act, today: dt.date) -> Answer:
    """The answer that a filled-in form makes. Raises Refusal where a field cannot be read."""
    said = {name: page.text(name) for name in (AMOUNT, REASON, ACCOUNT, UNTIL, OWNER, SESSION)}
    if act.needs_reason and not said[REASON]:
        raise Refusal(422, f"{act.says}: say why, in a few words.")
    session = said[SESSION] or None
    return Answer(
        kind=act.kind,
        amount=money_of(said[AMOUNT]) if AMOUNT in act.fields and said[AMOUNT] else None,
        account=said[ACCOUNT] or None,
        until=day_of(said[UNTIL], today) if UNTIL in act.fields else None,
        owner=said[OWNER] or None,
        reason=said[REASON],
        session=session if session in finding.sessions else None,
    )


def money_of(text: str) -> Money:
    """The cents of an amount as people write it."""
    try:
        return parse_money(text)
    except MoneyError as error:
        raise Refusal(422, f"{text!r} is no amount: {error}. Write 1,234.50.") from None


def day_of(text: str, today: dt.date) -> dt.date:
    """A day: t for tomorrow, f for the next Friday, m for the end of the month, or a date."""
    short = text.strip().lower()
    if short in {"t", "tomorrow"}:
        return today + dt.timedelta(days=1)
    if short in {"f", "friday"}:
        return today + dt.timedelta(days=(4 - today.weekday()) % 7 or 7)
    if short in {"m", "month"}:
        end = (today.replace(day=1) + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
        return end if end > today else (end + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
    try:
        return dt.date.fromisoformat(short)
    except ValueError:
        raise Refusal(422, "Write t (tomorrow), f (Friday), m (end of the month), or a date like 2026-11-24.") from None
