"""The guard: what may leave, and what may not, without ever saying what stood there."""

from __future__ import annotations

import time

import msgspec
import pytest

from hhs_sync.facts.claim import Claim
from hhs_sync.facts.current import Facts
from hhs_sync.mapping.rules import Shape
from hhs_sync.plan import desired_entries
from hhs_sync.plan.desired import CustomerName, DesiredEntry, DesiredLine, QuickBooksKind
from hhs_sync.plan.privacy import Guard, Leak, Roster, Violation, roster_of
from hhs_sync.plan.references import References, mark_text
from tests.builders import claim, client_payment, coverage, remittance, session
from tests.plan.entries import SECRET, A, rules
from tests.plan.worked_example import books

ROSTER = Roster.of(
    [
        "Doe, Jane Ann",
        "Pierre O'Neil-Lévesque",
        "Van Dyke, Lo",
        "Madonna",
        "Sue Xu",
        "Roe, Richard Jr.",
        "Paul Smith III",
    ],
    ["XYZ-123 456", "W12345", "77", "4211", "nobody"],
)
REFERENCE = References(SECRET).of("k")


def guard() -> Guard:
    return Guard(ROSTER, rules(), codes=("K7F3Q", "84521"))


@pytest.mark.parametrize(
    "text",
    [
        "", "Batch 2025-W46", "Insurance remittance", "Correction of 2025-11", "Client refund", "Anthem", "K7F3Q",
        "K7F3Q Anthem", "84521", "84521 Anthem", "M. Keene", "Clients (detail in practice ledger)", "CONTRACT-COM",
        REFERENCE, mark_text(REFERENCE, "Batch 2025-W46"), "Jane's Diner", "1 of 2", "Doe & Sons", "room 1204",
        "Madonnas", "Suzanne Xu", "year 2025",
    ],
)  # fmt: skip
def test_what_names_nobody_may_leave(text: str) -> None:
    assert guard().leak_in(text) is None
    assert "" == guard()(text)


@pytest.mark.parametrize(
    ("text", "leak"),
    [
        ("Jane Doe", Leak.NAME),
        ("copay DOE, JANE", Leak.NAME),
        ("ann's mother, Mrs. Doe", Leak.NAME),
        ("doe_jane", Leak.NAME),
        ("JaneDoe", Leak.NAME),
        ("Levesque, Pierre", Leak.NAME),
        ("PIERRE ONEIL", Leak.NAME),
        ("from Madonna", Leak.NAME),
        ("Lo van Dyke", Leak.NAME),
        ("Xu Sue", Leak.NAME),
        ("richard roe", Leak.NAME),
        ("Smith, Paul", Leak.NAME),
        ("member XYZ123456", Leak.NUMBER),
        ("xyz 123-456", Leak.NUMBER),
        ("ID:w12345.", Leak.NUMBER),
        ("paid 2025-11-03", Leak.DATE),
        ("11/3/2025", Leak.DATE),
        ("11-03-25", Leak.DATE),
        ("seen 11/3", Leak.DATE),
        ("20251103", Leak.DATE),
        ("11032025", Leak.DATE),
        ("Nov 3", Leak.DATE),
        ("3rd November", Leak.DATE),
        ("123-45-6789", Leak.SOCIAL_SECURITY),
        ("123456789", Leak.SOCIAL_SECURITY),
        ("90837", Leak.PROCEDURE),
        ("for 90837-95", Leak.PROCEDURE),
        ("H2019", Leak.PROCEDURE),
        ("0373T", Leak.PROCEDURE),
        ("F32.1", Leak.DIAGNOSIS),
        ("dx f411", Leak.DIAGNOSIS),
        ("Z63.0", Leak.DIAGNOSIS),
        ("jane@example.org", Leak.CONTACT),
        ("(207) 555-0100", Leak.CONTACT),
        ("K7F3Q 90837", Leak.PROCEDURE),
        (mark_text(REFERENCE, "Jane Doe"), Leak.NAME),
    ],
)
def test_what_tells_of_a_client_may_not_leave(text: str, leak: Leak) -> None:
    assert leak is guard().leak_in(text)


def test_the_guard_says_what_kind_of_leak_it_is_and_never_what_stood_there() -> None:
    said = guard()("Jane Doe 90837")

    assert "holds a client's name" == said
    assert "Jane" not in said


def test_a_payer_that_is_called_like_a_client_is_held_back() -> None:
    """A payer column that held the client's own name, mapped by mistake."""
    payers = (*rules().payers, msgspec.structs.replace(rules().payers[0], id="SELF", name="Jane Doe"))
    practice = msgspec.structs.replace(rules(), payers=payers)

    assert Leak.NAME is Guard(ROSTER, practice).leak_in("Jane Doe")


def test_a_payers_own_number_is_no_leak_and_staff_may_be_named() -> None:
    payers = (msgspec.structs.replace(rules().payers[0], name="Plan 60054"),)
    staff = (msgspec.structs.replace(rules().clinicians[0], class_name="Jane Doe"),)
    practice = msgspec.structs.replace(rules(), payers=payers, clinicians=staff)

    assert Guard(ROSTER, practice).leak_in("Plan 60054") is None
    assert Guard(ROSTER, practice, codes=["K1"]).leak_in("K1 Plan 60054") is None
    assert Guard(ROSTER, practice).leak_in("Jane Doe") is None


def test_every_field_of_an_entry_is_looked_at() -> None:
    wish = DesiredEntry(
        key="k", kind=QuickBooksKind.INVOICE, reference="INV-1", customer=CustomerName("Jane Doe", ""), memo="90837",
        payee="W12345", lines=(DesiredLine(account=A.BANK, amount=1, description="F32.1"),) * 2,
    )  # fmt: skip
    customer_of_line = DesiredLine(account=A.BANK, amount=1, customer=CustomerName("Anthem", "Madonna"))

    assert (
        Violation("reference", Leak.REFERENCE),
        Violation("memo", Leak.PROCEDURE),
        Violation("payee", Leak.NUMBER),
        Violation("description", Leak.DIAGNOSIS),
        Violation("customer", Leak.NAME),
    ) == guard().check(wish)
    assert [Violation("customer", Leak.NAME)] == [
        *guard().check(
            DesiredEntry(key="k", kind=QuickBooksKind.DEPOSIT, reference=REFERENCE, lines=(customer_of_line,))
        )
    ]
    assert "customer holds a client's name" == Violation("customer", Leak.NAME).says


@pytest.mark.parametrize("shape", Shape)
def test_everything_that_we_write_may_leave(shape: Shape) -> None:
    made = desired_entries(books(), rules(shape), SECRET)

    assert [] == [one.key for one in made.entries if guard().check(one)]


def test_the_roster_knows_everyone_whom_the_facts_name() -> None:
    told = Claim(
        key="claim/1",
        claim_number="1",
        payer_name="ANTH",
        client_name="ROE, RICHARD",
        member_id="ZZ99887",
        amount_charged=1,
    )
    paid = claim("1", "1", "1", client_name="POE, EDGAR", member_id="QQ55443", corrected_member_id="QQ55444")
    facts = Facts.of(
        [
            told,
            remittance("1", "2025-11-14", "1", paid),
            session("1", "2025-11-03", client="Grace Hopper"),
            coverage("MRN-0042199", "ANTH", member_id="CC112233"),
            client_payment("1", "2025-11-03", "5", client="Alan Turing"),
        ]
    )
    watch = Guard(roster_of(facts), rules())

    for text in (
        "Richard Roe",
        "ZZ99887",
        "Edgar Poe",
        "QQ55443",
        "QQ 55444",
        "hopper grace",
        "mrn0042199",
        "CC112233",
    ):
        assert watch.leak_in(text) in (Leak.NAME, Leak.NUMBER), text
    assert Leak.NAME is watch.leak_in("Turing, Alan")


def test_a_hundred_thousand_entries_are_looked_at_within_seconds() -> None:
    """Our own texts are few and each is looked at once; the roster may be large."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    names = [f"{a}{b}{c}ley, {c}{b}{a}na" for a in letters for b in letters for c in letters[:8]]
    watch = Guard(Roster.of(names, [f"M{number:08d}" for number in range(20_000)]), rules(), codes=["K1"])
    wishes = [
        DesiredEntry(
            key=str(n), kind=QuickBooksKind.INVOICE, reference=REFERENCE, memo="Batch 2025-W46",
            customer=CustomerName("Anthem", "K1"),
        )
        for n in range(1000)
    ]  # fmt: skip
    began = time.process_time()
    for _ in range(100):
        for wish in wishes:
            watch.check(wish)

    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    ("name", "found", "passed"),
    [
        ("Doe, Jane", ["jane doe", "Doe's Jane", "Jane’s aunt Doe", "janedoe", "DoeJane"], ["Jane Roe", "Does Jane"]),
        ("Jane Ann Doe", ["Doe, Ann", "ann doe"], ["Jane Ann", "Doe"]),
        ("O'Neil, Pat", ["ONeil, Pat", "o'neil's pat", "Pat ONEIL"], ["Neil, Pat", "Pat O"]),
        ("Lee", ["Mrs. Lee", "LEE'S copay"], ["Leeds", "fee"]),
        ("Xu", [], ["Xu", "Mr. Xu"]),
        ("Jane Doe Jr.", ["doe jane"], ["Jane Jr."]),
        ("Doe III, Jane", ["jane doe"], ["Jane III"]),
        ("Núñez, José", ["jose nunez", "NUÑEZ JOSÉ"], ["Jose"]),
    ],
)  # fmt: skip
def test_a_name_is_known_in_the_forms_in_which_people_write_it(name: str, found: list[str], passed: list[str]) -> None:
    look = Guard(Roster.of([name], []), rules())

    assert found == [text for text in [*found, *passed] if look.leak_in(text) is Leak.NAME]


@pytest.mark.parametrize(
    ("number", "known"),
    [("12a45", {"12A45"}), ("xyz-123 456", {"XYZ123456"}), ("nobody", set()), ("77", set()), ("A1", set())],
)
def test_a_number_is_known_by_its_capitals_and_digits_if_it_is_long_enough_to_be_one(
    number: str, known: set[str]
) -> None:
    assert known == Roster.of([], [number]).numbers
