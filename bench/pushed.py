"""A whole look at a practice that is in QuickBooks already: what every turn after the first backfill computes.

The practice of `look.py` is read and looked at once, and everything that it wishes is taken for pushed and shown by
QuickBooks as it was sent. Then another process, which has seen nothing of that, looks again at what is stored. At last
the newest 835, which was held back, comes, and a third one tells what is true then.

    python bench/pushed.py 200000 accrual 7    over seven years
"""

from __future__ import annotations

import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from look import open_office, write_practice

from hhs_sync import intake
from hhs_sync.look import keep, look
from hhs_sync.money import format_money
from hhs_sync.onward import keep_onward, look_onward
from hhs_sync.plan.changes import Create, PostedEntry, PushedEntry
from hhs_sync.plan.content import content_of
from hhs_sync.plan.desired import DesiredEntry, QuickBooksKind
from hhs_sync.plan.references import References
from hhs_sync.quickbooks.waves import customers_of

if TYPE_CHECKING:
    from hhs_sync.ledger.entry import EntryKey
    from hhs_sync.mapping.rules import Rules


def push_everything(folder: Path) -> dict[str, float]:
    """Read and look, then store every wish, and every customer, as pushed and as shown by QuickBooks."""
    newest = max(folder.glob("inbox/*/835/*"), key=lambda one: (one.stat().st_mtime, one.name))
    (folder / "came later.txt").write_text(str(newest))
    newest.rename(folder / newest.name)
    office = open_office(folder)
    desk = office.desk(office.worked[0])
    taken = intake.take_in(desk, lambda _: None)
    seen = look(desk, taken.obstacles)
    wishes = [*customers(seen.desired.entries, References(desk.secret)), *seen.desired.entries]
    references = {wish.key: wish.reference for wish in wishes}
    posted = [shown(wish, str(number), desk.rules, references) for number, wish in enumerate(wishes, start=1)]
    pushed = [written(wish, one) for wish, one in zip(wishes, posted, strict=True)]
    del seen
    started = time.perf_counter()
    desk.store.pushes.adopt(desk.practice, pushed, desk.clock())
    adopted = time.perf_counter()
    desk.store.mirror.replace(desk.practice, posted)
    mirrored = time.perf_counter()
    office.close()
    return {"documents": len(posted), "adopting": adopted - started, "mirroring": mirrored - adopted}


def customers(wishes: tuple[DesiredEntry, ...], references: References) -> list[DesiredEntry]:
    """The customers that the wishes name, as a push writes them."""
    keys = ((f"customer:{name.display}", name) for name in customers_of([Create(desired=wish) for wish in wishes]))
    return [
        DesiredEntry(key=key, kind=QuickBooksKind.CUSTOMER, reference=references.of(key), customer=name)
        for key, name in keys
    ]


def shown(wish: DesiredEntry, number: str, rules: Rules, references: Mapping[EntryKey, str]) -> PostedEntry:
    """A wish as QuickBooks shows it once it was sent (see hhs_sync/quickbooks/posted.py)."""
    sums: dict[str, int] = {}
    for account, amount in wish.effects:
        mapped = rules.account(account)
        assert mapped is not None, f"{account} is mapped"
        sums[mapped.number] = sums.get(mapped.number, 0) + amount
    effects = tuple(sorted((number, amount) for number, amount in sums.items() if amount))
    accounts = ", ".join(f"{number} {format_money(amount)}" for number, amount in effects)
    return PostedEntry(
        kind=wish.kind,
        quickbooks_id=number,
        sync_token="0",  # noqa: S106  QuickBooks' word for an entry's version.
        reference=wish.reference,
        date=wish.date,
        amount=wish.amount,
        digest=hashlib.sha256(b"shown" + wish.content()).hexdigest(),
        content_digest=content_of(wish, rules, references).digest(),
        customer=wish.customer.display if wish.customer else "",
        effects=effects,
        summary=f"{wish.kind.value} {wish.reference} of {wish.date}, {format_money(wish.amount)}: {accounts}",
    )


def written(wish: DesiredEntry, posted: PostedEntry) -> PushedEntry:
    """What we note of a wish that was sent."""
    return PushedEntry(
        key=wish.key,
        kind=wish.kind,
        reference=wish.reference,
        quickbooks_id=posted.quickbooks_id,
        desired_digest=wish.digest(),
        posted_digest=posted.digest,
        date=wish.date,
        amount=wish.amount,
        effects=posted.effects,
    )


def look_again(folder: Path) -> dict[str, float]:
    """Look at what is stored, and keep it for the pages."""
    office = open_office(folder)
    desk = office.desk(office.worked[0])
    started = time.perf_counter()
    review = look(desk)
    looked = time.perf_counter()
    assert not review.plan.changes, "everything is in QuickBooks"
    assert review.tie_out.ties, "and says there what the books say"
    keep(desk, review, ())
    kept = time.perf_counter()
    office.close()
    return {
        "looking": looked - started,
        "keeping": kept - looked,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def look_onward_after_one(folder: Path) -> dict[str, float]:
    """Take in the newest 835, bring the last review forward, and keep it for the pages."""
    newest = Path((folder / "came later.txt").read_text())
    (folder / newest.name).rename(newest)
    office = open_office(folder)
    desk = office.desk(office.worked[0])
    taken = intake.take_in(desk, lambda _: None)
    assert taken.documents == 1, "one new 835"
    started = time.perf_counter()
    seen = look_onward(desk, ())
    assert seen is not None, "the quick way was taken"
    kept = keep_onward(desk, seen, ())
    done = time.perf_counter()
    assert kept is not None
    office.close()
    (remittance,) = seen.touched.new
    return {
        "after_one": done - started,
        "claims": len(seen.touched.after.facts.remittances[remittance].claim_payments),
        "touched": len(seen.touched.after.facts.sessions),
        "after_one_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


STEPS = {"push": push_everything, "look": look_again, "onward": look_onward_after_one}


def main() -> None:
    """Write the practice, push it and look again, each in a process of its own so that memory is the look's alone."""
    if sys.argv[1] in STEPS:
        print(json.dumps(STEPS[sys.argv[1]](Path(sys.argv[2]))))
        return
    policy = sys.argv[2] if len(sys.argv) > 2 else "accrual"
    years = int(sys.argv[3]) if len(sys.argv) > 3 else 2
    with tempfile.TemporaryDirectory() as folder:
        told: dict[str, float] = {"sessions": write_practice(Path(folder), int(sys.argv[1]), policy, years)}
        for step in STEPS:
            ran = subprocess.run([sys.executable, __file__, step, folder], check=True, capture_output=True, text=True)
            told.update(json.loads(ran.stdout))
        print(json.dumps(told))


if __name__ == "__main__":
    main()
