"""What becomes of payments when the document they paid goes away or shrinks.

Product help says the payment stays as unapplied money; other descriptions say QuickBooks refuses. The setting
`paid_documents` chooses. Where the payment stays, its lines to the document go, and credits that no longer meet
anything are given back.
"""

from datetime import datetime

from hhs_sync.quickbooks.simulator.clock import stamp
from hhs_sync.quickbooks.simulator.company import Claim, Company, Link
from hhs_sync.quickbooks.simulator.kinds import KINDS
from hhs_sync.quickbooks.simulator.refusal import business_rule
from hhs_sync.quickbooks.simulator.wire import Fields, amount, cents

CREDITS = ("CreditMemo", "VendorCredit")


def release(company: Company, target: str, moment: datetime, *, to_nothing: bool = False) -> None:
    """Take back what others have applied to a document beyond what it still holds, or all of it."""
    links = [link for link in company.links.get(target, {}).values() if link.use == "pay"]
    if not links:
        return
    applied = sum(link.cents for link in links)
    excess = applied if to_nothing else -_left(company, target, links)
    if excess <= 0:
        return
    refuse_to_release(company)
    for link in reversed(links):
        off = min(excess, link.cents)
        if off:
            _let_go(company, link, target, off, moment)
            excess -= off


def refuse_to_release(company: Company) -> None:
    """Refuses to let a payment go, where the settings say so. Asked before anything is stored."""
    if company.settings.paid_documents == "refuse":
        raise business_rule("A transaction that is linked to a payment cannot be changed so; unlink the payment first.")


def _left(company: Company, target: str, links: list[Link]) -> int:
    kind = next(claim.target_kind for claim in company.claims[links[0].source] if claim.target == target)
    fields = company.tables[kind][target]
    if kind == "JournalEntry":
        whole = abs(sum(line.cents for line in company.ledger.postings.get(target, ()) if line.receivable))
    else:
        whole = cents(fields["TotalAmt"], "TotalAmt") or 0
    return whole - company.paid(target)


def _let_go(company: Company, link: Link, target: str, off: int, moment: datetime) -> None:
    """Take `off` cents from a payment's lines to the target, then give back what no longer meets anything."""
    payment = company.tables[link.source_kind][link.source]
    total = cents(payment["TotalAmt"], "TotalAmt") or 0
    kept = _shortened(payment["Line"], target, off)
    paid, used = _sums(company, kept)
    kept = _trimmed(company, kept, used - paid, of_credits=True)
    paid, used = _sums(company, kept)
    kept = _trimmed(company, kept, paid - total - used, of_credits=False)
    paid, used = _sums(company, kept)
    fields: Fields = {
        **payment,
        "Line": kept,
        "SyncToken": str(int(payment["SyncToken"]) + 1),
        "MetaData": {**payment["MetaData"], "LastUpdatedTime": stamp(moment)},
    }
    if link.source_kind == "Payment":
        fields["UnappliedAmt"] = amount(total + used - paid)
    claims: tuple[Claim, ...] = KINDS[link.source_kind].claims(fields)
    touched = company.claim(link.source_kind, link.source, claims)
    company.keep(link.source_kind, link.source, fields, moment)
    company.events.append((link.source_kind, link.source, "Update", moment))
    for kind_name, object_id in sorted(touched):
        before = company.find(kind_name, object_id)
        if before is not None:
            company.keep(kind_name, object_id, KINDS[kind_name].refreshed(company, object_id, before), moment)


def _shortened(lines: list[Fields], target: str, off: int) -> list[Fields]:
    """The lines with `off` cents taken off those that link the target."""
    kept = []
    for line in lines:
        whole = cents(line["Amount"], "Line.Amount") or 0
        if line["LinkedTxn"][0]["TxnId"] == target and off > 0:
            taken = min(whole, off)
            off -= taken
            if taken == whole:
                continue
            kept.append({**line, "Amount": amount(whole - taken)})
        else:
            kept.append(line)
    return kept


def _sums(company: Company, lines: list[Fields]) -> tuple[int, int]:
    """Cents that the lines pay, and cents of credit that they use."""
    paid = sum(cents(line["Amount"], "Line.Amount") or 0 for line in lines if not _is_credit(company, line))
    used = sum(cents(line["Amount"], "Line.Amount") or 0 for line in lines if _is_credit(company, line))
    return paid, used


def _trimmed(company: Company, lines: list[Fields], excess: int, *, of_credits: bool) -> list[Fields]:
    """The lines with `excess` cents taken off those of one sort, the last line first."""
    kept = []
    for line in reversed(lines):
        if excess > 0 and _is_credit(company, line) == of_credits:
            whole = cents(line["Amount"], "Line.Amount") or 0
            off = min(whole, excess)
            excess -= off
            if off == whole:
                continue
            kept.append({**line, "Amount": amount(whole - off)})
        else:
            kept.append(line)
    return kept[::-1]


def _is_credit(company: Company, line: Fields) -> bool:
    link = line["LinkedTxn"][0]
    if link["TxnType"] == "JournalEntry":
        return sum(line.cents for line in company.ledger.postings.get(link["TxnId"], ()) if line.receivable) < 0
    return link["TxnType"] in CREDITS
