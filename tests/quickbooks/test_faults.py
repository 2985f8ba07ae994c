"""What an answer means, whatever it is dressed in."""

import msgspec
import pytest

from hhs_sync.errors import (
    NotConnectedError,
    QuickBooksRefusedError,
    QuickBooksUnavailableError,
    QuickBooksUnclearError,
)
from hhs_sync.quickbooks.faults import AccessExpired, Fault, error_of, judge, number_taken_by, read_fault

THROTTLED = "message=ThrottleExceeded; errorCode=003001; statusCode=429"
XML = (
    '<?xml version="1.0"?><IntuitResponse xmlns="http://schema.intuit.com/finance/v3"><Fault type="{type}">'
    '<Error code="{code}" element="Line"><Message>{message}</Message><Detail>{detail}</Detail></Error></Fault>'
    "</IntuitResponse>"
)
HTML = b"<html><body>503 Service Temporarily Unavailable</body></html>"


def fault(code, message="A message", detail="A detail", **more):
    return msgspec.json.encode(
        {"Fault": {"Error": [{"Message": message, "Detail": detail, "code": code, **more}], "type": "ValidationFault"}}
    )


def lower(code, message="A message"):
    return msgspec.json.encode({"fault": {"error": [{"message": message, "code": code}], "type": "AUTHENTICATION"}})


def xml(code, message="A message", detail="A detail"):
    return XML.format(type="SERVICE", code=code, message=message, detail=detail).encode()


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, b'{"Invoice": {"Id": "1"}}', None),
        (200, fault("5010"), QuickBooksRefusedError),
        (200, b"", QuickBooksUnclearError),
        (200, b'{"Invoice": {"Id": ', QuickBooksUnclearError),
        (200, b"[1]", QuickBooksUnclearError),
        (400, fault("6140"), QuickBooksRefusedError),
        (400, xml("2020"), QuickBooksRefusedError),
        (400, lower("2020"), QuickBooksRefusedError),
        (400, HTML, QuickBooksUnclearError),
        (400, b"{}", QuickBooksRefusedError),
        (401, lower("3200"), AccessExpired),
        (401, b"", AccessExpired),
        (401, fault("120"), NotConnectedError),
        (403, fault("3001", THROTTLED), QuickBooksUnavailableError),
        (403, fault("003001"), QuickBooksUnavailableError),
        (403, fault("3100"), NotConnectedError),
        (400, fault("6190"), NotConnectedError),
        (404, b"{}", QuickBooksRefusedError),
        (429, fault("3001", THROTTLED), QuickBooksUnavailableError),
        (429, xml("3001", THROTTLED), QuickBooksUnavailableError),
        (429, lower("3001", THROTTLED), QuickBooksUnavailableError),
        (429, b"", QuickBooksUnavailableError),
        (500, fault("10000"), QuickBooksUnclearError),
        (500, b"", QuickBooksUnclearError),
        (502, HTML, QuickBooksUnclearError),
        (503, HTML, QuickBooksUnclearError),
        (504, b'{"message": "timeout"}', QuickBooksUnclearError),
    ],
)
def test_traps_3_and_16_the_answer_to_a_write_is_judged_by_status_and_shape(status, body, expected):
    """JSON, XML and lower-case bodies; a Fault inside a 200."""
    if expected is None:
        assert {"Invoice": {"Id": "1"}} == judge(status, {}, body, write=True)
        return

    with pytest.raises(expected):
        judge(status, {}, body, write=True)


@pytest.mark.parametrize(
    ("status", "body", "at_work"),
    [(200, b"", False), (500, fault("10000"), False), (500, b"", True), (502, HTML, True), (504, b"{}", True)],
)
def test_behind_a_gateway_that_gave_up_quickbooks_may_still_be_at_work(status, body, at_work):
    with pytest.raises(QuickBooksUnclearError) as caught:
        judge(status, {}, body, write=True)

    assert caught.value.at_work == at_work


@pytest.mark.parametrize(("status", "body"), [(200, b""), (500, fault("10000")), (503, HTML), (400, HTML)])
def test_what_would_be_unclear_after_a_write_may_be_asked_again_after_a_read(status, body):
    with pytest.raises(QuickBooksUnavailableError):
        judge(status, {}, body, write=False)


def test_trap_6_please_wait_a_few_minutes_is_told_from_other_6000_by_its_text():
    busy = Fault(
        code="6000",
        message="A business validation error has occurred while processing your request",
        detail="An unexpected error occurred while accessing or saving your data. Please wait a few minutes",
    )
    rule = Fault(
        code="6000", message="A business validation error", detail="You must choose a customer in the Name field."
    )

    assert isinstance(error_of(busy), QuickBooksUnavailableError)
    assert isinstance(error_of(rule), QuickBooksRefusedError)


def test_a_throttled_answer_says_how_long_to_wait_or_a_minute():
    with pytest.raises(QuickBooksUnavailableError) as said:
        judge(429, {"Retry-After": "7"}, b"", write=True)
    with pytest.raises(QuickBooksUnavailableError) as silent:
        judge(429, {}, b"", write=True)

    assert 7.0 == said.value.retry_after_seconds
    assert 60.0 == silent.value.retry_after_seconds


def test_a_refusal_keeps_what_intuit_says_and_its_text_shows_no_detail():
    """Details quote what was sent, and a stale object's message names a person."""
    with pytest.raises(QuickBooksRefusedError) as refused:
        judge(
            400, {"intuit_tid": "1-abc"},
            fault("5010", "Stale Object Error : You and Jane Doe were working on this", "Jane Doe, 2026", element="Id"),
            write=True,
        )  # fmt: skip

    assert "5010" == refused.value.code
    assert "1-abc" == refused.value.trace
    assert "Id" == refused.value.element
    assert "QuickBooks refused (5010): Stale Object Error" == str(refused.value)


def test_a_fault_without_a_code_or_errors_is_still_a_refusal():
    """python-quickbooks itself raises TypeError and ValueError at these."""
    assert "0" == read_fault(b'{"Fault": {"Error": [{"Message": "m"}]}}').code
    assert "0" == read_fault(b'{"Fault": {"Error": [{"Message": "m", "code": ""}]}}').code
    assert "0" == read_fault(b'{"Fault": {"type": "x"}}').code


def test_a_body_without_a_fault_has_none():
    assert read_fault(b'{"Invoice": {}}') is None
    assert read_fault(HTML) is None
    assert read_fault(b"<Fault><broken") is None


def test_the_entry_that_bears_a_number_is_read_from_the_detail():
    detail = "Duplicate Document Number Error : ... DocNumber=X is assigned to TxnType={} with TxnId=3632"

    assert ("JournalEntry", "3632") == number_taken_by(detail.format("Journal Entry"))
    assert ("Invoice", "3632") == number_taken_by(detail.format("Invoice"))
    assert number_taken_by("something else") is None
