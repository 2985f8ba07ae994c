"""No name leaves: every byte that the simulated QuickBooks received is searched for the demo practices' clients."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from hhs_sync.demo.cast import FEES, PRACTICES
from hhs_sync.demo.draft import Draft
from hhs_sync.demo.world import make_up
from hhs_sync.plan.references import batch_date
from tests.stage import THROUGH, stage

DATE = re.compile(r"\b20\d\d-\d\d-\d\d\b")


class Sent(NamedTuple):
    """What left the house: each request's target and body, and all of it in one text."""

    targets: list[str]
    bodies: list[Any]
    text: str


@pytest.fixture(scope="module")
def drafts() -> list[Draft]:
    return [make_up(one, 1, THROUGH) for one in PRACTICES]


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sent]:
    with stage(tmp_path_factory.mktemp("demo"), PRACTICES, mishaps=True) as made:
        for practice in ("harbor", "birch"):
            report = made.turn(practice)

            assert report.pushed is not None
            assert report.pushed.created > 80
        received = made.simulator.state.received
        written = [one for one in received if one.label.startswith(("batch", "create", "update"))]
        yield Sent(
            [one.target for one in received],
            [json.loads(one.body) for one in written],
            "\n".join(one.raw().decode() for one in received),
        )


def test_no_name_of_a_client_left(sent: Sent, drafts: list[Draft]) -> None:
    lowered = sent.text.lower()
    people = {(one.first_name, one.last_name) for draft in drafts for one in draft.clients} | {
        ("Morwenna", "Undercliffe")
    }

    assert 50 < len(people)
    assert [] == [last for _, last in people if last.lower() in lowered]
    assert [] == [first for first, _ in people if re.search(rf"\b{first.lower()}\b", lowered)]


def test_no_number_of_a_member_client_session_or_claim_left(sent: Sent, drafts: list[Draft]) -> None:
    """As a word of its own: a reference of ours, which is drawn by chance, may happen to hold a client's five signs."""
    numbers = {one.member_id for draft in drafts for one in draft.clients if one.member_id}
    numbers |= {one.secondary_member_id for draft in drafts for one in draft.clients if one.secondary_member_id}
    numbers |= {one.id for draft in drafts for one in draft.clients}
    numbers |= {one.number for draft in drafts for one in draft.bills}
    numbers |= {one.reference for draft in drafts for one in draft.payments if len(one.reference) > 6}

    assert 900 < len(numbers)
    assert [] == [number for number in numbers if number in sent.text and re.search(rf"\b{number}\b", sent.text)]


def test_no_procedure_code_left_in_any_text(sent: Sent) -> None:
    """As a word of its own: an id of QuickBooks' or an amount may happen to hold the same digits."""
    texts = " | ".join(text for body in sent.bodies for text in texts_in(body))

    assert [] == [code for code in (*FEES, "NO SHOW", "LATE CANCEL", "H0004") if re.search(rf"\b{code}\b", texts)]


def test_no_date_of_service_left(sent: Sent, drafts: list[Draft]) -> None:
    """QuickBooks learns batch dates and the days on which money moved; these alone, and as dates of entries alone."""
    service = {one.date for draft in drafts for one in draft.visits}
    money = {one.date for draft in drafts for one in (*draft.bank_lines, *draft.payouts, *draft.advices)}
    batches = {batch_date(day) for day in service | money} | {
        batch_date(one.date) for draft in drafts for one in draft.payments
    }
    dated = {dt.date.fromisoformat(found) for body in sent.bodies for found in DATE.findall(json.dumps(body))}
    hidden = service - money - batches
    forms = [
        form for day in hidden for form in (day.isoformat(), f"{day:%Y%m%d}", f"{day:%m/%d/%Y}", f"{day:%-m/%-d/%y}")
    ]

    assert set() == dated - money - batches
    assert [] == [text for body in sent.bodies for text in texts_in(body) if DATE.search(text)]
    assert [] == [form for form in forms if form in sent.text]


def test_what_tells_of_sessions_bears_the_date_of_its_batch(sent: Sent) -> None:
    """The Sunday or the end of the month on or after the day, which many sessions share."""
    charges = [
        one["Invoice"]
        for body in sent.bodies
        for one in body.get("BatchItemRequest", ())
        if "Invoice" in one and "Batch" in one["Invoice"]["PrivateNote"]
    ]
    days = [dt.date.fromisoformat(one["TxnDate"]) for one in charges]

    assert 400 < len(days)
    assert [] == [day for day in days if day != batch_date(day)]


def test_no_diagnosis_and_no_word_of_therapy_left(sent: Sent) -> None:
    lowered = " ".join(text for body in sent.bodies for text in texts_in(body)).lower()

    assert [] == [word for word in ("psycho", "therap", "diagnos", "telehealth") if word in lowered]


def texts_in(value: Any, name: str = "") -> Iterator[str]:
    """Every text of a body that a person could have written, but for the dates of entries."""
    if isinstance(value, str):
        if name not in ("TxnDate", "DueDate"):
            yield value
    elif isinstance(value, dict):
        for inner_name, inner in value.items():
            yield from texts_in(inner, inner_name)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner, name)
