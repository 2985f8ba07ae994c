"""What QuickBooks shows, in our words: an object's JSON becomes a `PostedEntry`.

An object says more than matters. What matters is date, customer, total, lines, links and whether it still bears our
mark: these make the digest by which a hand edit is seen. Left out are the things that QuickBooks itself changes as
others pay, deposit or count an entry (balance, linked transactions, sync token, times), the subtotal line it adds, line
numbers, and texts. Ids count, names do not: a renamed account is still the same account.

Amounts arrive as numbers with or without decimals, or as texts; all become cents. Effects are signed as in the
sub-ledger, debits positive, by account number.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from hhs_sync.money import Money, format_money, parse_money
from hhs_sync.plan.changes import PostedEntry
from hhs_sync.plan.content import Content, ContentLine
from hhs_sync.plan.desired import QuickBooksKind
from hhs_sync.plan.references import find_mark, is_reference
from hhs_sync.quickbooks.catalog import Catalog, Fields

LINE_DETAILS = (
    "SalesItemLineDetail",
    "DepositLineDetail",
    "AccountBasedExpenseLineDetail",
    "JournalEntryLineDetail",
    "ItemBasedExpenseLineDetail",
    "DiscountLineDetail",
)


def posted_entry(kind: QuickBooksKind, fields: Fields, catalog: Catalog) -> PostedEntry:
    """What an object of QuickBooks is to us. A stub of a deleted one says nothing but that."""
    quickbooks_id = str(fields["Id"])
    reference = reference_of(fields)
    if fields.get("status") == "Deleted":
        return PostedEntry(
            kind=kind, quickbooks_id=quickbooks_id, sync_token="", reference=reference, date=None, amount=0, digest="",
            deleted=True, summary=f"{kind.value} {quickbooks_id}: deleted",
        )  # fmt: skip
    amount = total_of(kind, fields)
    effects = _effects(kind, fields, catalog)
    date = _date(fields)
    customer = _customer_name(kind, fields, catalog)
    content = content_digest(kind, fields, catalog)
    return PostedEntry(
        kind=kind,
        quickbooks_id=quickbooks_id,
        sync_token=str(fields.get("SyncToken", "0")),
        reference=reference,
        date=date,
        amount=amount,
        digest=digest_of(kind, fields),
        content_digest=content,
        voided=is_voided(fields, amount),
        customer=customer,
        effects=effects,
        summary=_summary(kind, fields, date, amount, effects),
    )


def digest_of(kind: QuickBooksKind, fields: Fields) -> str:
    """Name what matters of an object, so that a change by hand is seen and QuickBooks' own bookkeeping is not.

    What we send names the same as what QuickBooks makes of it. Where no money moves, the account that it does not move
    to is of no matter: QuickBooks fills one in.
    """
    if kind is QuickBooksKind.CUSTOMER:
        matters: list[Any] = [
            fields.get("DisplayName"), _id(fields, "ParentRef"), fields.get("Active") is not False,
        ]  # fmt: skip
    else:
        total = total_of(kind, fields)
        matters = [
            str(fields.get("TxnDate") or ""),
            _id(fields, "CustomerRef"),
            total,
            (_id(fields, "DepositToAccountRef") or _id(fields, "ToAccountRef")) if total else "",
            _id(fields, "AccountRef") or _id(fields, "FromAccountRef"),
            sorted(_line_matters(line) for line in _lines(fields)),
            reference_of(fields) or "",
        ]
    return hashlib.sha256(_encoder.encode([kind.value, *matters])).hexdigest()


def content_digest(kind: QuickBooksKind, fields: Fields, catalog: Catalog) -> str:
    """The name of what an object does, comparable with `content_of` a wish; "" where it can't be compared.

    It can't where the company does not track classes by line, for a wish names the class all the same.
    """
    if kind is QuickBooksKind.CUSTOMER or not catalog.preferences.classes_on_lines:
        return ""
    amount = total_of(kind, fields)
    moved = amount != 0
    lines: list[ContentLine] = []
    links: list[tuple[str, Money]] = []
    for line in _lines(fields):
        cents = _cents(line.get("Amount"))
        if line.get("LinkedTxn"):
            links.extend(
                (catalog.references.get((str(link.get("TxnType")), str(link.get("TxnId"))), ""), cents)
                for link in line["LinkedTxn"]
            )
            continue
        detail = _detail(line)
        account = _id(detail, "AccountRef") or _sold_to(detail, catalog)
        signed = -cents if detail.get("PostingType") == "Credit" else cents
        entity = _entity(detail)
        lines.append(
            ContentLine(
                catalog.number(account),
                signed,
                catalog.name("Class", _id(detail, "ClassRef")),
                catalog.name("Customer", entity) if entity else "",
            )
        )
    deposit_to = _id(fields, "DepositToAccountRef") or _id(fields, "ToAccountRef")
    paid_from = _id(fields, "FromAccountRef") or (_id(fields, "AccountRef") if kind is QuickBooksKind.PURCHASE else "")
    return Content(
        kind=kind,
        date=_date(fields),
        customer=catalog.name("Customer", _id(fields, "CustomerRef")),
        amount=amount,
        deposit_to=catalog.number(deposit_to) if moved and deposit_to else "",
        paid_from=catalog.number(paid_from) if moved and paid_from else "",
        lines=tuple(sorted(lines)),
        links=tuple(sorted(links)),
    ).digest()


def reference_of(fields: Fields) -> str | None:
    """Our mark on an object: in its note, searched for since a void writes in front of it, else its number."""
    number = number_of(fields)
    return find_mark(fields.get("PrivateNote") or fields.get("Notes")) or (number if is_reference(number) else None)


def is_voided(fields: Fields, amount: Money) -> bool:
    """Whether an object was voided: nothing is left of it, and the note says so."""
    return amount == 0 and str(fields.get("PrivateNote") or "").startswith("Voided")


def total_of(kind: QuickBooksKind, fields: Fields) -> Money:
    """An object's total in cents, which a body that we send may leave to its lines; of a journal entry its debits."""
    if kind is QuickBooksKind.CUSTOMER:
        return 0
    if kind is QuickBooksKind.JOURNAL_ENTRY:
        return sum(_cents(line.get("Amount")) for line in _lines(fields) if _detail(line).get("PostingType") == "Debit")
    if kind is QuickBooksKind.TRANSFER:
        return _cents(fields.get("Amount"))
    if "TotalAmt" in fields:
        return _cents(fields["TotalAmt"])
    return sum(_cents(line.get("Amount")) for line in _lines(fields))


def number_of(fields: Fields) -> str:
    """The number a person sees on an entry."""
    return str(fields.get("DocNumber") or fields.get("PaymentRefNum") or "")


def _effects(kind: QuickBooksKind, fields: Fields, catalog: Catalog) -> tuple[tuple[str, Money], ...]:
    """What an entry does to QuickBooks' accounts: number and cents, debits positive, zeros left out."""
    sums: Counter[str] = Counter()
    for account, cents in _EFFECTS.get(kind, _no_effects)(fields, catalog):
        sums[catalog.number(account)] += cents
    return tuple(sorted((number, cents) for number, cents in sums.items() if cents))


def _invoice_effects(fields: Fields, catalog: Catalog) -> Iterator[tuple[str, Money]]:
    yield _id(fields, "ARAccountRef") or catalog.receivable_account(), _cents(fields.get("TotalAmt"))
    yield from _sold(fields, catalog)


def _credit_memo_effects(fields: Fields, catalog: Catalog) -> Iterator[tuple[str, Money]]:
    return ((account, -cents) for account, cents in _invoice_effects(fields, catalog))


def _sales_receipt_effects(fields: Fields, catalog: Catalog) -> Iterator[tuple[str, Money]]:
    yield _id(fields, "DepositToAccountRef") or catalog.undeposited_account(), _cents(fields.get("TotalAmt"))
    yield from _sold(fields, catalog)


def _sold(fields: Fields, catalog: Catalog) -> Iterator[tuple[str, Money]]:
    """The other side of a sales form: each line on its item's account, a discount on its own, and sales tax."""
    for line in _lines(fields):
        detail = _detail(line)
        if line.get("DetailType") == "DiscountLineDetail":
            yield _id(detail, "DiscountAccountRef"), _cents(line.get("Amount"))
        else:
            yield _sold_to(detail, catalog), -_cents(line.get("Amount"))
    tax = _cents((fields.get("TxnTaxDetail") or {}).get("TotalTax"))
    if tax:
        yield "sales tax", -tax


def _payment_effects(fields: Fields, catalog: Catalog) -> Iterator[tuple[str, Money]]:
    cents = _cents(fields.get("TotalAmt"))
    yield _id(fields, "DepositToAccountRef") or catalog.undeposited_account(), cents
    yield _id(fields, "ARAccountRef") or catalog.receivable_account(), -cents


def _deposit_effects(fields: Fields, catalog: Catalog) -> Iterator[tuple[str, Money]]:
    yield _id(fields, "DepositToAccountRef"), _cents(fields.get("TotalAmt"))
    for line in _lines(fields):
        account = _id(_detail(line), "AccountRef")
        if line.get("LinkedTxn"):
            account = catalog.undeposited_account()
        yield account, -_cents(line.get("Amount"))
    back = fields.get("CashBack") or {}
    if back:
        yield _id(back, "AccountRef"), _cents(back.get("Amount"))


def _transfer_effects(fields: Fields, catalog: Catalog) -> Iterator[tuple[str, Money]]:
    del catalog
    yield _id(fields, "ToAccountRef"), _cents(fields.get("Amount"))
    yield _id(fields, "FromAccountRef"), -_cents(fields.get("Amount"))


def _purchase_effects(fields: Fields, catalog: Catalog) -> Iterator[tuple[str, Money]]:
    sign = -1 if fields.get("Credit") is True else 1
    yield _id(fields, "AccountRef"), -sign * _cents(fields.get("TotalAmt"))
    for line in _lines(fields):
        detail = _detail(line)
        yield _id(detail, "AccountRef") or _sold_to(detail, catalog), sign * _cents(line.get("Amount"))


def _journal_entry_effects(fields: Fields, catalog: Catalog) -> Iterator[tuple[str, Money]]:
    del catalog
    for line in _lines(fields):
        detail = _detail(line)
        if detail:
            sign = 1 if detail.get("PostingType") == "Debit" else -1
            yield _id(detail, "AccountRef"), sign * _cents(line.get("Amount"))


def _no_effects(fields: Fields, catalog: Catalog) -> Iterator[tuple[str, Money]]:
    del fields, catalog
    return iter(())


_EFFECTS: dict[QuickBooksKind, Callable[[Fields, Catalog], Iterator[tuple[str, Money]]]] = {
    QuickBooksKind.INVOICE: _invoice_effects,
    QuickBooksKind.CREDIT_MEMO: _credit_memo_effects,
    QuickBooksKind.SALES_RECEIPT: _sales_receipt_effects,
    QuickBooksKind.PAYMENT: _payment_effects,
    QuickBooksKind.DEPOSIT: _deposit_effects,
    QuickBooksKind.TRANSFER: _transfer_effects,
    QuickBooksKind.PURCHASE: _purchase_effects,
    QuickBooksKind.JOURNAL_ENTRY: _journal_entry_effects,
}


def _lines(fields: Fields) -> Iterator[Fields]:
    """An object's lines, without the subtotal that QuickBooks adds and without lines that are mere text."""
    for line in fields.get("Line") or ():
        if line.get("DetailType") not in ("SubTotalLineDetail", "DescriptionOnly"):
            yield line


def _line_matters(line: Fields) -> list[Any]:
    """What matters of a line: amount, account or item, class, side, whose it is, what it links."""
    detail = _detail(line)
    return [
        _cents(line.get("Amount")),
        _id(detail, "AccountRef") or _id(detail, "ItemRef") or _id(detail, "DiscountAccountRef"),
        _id(detail, "ClassRef"),
        str(detail.get("PostingType") or ""),
        _entity(detail),
        sorted([str(link.get("TxnType")), str(link.get("TxnId"))] for link in line.get("LinkedTxn") or ()),
    ]


def _detail(line: Fields) -> Fields:
    """The part of a line that says what it is about."""
    for name in LINE_DETAILS:
        detail = line.get(name)
        if isinstance(detail, Mapping):
            return detail
    return {}


def _entity(detail: Fields) -> str:
    """The id of whom a line concerns: a deposit's or journal line's entity, an expense's customer."""
    entity = detail.get("Entity")
    if isinstance(entity, Mapping):
        return _id(entity, "EntityRef") or str(entity.get("value") or "")
    return _id(detail, "CustomerRef")


def _sold_to(detail: Fields, catalog: Catalog) -> str:
    """The id of the account a sales line reaches: what stands on the line, else the item's."""
    return _id(detail, "ItemAccountRef") or catalog.account_of_item(_id(detail, "ItemRef"))


def _customer_name(kind: QuickBooksKind, fields: Fields, catalog: Catalog) -> str:
    if kind is QuickBooksKind.CUSTOMER:
        return str(fields.get("DisplayName") or "")
    return catalog.name("Customer", _id(fields, "CustomerRef"))


def _summary(
    kind: QuickBooksKind,
    fields: Fields,
    date: dt.date | None,
    amount: Money,
    effects: tuple[tuple[str, Money], ...],
) -> str:
    """A line for a person who compares two versions: kind, number, date, total, accounts."""
    if kind is QuickBooksKind.CUSTOMER:
        return f"Customer {fields.get('DisplayName')}" + (", inactive" if fields.get("Active") is False else "")
    parts = [kind.value]
    if number_of(fields):
        parts.append(number_of(fields))
    parts.append(f"of {date.isoformat()}," if date else "without date,")
    parts.append(format_money(amount))
    accounts = ", ".join(f"{number} {format_money(cents)}" for number, cents in effects)
    return " ".join(parts) + (f": {accounts}" if accounts else "") + (" (voided)" if is_voided(fields, amount) else "")


def _date(fields: Fields) -> dt.date | None:
    said = fields.get("TxnDate")
    return dt.date.fromisoformat(str(said)[:10]) if said else None


def _id(fields: Fields, name: str) -> str:
    """The id in a reference; "" when there is none."""
    reference = fields.get(name)
    if isinstance(reference, Mapping):
        return str(reference.get("value") or "")
    return ""


def _cents(value: object) -> Money:
    """An amount in cents, however it is written: 150, 100.1, "100.10". Nothing is 0."""
    if value is None or value == "":
        return 0
    if isinstance(value, int) and not isinstance(value, bool):
        return value * 100
    if isinstance(value, Decimal):
        return int((value * 100).to_integral_value())
    if isinstance(value, float):
        return int((Decimal(repr(value)) * 100).to_integral_value())
    return parse_money(str(value))


_encoder = msgspec.json.Encoder()
