"""A practice at its desk for tests: real client, real store, a simulated company, and clocks that tests drive."""

import datetime as dt
import itertools
from pathlib import Path

from hhs_sync.mapping.accounts import Account
from hhs_sync.mapping.reader import read_rules
from hhs_sync.mapping.rules import Clinician, Policy, Practice, Shape
from hhs_sync.plan.changes import Create, Plan, Update, Void
from hhs_sync.plan.desired import CustomerName, DesiredEntry, DesiredLine, DesiredLink, QuickBooksKind
from hhs_sync.plan.references import References
from hhs_sync.quickbooks import push, refresh, setup, tokens
from hhs_sync.quickbooks.client import QuickBooksClient

PRACTICE = "casco"
KEY = b"uVlxhW9rCk7jgLZy0p9LxqAtC2bmKXPgXZ_yMTn9zQY="
DAY = dt.date(2026, 11, 15)
ANTHEM = CustomerName("Anthem", "")
K1 = CustomerName("", "K7F3Q")
ANTHEM_K1 = CustomerName("Anthem", "K7F3Q")
ROOT = Path(__file__).parents[2]
REFERENCES = References(b"a secret of the tests")


def rules_of(policy=Policy.ACCRUAL):
    """The published mappings, with two clinicians."""
    texts = {path.name: path.read_text() for path in sorted((ROOT / "mappings").glob("*.toml"))}
    practice = Practice(id=PRACTICE, name="Casco Counseling", policy=policy, shape=Shape.CODED)
    rules = read_rules([texts], practice)
    clinicians = (Clinician(id="mk", class_name="M. Keene"), Clinician(id="jp", class_name="J. Poole"))
    return type(rules)(**{name: getattr(rules, name) for name in rules.__struct_fields__} | {"clinicians": clinicians})


class Office:
    """What a turn needs, over one simulated company."""

    def __init__(self, sim, store, *, rules=None, limits=(), timeout=(2.0, 2.0)):
        self.sim = sim
        self.store = store
        self.rules = rules or rules_of()
        self.slept = 0.0
        self._batches = itertools.count(1)
        self.app = tokens.App(
            client_id=sim.state.settings.client_id,
            client_secret=sim.state.settings.client_secret,
            discovery_url=sim.discovery_url,
        )
        tokens.keep_refresh_token(store, PRACTICE, sim.realm, sim.state.settings.refresh_token, [KEY], self.now())
        self.limits = limits
        self.timeout = timeout
        self.client = self.new_client()

    def new_client(self):
        """A client as a new process would have it."""
        keeper = tokens.TokenKeeper(
            self.store, PRACTICE, self.sim.realm, self.app, [KEY], clock=self.now, sleep=self.sleep
        )
        return QuickBooksClient(
            realm=self.sim.realm,
            base_url=self.sim.base_url,
            access=keeper,
            limits=self.limits,
            timeout=self.timeout,
            clock=lambda: self.now().timestamp(),
            sleep=self.sleep,
        )

    def now(self):
        return self.sim.state.clock.now()

    def sleep(self, seconds):
        """Time passes for everyone at once."""
        self.slept += seconds
        with self.sim.state.lock:
            self.sim.state.clock.advance(seconds)

    @property
    def company(self):
        return self.sim.state.companies[self.sim.realm]

    def table(self, kind):
        """The company's own objects of a kind."""
        with self.sim.state.lock:
            return dict(self.company.tables[kind])

    def balance(self, number):
        """What stands in an account, by number, in cents."""
        return self.company.ledger.balances[self.account_id(number)]

    def account_id(self, number):
        catalog = self.catalog()
        found = [fields for fields in catalog.members("Account") if catalog.number(fields["Id"]) == number]
        return found[0]["Id"]

    def set_up(self):
        """Accounts, items and classes as the policy needs them, and a first look."""
        self.refresh()
        setup.apply_setup(
            setup.plan_setup(self.rules, self.catalog()), self.client, self.store, PRACTICE, self.catalog()
        )
        self.refresh()
        return self

    def refresh(self):
        return refresh.refresh(self.client, self.store, PRACTICE, self.rules, self.now())

    def catalog(self):
        return refresh.load_catalog(self.store, PRACTICE, self.rules)

    def push(self, *changes, guard=lambda _: "", client=None, draw=None, waits=""):
        return push.push(
            Plan(changes=tuple(changes), waits=waits),
            client or self.client,
            self.store,
            PRACTICE,
            self.catalog(),
            guard,
            self.now,
            draw=draw or (lambda: f"batch-{next(self._batches):026d}"),
        )

    def posted(self, key):
        """What the mirror shows of an entry of ours."""
        pushed = self.pushed(key)
        return self.store.mirror.entries(PRACTICE).get((pushed.kind, pushed.quickbooks_id))

    def pushed(self, key):
        return self.store.pushes.pushed_entries(PRACTICE)[key]

    def update(self, desired):
        """The change from what was pushed to what is wished now."""
        return Update(desired=desired, pushed=self.pushed(desired.key), posted=self.posted(desired.key))

    def void(self, key):
        return Void(pushed=self.pushed(key), posted=self.posted(key))


def create(desired):
    return Create(desired=desired)


def entry(key, kind, **fields):
    """A wish with its reference and, where they can be told, its effects left to the caller."""
    return DesiredEntry(key=key, kind=kind, reference=REFERENCES.of(key), **({"date": DAY} | fields))


def invoice(key="charge:1", amount=15000, customer=ANTHEM_K1, *, account=Account.REVENUE_COMMERCIAL, **fields):
    lines = (DesiredLine(account=account, amount=amount, clinician="mk", description="Batch 2026-W46"),)
    effects = ((Account.AR_PAYER, amount), (account, -amount))
    return entry(
        key, QuickBooksKind.INVOICE, customer=customer, amount=amount,
        **({"lines": lines, "effects": effects, "memo": "Batch 2026-W46"} | fields),
    )  # fmt: skip


def credit_memo(key="adjust:1", amount=4000, customer=ANTHEM_K1, *, account=Account.CONTRACTUAL_COMMERCIAL, **fields):
    lines = (DesiredLine(account=account, amount=amount, clinician="mk"),)
    effects = ((account, amount), (Account.AR_PAYER, -amount))
    return entry(
        key, QuickBooksKind.CREDIT_MEMO, customer=customer, amount=amount, lines=lines, effects=effects, **fields
    )


def payment(key="payment:1", amount=11000, links=(), customer=ANTHEM_K1, deposit_to=Account.PAYER_CLEARING, **fields):
    links = tuple(DesiredLink(entry=name, amount=cents) for name, cents in links)
    effects = ((deposit_to, amount), (Account.AR_PAYER, -amount)) if amount else ()
    return entry(
        key, QuickBooksKind.PAYMENT, customer=customer, amount=amount, links=links,
        deposit_to=deposit_to if amount else None, needs=tuple(link.entry for link in links), effects=effects, **fields,
    )  # fmt: skip


def deposit(key="deposit:1", links=(), lines=(), **fields):
    total = sum(cents for _, cents in links) + sum(line.amount for line in lines)
    effects = [(Account.BANK, total)]
    effects += [(Account.PAYER_CLEARING, -cents) for _, cents in links]
    effects += [(line.account, -line.amount) for line in lines]
    return entry(
        key, QuickBooksKind.DEPOSIT, amount=total, deposit_to=Account.BANK, lines=tuple(lines),
        links=tuple(DesiredLink(entry=name, amount=cents) for name, cents in links),
        needs=tuple(name for name, _ in links), effects=tuple(effects), **fields,
    )  # fmt: skip


def claim(number=1, *, charge=15000, contractual=4000, customer=ANTHEM_K1):
    """A session billed and paid in full: invoice, credit memo, payment, deposit."""
    return (
        invoice(f"charge:{number}", charge, customer),
        credit_memo(f"adjust:{number}", contractual, customer),
        payment(
            f"payment:{number}",
            charge - contractual,
            [(f"charge:{number}", charge), (f"adjust:{number}", contractual)],
            customer,
        ),
        deposit(f"deposit:{number}", [(f"payment:{number}", charge - contractual)]),
    )  # fmt: skip
