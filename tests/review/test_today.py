"""What the first page shows of a practice."""

import datetime as dt

from hhs_sync.receivables.aging import BUCKET_NAMES
from hhs_sync.review.record import AgedParty, Cleared, InTransit, Record
from hhs_sync.review.today import OnTheWay, read_today, today_of, write_today

DAY = dt.date(2026, 11, 20)


def party(whose: str, *buckets: int) -> AgedParty:
    padded = (*buckets, *([0] * (len(BUCKET_NAMES) - len(buckets))))
    return AgedParty(is_client=whose == "client", party="p", name="P", total=sum(buckets), buckets=padded)


def moving(what: str, sender: str, day: int, amount: int) -> InTransit:
    date = dt.date(2026, 11, day)
    return InTransit(key=f"k{day}", what=what, sender=sender, date=date, amount=amount, expected=date + dt.timedelta(5))


def cleared(by: str) -> Cleared:
    return Cleared(key=by, code="DEP-02", title="t", says="s", amount=1, closed_on=DAY, closed_by=by)


RECORD = Record(
    practice="casco",
    name="Casco",
    policy="cash",
    as_of=DAY,
    aging=(party("payer", 100, 50), party("payer", 25), party("client", 0, 0, 7)),
    in_transit=(
        moving("remittance", "HPHC", 12, 6000),
        moving("card payout", "Stripe", 9, 50),
        moving("remittance", "HPHC", 3, 10),
    ),
    cleared=(cleared("rule: its money came"), cleared("dana"), cleared("rule: paid")),
)


def test_what_is_owed_adds_up_by_age_for_payers_and_for_clients():
    found = today_of(RECORD)

    assert ((125, 50, 0, 0, 0), (0, 0, 7, 0, 0)) == (found.payers, found.clients)


def test_money_in_transit_is_told_once_for_each_kind_and_sender_the_most_urgent_first():
    first, second = today_of(RECORD).on_the_way

    assert (
        OnTheWay(
            what="remittance",
            sender="HPHC",
            count=2,
            amount=6010,
            oldest=dt.date(2026, 11, 3),
            expected=dt.date(2026, 11, 8),
        )
        == first
    )
    assert ("card payout", 1) == (second.what, second.count)


def test_what_rules_cleared_is_told_apart_from_what_people_did():
    assert (2, 1) == ((found := today_of(RECORD)).by_rule, found.by_people)


def test_it_comes_back_as_it_was_written_and_an_older_ones_is_no_error():
    assert today_of(RECORD) == read_today(write_today(RECORD))
    assert read_today(b'{"name": "Casco"}') is None
