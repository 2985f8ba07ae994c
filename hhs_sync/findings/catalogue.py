"""The forty-five questions: what each is called, how pressing it is, who answers it, and what makes it go away.

This is the table that every check writes its rows from. A check may raise the severity or name another owner where
its own rule says so (a claim near its deadline, an adjustment of the whole charge). The words are for a bookkeeper.

    group   SRC what came in     BIL billing     REM remittances    MAT matching     PAY paid otherwise than expected
            DEN denials          CLI clients     DEP bank           QBO QuickBooks   CMP law and privacy
"""

from __future__ import annotations

from msgspec import Struct

from hhs_sync.facts.resolution import ResolutionKind
from hhs_sync.findings.finding import Effect, Owner, Severity

CRITICAL, HIGH, MEDIUM, LOW = Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW
HOLD, SUSPENSE, NONE = Effect.HOLD, Effect.SUSPENSE, Effect.NONE
BOOKKEEPER, BILLER, OPERATOR = Owner.BOOKKEEPER, Owner.BILLER, Owner.OPERATOR
_R = ResolutionKind

GROUPS = {
    "SRC": "What came in",
    "BIL": "Billing",
    "REM": "Remittances",
    "MAT": "Matching",
    "PAY": "Paid otherwise than expected",
    "DEN": "Denials",
    "CLI": "Clients",
    "DEP": "Bank",
    "QBO": "QuickBooks",
    "CMP": "Law and privacy",
}


class Question(Struct, frozen=True, gc=False):
    """One code: the defaults of its findings."""

    code: str
    title: str
    severity: Severity
    effect: Effect
    owner: Owner
    action: str
    clears_when: str
    answers: tuple[ResolutionKind, ...] = ()


_ALWAYS = (_R.WAIT_UNTIL, _R.ASSIGN, _R.NOTE, _R.ACCEPT)

_QUESTIONS = (
    # --- what came in
    Question("SRC-01", "A session lacks something needed to bill it", MEDIUM, HOLD, Owner.CLINICIAN,
             "Open the session in the practice system and fill in what is missing.",
             "the next export carries the field", (_R.DO_NOT_BILL,)),
    Question("SRC-02", "The same session came in twice", MEDIUM, HOLD, BILLER,
             "If one is too many, delete it in the practice system or mark it not to be billed; else accept.",
             "one of the two leaves the export", (_R.DO_NOT_BILL,)),
    Question("SRC-03", "A session changed or vanished after it was billed or posted", HIGH, HOLD, BILLER,
             "Find out what is right: correct the claim, or undo the change in the practice system.",
             "the practice system shows again what was billed, or the change is let through"),
    Question("SRC-04", "A payer, clinician, client or rate is not set up", MEDIUM, HOLD, BOOKKEEPER,
             "Add it to the mappings once; everything that waits for it runs again by itself.",
             "the mapping knows the name", (_R.MAP,)),
    Question("SRC-05", "A file is late, missing or cannot be read", HIGH, HOLD, OPERATOR,
             "Fetch the file again and compare it with the portal; never mend a file by hand.",
             "the whole file was read"),
    # --- billing
    Question("BIL-01", "Completed session not billed", MEDIUM, NONE, BILLER,
             "Bill it, or say that it is not to be billed, and why.",
             "a claim or a charge shows up", (_R.DO_NOT_BILL, _R.BILL_CLIENT)),
    Question("BIL-02", "Claim was rejected, or nobody acknowledged it", HIGH, NONE, BILLER,
             "Mend the claim and send it again: a rejected claim never reached the payer.",
             "an acknowledgement accepts the claim", (_R.BILL_CLIENT, _R.ADJUST)),
    Question("BIL-03", "The filing deadline is near or past", HIGH, NONE, BILLER,
             "Send the claim today; when the date is past, look for proof that it was filed in time.",
             "the claim is accepted before the date", (_R.DO_NOT_BILL, _R.ADJUST)),
    Question("BIL-04", "Payer has not answered", MEDIUM, NONE, BILLER,
             "Ask the payer for the state of the claim and note the call's reference.",
             "a remittance names the claim", (_R.BILL_CLIENT, _R.ADJUST)),
    Question("BIL-05", "Second insurance not billed", MEDIUM, HOLD, BILLER,
             "Send the claim to the second payer together with the first one's explanation.",
             "the second claim goes out, or the coverage turns out to have ended", (_R.BILL_CLIENT,)),
    # --- remittances
    Question("REM-01", "Remittance does not add up", Severity.CRITICAL, HOLD, BOOKKEEPER,
             "Compare it with the payer's printout and ask for a corrected file; never plug the difference.",
             "a file that adds up takes its place", (_R.OLD_SYSTEM,)),
    Question("REM-02", "We already have this remittance", HIGH, HOLD, BOOKKEEPER,
             "Look at both side by side; if it truly is a second payment, say that it is no repeat.",
             "the content is exactly the same: then at once", (_R.NOT_A_REPEAT, _R.OLD_SYSTEM)),
    Question("REM-03", "Payer added or kept money that no claim explains", HIGH, SUSPENSE, BOOKKEEPER,
             "Read the reference, call the payer, then say what it is: takeback, interest, tax or other.",
             "a reversal of the same amount names the claim"),
    Question("REM-04", "Remittance belongs to someone else", Severity.CRITICAL, HOLD, BOOKKEEPER,
             "Find whose it is and send it back; treat it as a privacy incident if it came from outside.",
             "the payee's number is added to this practice", (_R.OLD_SYSTEM,)),
    # --- matching
    Question("MAT-01", "Paid claim matches no session, or more than one", HIGH, SUSPENSE, BOOKKEEPER,
             "Choose the session it pays; if it was billed elsewhere, mark it as the old system's.",
             "exactly one session answers to it", (_R.CHOOSE_MATCH, _R.OLD_SYSTEM)),
    Question("MAT-02", "Payer changed the charge, code, modifier or units", MEDIUM, HOLD, BILLER,
             "If the change is harmless, accept it; otherwise dispute it like an underpayment.",
             "it is accepted, or a corrected answer comes", (_R.SET_REASON,)),
    Question("MAT-03", "Client payment has no home", MEDIUM, SUSPENSE, BOOKKEEPER,
             "Choose the client or the session that it pays, or leave it as the client's credit.",
             "one open item of that client and amount turns up", (_R.CHOOSE_MATCH,)),
    # --- paid otherwise than expected
    Question("PAY-01", "Paid less than the contract", MEDIUM, NONE, BILLER,
             "Check rate, modifier and the clinician's level, then send it to the payer with the others of this month.",
             "the payer pays up to the rate, or the rate is corrected"),
    Question("PAY-02", "Paid too much, or paid twice", HIGH, SUSPENSE, BOOKKEEPER,
             "Do not keep it: send it back, or wait for the payer to take it.",
             "the payer takes that amount back, or a refund of it goes out", (_R.PAY_PAYER_BACK,)),
    Question("PAY-03", "Payer took money back", HIGH, SUSPENSE, BILLER,
             "Read the reason, then bill again, bill the right payer, or contest it.",
             "what was taken is settled and the claim is decided", (_R.BILL_CLIENT, _R.ADJUST)),
    Question("PAY-04", "Adjustment needs a decision", MEDIUM, HOLD, BOOKKEEPER,
             "Say what it is: contractual, denied, the client's share, or given up.",
             "a rule or a decision says what it is", (_R.SET_REASON, _R.MAP, _R.ADJUST)),
    Question("PAY-05", "Interest is due to us", LOW, NONE, BILLER,
             "Ask the carrier for it: a clean claim that waits more than 30 days bears 1.5 % a month in Maine.",
             "an interest line arrives"),
    # --- denials
    Question("DEN-01", "Denied – we can mend and resend it", HIGH, NONE, BILLER,
             "Mend what the reason names and send it as a corrected claim.",
             "a later remittance pays it or denies it for good", (_R.BILL_CLIENT, _R.ADJUST)),
    Question("DEN-02", "Denied – coverage or other insurance", HIGH, NONE, BILLER,
             "Check eligibility again, bill the right payer, or ask the client.",
             "some payer pays it, or it is decided that the client owes it", (_R.BILL_CLIENT, _R.ADJUST)),
    Question("DEN-03", "Denied – authorisation, necessity or benefit limit", HIGH, NONE, BILLER,
             "Appeal with the clinician's notes before the payer's appeal date.",
             "a remittance answers the appeal", (_R.BILL_CLIENT, _R.ADJUST)),
    Question("DEN-04", "Denied – late, or already processed", HIGH, NONE, BILLER,
             "Late: look for proof of filing, else give it up with approval. Duplicate: find the first answer.",
             "the first claim turns out paid, or an approved adjustment closes it", (_R.ADJUST,)),
    # --- clients
    Question("CLI-01", "Collected at the visit is not what the client owes", LOW, NONE, BOOKKEEPER,
             "Bill the rest, keep the extra for the next visit, or give it back.",
             "the client's balance for the visit is zero", (_R.WRITE_OFF,)),
    Question("CLI-02", "Client balance overdue: the next step is due", MEDIUM, NONE, BILLER,
             "Take the next step, and look at what speaks against it first.",
             "it is paid, a plan is kept, or an approved write-off closes it", (_R.WRITE_OFF,)),
    Question("CLI-03", "We owe the client money", MEDIUM, NONE, BOOKKEEPER,
             "Give it back (approval), or use it for what the client owes if the client agrees.",
             "the credit is used or given back", (_R.CHOOSE_MATCH, _R.UNCLAIMED)),
    Question("CLI-04", "Write-off or discount waits for approval", MEDIUM, HOLD, Owner.APPROVER,
             "Approve, change or refuse it; whoever proposed it cannot approve it.",
             "a second person decides", (_R.APPROVE,)),
    Question("CLI-05", "Card payment disputed, or a check came back", HIGH, NONE, BOOKKEEPER,
             "Answer the dispute by its date without clinical detail, or ask the client for another payment.",
             "the client pays again, or the dispute is won", (_R.WRITE_OFF,)),
    # --- bank
    Question("DEP-01", "Remittance received, money is not at the bank", HIGH, NONE, BOOKKEEPER,
             "Look for a combined deposit, another account, a card or a check in the mail; then have it traced.",
             "a bank line of this amount, or a sum that proves it, shows up", (_R.VIRTUAL_CARD,)),
    Question("DEP-02", "Money at the bank, no remittance", HIGH, SUSPENSE, BOOKKEEPER,
             "Download the remittance from the portal, ask for the trace, or type in the paper explanation.",
             "a remittance with this trace or amount arrives", (_R.CHOOSE_MATCH, _R.OLD_SYSTEM)),
    Question("DEP-03", "Bank amount and remittance differ", Severity.CRITICAL, HOLD, BOOKKEEPER,
             "Pick what makes up the bank line; if the payment came in several, say so on each. Or find the fee.",
             "one combination alone adds up", (_R.CHOOSE_MATCH,)),
    Question("DEP-04", "Card payout or year-end cut-off does not tie", HIGH, HOLD, BOOKKEEPER,
             "Compare with the processor's report; what straddles the year is the accountant's choice.",
             "the items add up to the payout, or the choice is recorded"),
    # --- QuickBooks
    Question("QBO-01", "The month is closed in QuickBooks", HIGH, HOLD, BOOKKEEPER,
             "Close the month here through the same day (hhs-sync close): what QuickBooks lacks is then posted on the "
             "next one, as a correction. Or ask the accountant to open the month.",
             "it is posted"),
    Question("QBO-02", "We do not know whether QuickBooks saved it", HIGH, HOLD, OPERATOR,
             "Wait: the program looks for the entry before it tries again.",
             "the entry is found, or proved absent and posted"),
    Question("QBO-03", "Someone changed or deleted our entry in QuickBooks", HIGH, HOLD, BOOKKEEPER,
             "Look at both versions; restore ours, or let theirs stand and say why.",
             "both agree again", (_R.RESTORE_EDIT, _R.ADOPT_EDIT)),
    Question("QBO-04", "QuickBooks is not ready", HIGH, HOLD, OPERATOR,
             "Mend the one thing that is named; what waits goes out with the next turn.",
             "the check passes"),
    Question("QBO-05", "Totals do not tie, or an entry is there twice", Severity.CRITICAL, HOLD, BOOKKEEPER,
             "Open the control and find the entry; in the bank feed choose Match, never Add.",
             "the difference is 0.00"),
    # --- law and privacy
    Question("CMP-01", "A MaineCare member is about to be billed, or was", Severity.CRITICAL, HOLD, BILLER,
             "Take the charge out, or give the money back; only what was explained beforehand may be charged.",
             "the charge is gone, or the written notice is on file",
             (_R.NOTICE_GIVEN, _R.DO_NOT_BILL, _R.CANCEL_CHARGE)),
    Question("CMP-02", "Client information was about to leave for QuickBooks", Severity.CRITICAL, HOLD, OPERATOR,
             "Mend the mapping or the text, log it as a near miss, and look for earlier leaks.",
             "the text is clean"),
    Question("CMP-03", "Government overpayment clock is running", HIGH, NONE, BILLER,
             "Report it and give it back within 60 days of finding it.",
             "the takeback or the refund is in the books"),
    Question("CMP-04", "MaineCare deadline or order of payers", HIGH, NONE, BILLER,
             "File the adjustment request in time; bill the other insurer first.",
             "the request is answered, or the first payer's answer is on file"),
    Question("CMP-05", "Stop before collecting", HIGH, HOLD, BILLER,
             "Clear what speaks against it, or choose another step; nothing is ever told to a credit bureau.",
             "the reason to stop is gone"),
)  # fmt: skip

QUESTIONS: dict[str, Question] = {one.code: one for one in _QUESTIONS}
"""Every question by its code, in the order in which causes come before effects."""


def answers_to(code: str, own: tuple[ResolutionKind, ...] | None = None) -> tuple[ResolutionKind, ...]:
    """The decisions that make sense for a code: its own first (those given, if any), then those that fit any."""
    return (QUESTIONS[code].answers if own is None else own) + _ALWAYS
