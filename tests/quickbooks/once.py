"""What tests of lost answers share: faults on their way, and whether every entry is there once."""

from tests.quickbooks.office import PRACTICE, create


class Killed(BaseException):
    """The process was killed."""


def plan_faults(office, *faults):
    office.sim.state.faults.plan(*faults)


def references(office, kind):
    """The marks on a company's entries of a kind, doubles included."""
    return sorted(fields.get("PrivateNote", "") for fields in office.table(kind).values())


def assert_once(office, count=1):
    """Every entry of so many claims is there once, and the books say what they should."""
    for kind in ("Invoice", "CreditMemo", "Payment", "Deposit"):
        assert count == len(office.table(kind)), kind
        assert count == len(set(references(office, kind))), kind
    assert 11000 * count == office.balance("1000")
    assert 0 == office.balance("1100")
    assert 0 == office.balance("1200")


def push_until_quiet(office, entries, turns=4):
    """Turns as the daemon makes them: look, then push what is not there yet."""
    for _ in range(turns):
        office.refresh()
        known = office.store.pushes.pushed_entries(PRACTICE)
        left = [entry for entry in entries if entry.key not in known]
        if not left:
            return
        office.push(*map(create, left))
        office.sleep(400)
