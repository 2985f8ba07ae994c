"""The scenes that cassettes hold: what the client asks of QuickBooks, from the first look to the last refusal.

They are played in order on one stage. Each returns what the client made of the answers, so that a recording that is
played back can be compared with the simulator as it is now. `scripts/record_cassettes.py` records them, against the
simulator or against an Intuit sandbox.
"""

import datetime as dt
import itertools

import msgspec

from hhs_sync.errors import NotConnectedError, QuickBooksError, QuickBooksRefusedError
from hhs_sync.mapping.accounts import Account
from hhs_sync.plan.desired import CustomerName, DesiredEntry, DesiredLine, DesiredLink, QuickBooksKind
from hhs_sync.plan.references import References
from hhs_sync.quickbooks import faults
from hhs_sync.quickbooks.catalog import LISTS, Catalog, Preferences
from hhs_sync.quickbooks.client import BatchItem, QuickBooksClient
from hhs_sync.quickbooks.entities import body_of, object_for, zeroed
from hhs_sync.quickbooks.posted import posted_entry
from hhs_sync.quickbooks.refresh import ASKED, KEPT
from hhs_sync.quickbooks.sending import VOID_PARAMETERS
from hhs_sync.quickbooks.setup import MAKERS, plan_setup
from hhs_sync.quickbooks.tokens import TimedAuthClient
from tests.quickbooks.office import rules_of

DAY = dt.date(2026, 11, 15)


class Stage:
    """A client, a company's lists, and the entries made so far. `run` tells recordings apart: ids are never reused."""

    def __init__(self, client: QuickBooksClient, app, refresh_token: str, run: str) -> None:
        self.client = client
        self.app = app
        self.refresh_token = refresh_token
        self.rules = rules_of()
        self.catalog = Catalog(self.rules, {}, Preferences())
        self.references = References(f"the references of recording {run}".encode())
        self.payer = CustomerName(f"Payer {run}", "")
        self.under = CustomerName(f"Payer {run}", "K7F3Q")
        self.shown: dict[str, tuple[QuickBooksKind, dict]] = {}
        self._run = run
        self._numbers = itertools.count(1)

    def request_id(self) -> str:
        return f"{self._run}-{next(self._numbers):04d}"

    def batch(self, items):
        """Send a batch; each answer, or the error that it is."""
        sent = [
            BatchItem(id=str(number), operation=operation, kind=kind, body=body)
            for number, (operation, kind, body) in enumerate(items, start=1)
        ]
        answers = self.client.save_batch(sent, self.request_id())
        return [
            faults.error_of(faults.fault_in(answers[item.id]["Fault"]))
            if "Fault" in answers[item.id]
            else answers[item.id][item.kind]
            for item in sent
        ]

    def make(self, *wishes: DesiredEntry):
        """Create entries in one batch; what each shows."""
        bodies = [("create", wish.kind.value, body_of(object_for(wish, self.catalog))) for wish in wishes]
        return [self.keep(wish, answer) for wish, answer in zip(wishes, self.batch(bodies), strict=True)]

    def keep(self, wish: DesiredEntry, answer):
        if isinstance(answer, QuickBooksError):
            return told(answer)
        self.shown[wish.key] = (wish.kind, answer)
        self.catalog.bind(wish.key, wish.kind, str(answer["Id"]), wish.reference)
        if wish.kind is QuickBooksKind.CUSTOMER:
            self.catalog.add("Customer", answer)
        return self.says(wish.key)

    def says(self, key: str) -> str:
        kind, fields = self.shown[key]
        posted = posted_entry(kind, fields, self.catalog)
        return f"{posted.summary.replace(posted.reference or '?', '(mark)')} {bool(posted.reference)} {posted.voided}"

    def entry(self, key, kind, **fields):
        return DesiredEntry(key=key, kind=kind, reference=self.references.of(key), **({"date": DAY} | fields))

    def form(self, key, kind, cents, account, **fields):
        lines = (DesiredLine(account=account, amount=cents, clinician="mk", description="Batch 2026-W46"),)
        return self.entry(key, kind, customer=self.under, amount=cents, lines=lines, memo="Batch 2026-W46", **fields)

    def payment(self, key, cents, *links):
        return self.entry(
            key, QuickBooksKind.PAYMENT, customer=self.under, amount=cents,
            deposit_to=Account.UNDEPOSITED if cents else None,
            links=tuple(DesiredLink(entry=entry, amount=part) for entry, part in links),
        )  # fmt: skip

    def update(self, wish):
        """One entry, changed by an update of its own."""
        kind, fields = self.shown[wish.key]
        made = object_for(wish, self.catalog)
        body = body_of(made, Id=fields["Id"], SyncToken=fields["SyncToken"], sparse=False)
        return self.keep(wish, self.client.save(kind.value, body, self.request_id()))

    def refusal(self, kind: str, body: bytes) -> str:
        """A write that must be refused, told by its code."""
        try:
            self.client.save(kind, body, self.request_id())
        except QuickBooksRefusedError as refused:
            return told(refused)
        raise AssertionError("it was not refused")


def told(error: QuickBooksError) -> str:
    return f"refused {error.code}" if isinstance(error, QuickBooksRefusedError) else type(error).__name__


def company(stage: Stage):
    """Preferences and lists, as the first look reads them, and what the policy needs, made where it is missing."""
    preferences = stage.client.select("SELECT * FROM Preferences")["Preferences"][0]
    lists = {kind: list(stage.client.select_all(kind, "Active IN (true, false)")) for kind in LISTS}
    stage.catalog = Catalog(stage.rules, lists, Preferences.of(preferences))
    counts = {}
    for kind in ("Account", "Item", "Class"):
        steps = [step for step in plan_setup(stage.rules, stage.catalog) if step.kind == kind and step.to_make]
        for start in range(0, len(steps), 30):
            part = steps[start : start + 30]
            bodies = [("create", kind, body_of(MAKERS[kind](step, stage.catalog))) for step in part]
            for made in stage.batch(bodies):
                assert not isinstance(made, QuickBooksError), told(made)
                stage.catalog.add(kind, {name: made[name] for name in KEPT if name in made})
        counts[kind] = len(steps)
    return [bool(preferences), sorted(counts)]


def claim(stage: Stage):
    """A session billed and paid in full: two customers, invoice, credit memo, payment, deposit."""
    payer = stage.entry("customer:payer", QuickBooksKind.CUSTOMER, date=None, customer=stage.payer)
    under = stage.entry("customer:under", QuickBooksKind.CUSTOMER, date=None, customer=stage.under)
    forms = (
        stage.form("charge:1", QuickBooksKind.INVOICE, 15000, Account.REVENUE_COMMERCIAL),
        stage.form("adjust:1", QuickBooksKind.CREDIT_MEMO, 4000, Account.CONTRACTUAL_COMMERCIAL),
    )
    paid = stage.payment("payment:1", 11000, ("charge:1", 15000), ("adjust:1", 4000))
    takeback = DesiredLine(account=Account.RECOUPMENT, amount=-8500, customer=stage.under, description="Takeback")
    banked = stage.entry(
        "deposit:1", QuickBooksKind.DEPOSIT, amount=2500, deposit_to=Account.BANK, lines=(takeback,),
        links=(DesiredLink(entry="payment:1", amount=11000),),
    )  # fmt: skip
    made = [stage.make(payer), stage.make(under), stage.make(*forms), stage.make(paid), stage.make(banked)]
    return [one.replace(stage.payer.display, "(payer)") for wave in made for one in wave]


def others(stage: Stage):
    """The kinds that are rarer: receipt, transfer, purchase, journal entry, a payment that only applies a credit."""
    receipt = stage.form(
        "prepaid:1", QuickBooksKind.SALES_RECEIPT, 2500, Account.CLIENT_CREDIT, deposit_to=Account.CARD_STRIPE
    )
    transfer = stage.entry(
        "transfer:1", QuickBooksKind.TRANSFER, amount=2149, paid_from=Account.CARD_STRIPE, deposit_to=Account.BANK
    )
    fee = DesiredLine(account=Account.CARD_FEES, amount=351, clinician="mk", description="Card fees")
    purchase = stage.entry("fees:1", QuickBooksKind.PURCHASE, amount=351, paid_from=Account.CARD_STRIPE, lines=(fee,))
    journal = stage.entry(
        "dispute:1", QuickBooksKind.JOURNAL_ENTRY, amount=7500,
        lines=(
            DesiredLine(account=Account.AR_CLIENT, amount=7500, customer=stage.under),
            DesiredLine(account=Account.CARD_STRIPE, amount=-7500),
        ),
    )  # fmt: skip
    forms = (
        stage.form("charge:2", QuickBooksKind.INVOICE, 1000, Account.REVENUE_COMMERCIAL),
        stage.form("adjust:2", QuickBooksKind.CREDIT_MEMO, 1000, Account.CONTRACTUAL_COMMERCIAL),
    )
    applied = stage.payment("payment:2", 0, ("charge:2", 1000), ("adjust:2", 1000))
    return [*stage.make(receipt, transfer, purchase, journal, *forms), *stage.make(applied)]


def changes(stage: Stage):
    """An update, the voids that QuickBooks has, and an entry brought to nothing where it has none."""
    stage.make(
        stage.form("charge:3", QuickBooksKind.INVOICE, 5000, Account.REVENUE_COMMERCIAL),
        stage.form("adjust:3", QuickBooksKind.CREDIT_MEMO, 700, Account.CONTRACTUAL_COMMERCIAL),
    )
    stage.make(stage.payment("payment:3", 3000, ("charge:3", 3000)))
    said = [stage.update(stage.form("charge:3", QuickBooksKind.INVOICE, 5500, Account.REVENUE_COMMERCIAL))]
    for key in ("payment:3", "charge:3", "prepaid:1"):
        kind, fields = stage.shown[key]
        named = {"Id": fields["Id"], "SyncToken": stage.client.select(
            f"SELECT * FROM {kind.value} WHERE Id = '{fields['Id']}'"  # noqa: S608
        )[kind.value][0]["SyncToken"]}  # fmt: skip
        body = msgspec.json.encode(named if kind is QuickBooksKind.INVOICE else {**named, "sparse": True})
        stage.shown[key] = (kind, stage.client.save(kind.value, body, stage.request_id(), **VOID_PARAMETERS[kind]))
        said.append(stage.says(key))
    banked = stage.entry(
        "deposit:4", QuickBooksKind.DEPOSIT, amount=1200, deposit_to=Account.BANK,
        links=(DesiredLink(entry="payment:4", amount=1200),),
    )  # fmt: skip
    said += [*stage.make(stage.payment("payment:4", 1200)), *stage.make(banked)]
    for key in ("adjust:3", "deposit:4"):
        kind, fields = stage.shown[key]
        nothing = zeroed(kind, fields, stage.catalog)
        stage.shown[key] = (kind, stage.client.save(kind.value, nothing, stage.request_id()))
        said.append(stage.says(key))
    return said


def looks(stage: Stage):
    """What changed, and what is asked for after a lost answer."""
    since = (dt.datetime.fromisoformat(stage.client.server_time) - dt.timedelta(hours=1)).isoformat()
    changed = stage.client.changes_since(ASKED, since)
    dated = list(stage.client.select_all("Payment", f"TxnDate IN ('{DAY.isoformat()}')"))
    named = list(stage.client.select_all("Customer", f"DisplayName IN ('{stage.payer.display}', 'O\\'Brien\\\\')"))
    ours = {str(fields["Id"]) for _, fields in stage.shown.values()}
    return [
        sorted(kind for kind, found in changed.items() if any(str(fields["Id"]) in ours for fields in found)),
        sum(str(fields["Id"]) in ours for fields in dated), len(named),
    ]  # fmt: skip


def refusals(stage: Stage):
    """What is refused, and how: number taken, name taken, stale, gone, unknown reference, more than is open, locked."""
    again = stage.form("charge:1", QuickBooksKind.INVOICE, 15000, Account.REVENUE_COMMERCIAL)
    payer = stage.entry("customer:payer", QuickBooksKind.CUSTOMER, date=None, customer=stage.payer)
    stale = stage.form("charge:2", QuickBooksKind.INVOICE, 1100, Account.REVENUE_COMMERCIAL)
    _, fields = stage.shown["charge:2"]
    over = stage.payment("payment:9", 99900, ("charge:2", 99900))
    _, deposited = stage.shown["payment:1"]
    locked = body_of(
        object_for(stage.payment("payment:1", 11000), stage.catalog), Id=deposited["Id"],
        SyncToken=deposited["SyncToken"], sparse=False,
    )  # fmt: skip
    unknown = object_for(again, stage.catalog)
    unknown.CustomerRef.value = "999999999"
    unknown.DocNumber = stage.references.of("nobody's")
    said = [
        stage.refusal("Invoice", body_of(object_for(again, stage.catalog))),
        stage.refusal("Customer", body_of(object_for(payer, stage.catalog))),
        stage.refusal(
            "Invoice", body_of(object_for(stale, stage.catalog), Id=fields["Id"], SyncToken="99", sparse=False)
        ),
        stage.refusal("Invoice", b'{"Id": "999999999", "SyncToken": "0", "sparse": true, "PrivateNote": "x"}'),
        stage.refusal("Invoice", body_of(unknown)),
        stage.refusal("Payment", locked),
    ]
    good = stage.form("charge:4", QuickBooksKind.INVOICE, 2000, Account.REVENUE_COMMERCIAL)
    return [*said, *stage.make(good, over)]


def keys(stage: Stage):
    """Discovery, a refresh, a refused access token."""
    auth = TimedAuthClient.of(stage.app)
    auth.refresh(refresh_token=stage.refresh_token)
    kept = stage.client.access
    stage.client.access = Refused()
    try:
        stage.client.select("SELECT * FROM Preferences")
    except NotConnectedError:
        said = "refused"
    finally:
        stage.client.access = kept
    return [said, bool(auth.access_token), int(auth.expires_in) > 0, int(auth.x_refresh_token_expires_in) > 0]


class Refused:
    """An access token that nobody gave out."""

    def bearer(self):
        return "not-a-token"

    def renew(self, refused):
        return refused


SCENES = {scene.__name__: scene for scene in (company, claim, others, changes, looks, refusals, keys)}
