import pytest
from msgspec.structs import replace

from hhs_sync.plan.changes import PostedEntry, PushedEntry
from hhs_sync.plan.desired import QuickBooksKind
from tests.facts.telling import day

PRACTICE = "casco"


def posted(number: int | str, kind: QuickBooksKind = QuickBooksKind.INVOICE, **fields) -> PostedEntry:
    given = {
        "kind": kind,
        "quickbooks_id": f"{number}",
        "sync_token": "0",
        "reference": f"R{number}",
        "date": day(3),
        "amount": 150_00,
        "digest": "as shown",
        "effects": (("1200", 150_00), ("4010", -150_00)),
    }
    return PostedEntry(**(given | fields))


def by_name(*entries: PostedEntry) -> dict:
    return {(entry.kind, entry.quickbooks_id): entry for entry in entries}


def test_what_quickbooks_shows_comes_back_in_order(store) -> None:
    payment = posted("2", QuickBooksKind.PAYMENT, reference=None, date=None, voided=True, customer="K7F3Q")

    assert 3 == store.mirror.replace(PRACTICE, [payment, posted(2), posted(1)])

    entries = store.mirror.entries(PRACTICE)
    assert by_name(posted(1), posted(2), payment) == entries
    assert [("Invoice", "1"), ("Invoice", "2"), ("Payment", "2")] == [(kind.value, one) for kind, one in entries]


def test_what_shows_as_it_was_left_is_shared_with_what_was_pushed(store) -> None:
    """All but what a person reads; what a person changed, or nobody pushed, comes whole."""
    told = {"digest": "as we left it, in many letters", "summary": "Invoice", "content_digest": "content"}
    left = posted(1, **told, customer="K7F3Q Anthem", voided=True)
    others = [
        posted(2, **told, reference="R1"), posted(3, **told | {"digest": "as a person left it"}),
        posted(4, QuickBooksKind.PAYMENT, **told), posted(5, **told, deleted=True), posted(6, **told),
        posted(7, **told, reference=None, date=None),
    ]  # fmt: skip
    pushed = [left_of(posted(number, **told)) for number in (1, 3, 4, 5, 7)]
    store.mirror.replace(PRACTICE, [left, *others])

    entries = store.mirror.entries(PRACTICE, pushed)

    assert by_name(replace(left, summary="", content_digest=""), *others) == entries
    assert list(store.mirror.entries(PRACTICE)) == list(entries)
    assert pushed[0].posted_digest is entries[left.kind, "1"].digest


def left_of(entry: PostedEntry) -> PushedEntry:
    """What we note when we leave an invoice so."""
    return PushedEntry(
        key=f"charge:{entry.quickbooks_id}",
        kind=entry.kind,
        reference=entry.reference,
        quickbooks_id=entry.quickbooks_id,
        desired_digest="wished",
        posted_digest=entry.digest,
        amount=entry.amount,
    )


def test_a_full_read_lets_go_of_what_is_no_longer_there(store) -> None:
    store.mirror.replace(PRACTICE, [posted(1), posted(2), posted(3)])

    changed = store.mirror.replace(PRACTICE, [posted(1), posted(2, amount=1), posted(4)])

    assert 3 == changed
    assert by_name(posted(1), posted(2, amount=1), posted(4)) == store.mirror.entries(PRACTICE)


def test_changes_leave_what_they_do_not_name(store) -> None:
    store.mirror.replace(PRACTICE, [posted(1), posted(2)])

    changed = store.mirror.upsert(PRACTICE, [posted(2, deleted=True), posted(3), posted(1)])

    assert 2 == changed
    assert by_name(posted(1), posted(2, deleted=True), posted(3)) == store.mirror.entries(PRACTICE)


def test_what_shows_as_before_leaves_the_turn_key(store) -> None:
    store.mirror.replace(PRACTICE, [posted(1), posted(2)])
    store.mirror.write_list(PRACTICE, "accounts", [{"Id": "1"}])
    before = store.turn_key(PRACTICE)

    assert 0 == store.mirror.replace(PRACTICE, [posted(2), posted(1)])
    assert 0 == store.mirror.upsert(PRACTICE, [posted(2)])
    assert 0 == store.mirror.upsert(PRACTICE, [])
    store.mirror.write_list(PRACTICE, "accounts", [{"Id": "1"}])

    assert before == store.turn_key(PRACTICE)


@pytest.mark.parametrize(
    "change",
    [
        lambda store: store.mirror.upsert(PRACTICE, [posted(1, amount=7)]),
        lambda store: store.mirror.upsert(PRACTICE, [posted(2)]),
        lambda store: store.mirror.replace(PRACTICE, []),
        lambda store: store.mirror.write_list(PRACTICE, "accounts", [{"Id": "2"}]),
    ],
)
def test_what_shows_otherwise_moves_the_turn_key(store, change) -> None:
    store.mirror.replace(PRACTICE, [posted(1)])
    store.mirror.write_list(PRACTICE, "accounts", [{"Id": "1"}])
    before = store.turn_key(PRACTICE)

    change(store)

    assert before != store.turn_key(PRACTICE)


def test_another_version_of_the_same_entry_is_kept_and_is_no_news(store) -> None:
    """QuickBooks counts the version of an invoice up when a payment links it."""
    store.mirror.replace(PRACTICE, [posted(1)])
    before = store.turn_key(PRACTICE)

    assert 1 == store.mirror.upsert(PRACTICE, [posted(1, sync_token="1")])

    assert before == store.turn_key(PRACTICE)
    assert ["1"] == [entry.sync_token for entry in store.mirror.entries(PRACTICE).values()]


def test_of_one_entry_shown_twice_the_last_counts(store) -> None:
    assert 1 == store.mirror.upsert(PRACTICE, [posted(1, amount=1), posted(1, amount=2)])

    assert [2] == [entry.amount for entry in store.mirror.entries(PRACTICE).values()]


def test_many_entries_change_at_once(store) -> None:
    many = [posted(number) for number in range(1500)]
    store.mirror.replace(PRACTICE, many)

    assert 1500 == store.mirror.upsert(PRACTICE, [replace(one, amount=1) for one in many])
    assert 1500 == len(store.mirror.entries(PRACTICE))


def test_each_practice_has_its_own_mirror(store) -> None:
    store.mirror.replace("casco", [posted(1)])
    store.mirror.write_list("casco", "accounts", [1])
    store.mirror.set_cursor("casco", "changes", "then")
    store.mirror.replace("bay", [])

    assert 1 == len(store.mirror.entries("casco"))
    assert {} == store.mirror.entries("bay")
    assert store.mirror.read_list("bay", "accounts", list[int]) is None
    assert store.mirror.cursor("bay", "changes") is None


def test_a_list_comes_back_as_the_kind_one_asks_for(store) -> None:
    store.mirror.write_list(PRACTICE, "accounts", [{"Id": "1"}])
    store.mirror.write_list(PRACTICE, "accounts", [{"Id": "1"}, {"Id": "2"}])

    assert [{"Id": "1"}, {"Id": "2"}] == store.mirror.read_list(PRACTICE, "accounts", list[dict[str, str]])
    assert store.mirror.read_list(PRACTICE, "items", list[str]) is None


def test_a_cursor_stays_where_it_was_set(store) -> None:
    assert store.mirror.cursor(PRACTICE, "changes") is None

    store.mirror.set_cursor(PRACTICE, "changes", "2026-03-02T10:00:00-05:00")
    store.mirror.set_cursor(PRACTICE, "changes", "2026-03-02T11:00:00-05:00")

    assert "2026-03-02T11:00:00-05:00" == store.mirror.cursor(PRACTICE, "changes")
