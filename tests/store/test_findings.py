"""The work list as rows: filtered, sorted and summed in the database; written where something changed, nowhere else."""

import datetime as dt

import msgspec
import pytest

from hhs_sync.errors import StoreError
from hhs_sync.store import findings
from hhs_sync.store.findings import FindingRow, Pressing, Sum, Wanted, finding_id

DAY = dt.date(2026, 11, 21)
ALL = ("open", "waiting", "decided", "closed")


def row(key: str, practice: str = "casco", **said) -> FindingRow:
    fields = {
        "code": "DEP-02", "severity": 1, "state": "open", "due": DAY, "since": DAY, "owner": "bookkeeper",
        "amount": 6000, "counted": 6000, "says": "Money came.", "search": f"{key} money came",
    }  # fmt: skip
    return FindingRow(practice=practice, id=finding_id(key), key=key, **{**fields, **said})


def save(store, *rows: FindingRow, body: bytes = b"{}", known=lambda _: True) -> int:
    practice = rows[0].practice if rows else "casco"
    return store.findings.save(practice, [(one, body + one.key.encode()) for one in rows], known)


def keys(store, **wanted) -> list[str]:
    return [one.key for one in store.findings.rows(Wanted(**wanted))]


def test_a_row_comes_back_as_it_was_kept_with_its_body(store) -> None:
    kept = row("a", payer="ANTH", payer_name="Anthem", client="K7F3Q", clinician="M. Keene", service="2026-09-01",
               items=37, exact=True, decided="x")  # fmt: skip
    save(store, kept)

    found = store.findings.one("casco", kept.id[:7])

    assert (kept, b"{}a", None) == (found.row, found.body, found.decisions)
    assert store.findings.one("casco", "ffffff") is None
    assert store.findings.one("bay", kept.id) is None
    assert [b"{}a"] == store.findings.bodies("casco")


def test_the_beginning_of_several_ids_is_not_taken_for_one_of_them(store) -> None:
    save(store, *(row(str(number)) for number in range(40)))

    with pytest.raises(StoreError, match="several"):
        store.findings.one("casco", "")


def test_a_review_writes_the_rows_that_changed_and_no_others(store) -> None:
    rows = [row("a"), row("b"), row("c")]

    assert 3 == save(store, *rows)
    assert 0 == save(store, *rows)
    assert 1 == save(store, rows[0], msgspec.structs.replace(rows[1], amount=1), rows[2])
    assert 1 == save(store, *rows[:1], msgspec.structs.replace(rows[1], amount=1))
    assert 2 == save(store, *rows[:1], msgspec.structs.replace(rows[1], amount=1), body=b"[]")
    assert {"a", "b"} == set(keys(store))


def test_the_order_is_due_then_severity_then_money_unless_told_otherwise(store) -> None:
    later = DAY + dt.timedelta(days=3)
    save(store, row("late", due=later, severity=0), row("small", amount=1), row("large"), row("urgent", severity=0))

    assert ["urgent", "large", "small", "late"] == keys(store)
    by_money = store.findings.rows(Wanted(), order="amount", descending=True, limit=2)
    assert 6000 == by_money[0].amount
    assert ["small"] == [one.key for one in store.findings.rows(Wanted(), order="amount", limit=1)]
    assert ["large", "small"] == [one.key for one in store.findings.rows(Wanted(), limit=2, offset=1)]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"states": ALL}, "abcdef"),
        ({}, "abcde"),
        ({"states": ("waiting",)}, "f"),
        ({"practices": ("bay",)}, "e"),
        ({"practices": ()}, ""),
        ({"owners": ("biller", "Dana")}, "ab"),
        ({"code": "den"}, "ab"),
        ({"code": "DEN-01"}, "a"),
        ({"payer": "ANTH"}, "c"),
        ({"severity": 0}, "d"),
        ({"exact": True}, "d"),
        ({"before": DAY - dt.timedelta(days=31)}, "c"),
        ({"after": DAY - dt.timedelta(days=31), "before": DAY - dt.timedelta(days=1)}, "d"),
        ({"due": DAY - dt.timedelta(days=1)}, "b"),
        ({"text": "CAME  money"}, "abcde"),
        ({"text": "100%"}, "a"),
        ({"text": "100_"}, ""),
    ],
)
def test_each_filter_leaves_what_it_says(store, wanted, expected) -> None:
    save(
        store,
        row("a", code="DEN-01", owner="biller", search="100% money came"),
        row("b", code="DEN-02", owner="Dana", due=DAY - dt.timedelta(days=9)),
        row("c", payer="ANTH", payer_name="Anthem", since=DAY - dt.timedelta(days=60)),
        row("d", severity=0, exact=True, since=DAY - dt.timedelta(days=9)),
        row("f", state="waiting"),
    )
    save(store, row("e", practice="bay"))

    assert sorted(expected) == sorted(keys(store, **wanted))


def test_sums_count_each_cent_once_and_choices_tell_what_there_is(store) -> None:
    save(store, row("a"), row("b", severity=0, counted=0), row("c", owner="biller", payer="ANTH", payer_name="Anthem"))

    assert [Sum(0, 1, 0), Sum(1, 2, 12000)] == store.findings.sums(Wanted())
    assert [] == store.findings.sums(Wanted(practices=()))
    assert {"owner": {"biller": "biller", "bookkeeper": "bookkeeper"}, "payer": {"ANTH": "Anthem"}} == (
        store.findings.choices(("casco",))
    )
    assert {"owner": {}, "payer": {}} == store.findings.choices(("bay",))


def test_a_decision_is_told_on_its_row_until_a_review_has_counted_it(store) -> None:
    kept = row("a")
    save(store, kept)
    store.findings.note(msgspec.structs.replace(kept, state="decided", decided="accepted (dana)"), b'["1"]')

    assert [] == keys(store)
    assert b'["1"]' == store.findings.one("casco", kept.id).decisions

    assert 0 == save(store, kept, known=lambda noted: b"1" not in noted)
    assert ["a"] == keys(store, states=("decided",))
    assert 0 == store.findings.save("casco", [], lambda noted: b"1" not in noted)

    assert 1 == save(store, kept)
    assert (["a"], None) == (keys(store), store.findings.one("casco", kept.id).decisions)


def test_views_are_kept_by_user_and_name(store) -> None:
    at = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
    for name in ("dana", "lee"):
        store.users.add(name, name, "hash", [], at)
    store.saved_views.save("dana", "Denials", "group=DEN")
    store.saved_views.save("dana", "Denials", "group=DEN&owner=mine")
    store.saved_views.save("lee", "Bank", "group=DEP")

    assert {"Denials": "group=DEN&owner=mine"} == store.saved_views.of("dana")
    store.saved_views.save("dana", "Denials", "")
    assert ({}, {"Bank": "group=DEP"}) == (store.saved_views.of("dana"), store.saved_views.of("lee"))


def test_what_presses_is_counted_for_each_practice_by_the_days_it_is_due(store) -> None:
    days = [DAY + dt.timedelta(days=number) for number in (-1, 0, 7)]
    save(store, row("a", due=days[0]), row("b", counted=0), row("c", due=DAY + dt.timedelta(days=9), counted=5))
    save(store, row("d", "bay", due=days[2]), row("e", "bay", state="closed"))
    save(store, row("f", "saco"))

    assert {
        "casco": Pressing(3, 6005, ((1, 6000), (2, 6000), (2, 6000))),
        "bay": Pressing(1, 6000, ((0, 0), (0, 0), (1, 6000))),
    } == store.findings.pressing(["casco", "bay", "nowhere"], days)


def test_words_that_leave_few_rows_name_them_by_ids_and_list_and_sums_are_the_same(store) -> None:
    save(store, *(row(f"a{number}", search="denied 165.00") for number in range(3)), row("b", state="closed"))
    save(store, row("c", practice="bay", search="denied 165.00"))
    wanted = Wanted(practices=("casco",), text="denied 165")

    narrowed = store.findings.narrowed(wanted)

    assert 3 == len(narrowed.ids)
    assert ("casco",) == narrowed.practices
    assert store.findings.rows(wanted) == store.findings.rows(narrowed)
    assert store.findings.sums(wanted) == store.findings.sums(narrowed)
    nothing = store.findings.narrowed(Wanted(practices=("casco",), text="no such words"))
    assert [] == store.findings.rows(nothing) + store.findings.sums(nothing)


def test_words_that_leave_many_rows_stay_words(store, monkeypatch) -> None:
    monkeypatch.setattr(findings, "FEW", 2)
    save(store, *(row(f"a{number}") for number in range(3)))
    wanted = Wanted(practices=("casco",), text="money")

    assert wanted == store.findings.narrowed(wanted)
    assert Wanted(practices=("casco",)) == store.findings.narrowed(Wanted(practices=("casco",)))


def test_a_row_of_the_longest_words_finds_its_place_in_the_index(store) -> None:
    longest = "".join(chr(0x10000 + number) for number in range(findings.SEARCH_MAX))
    save(store, row("a", search=longest))

    assert ["a"] == keys(store, text=longest[:40])
