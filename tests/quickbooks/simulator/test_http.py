"""How strangers' clients spell a call: methods, slashes, capitals, headers, sorts of bodies."""

import gzip
import json
import zlib

import pytest


@pytest.mark.parametrize("path", ["account/35", "account/35/", "Account/35", "ACCOUNT/35"])
def test_an_address_may_be_spelled_many_ways(seeded, path):
    assert seeded.call("GET", path).json()["Account"]["Name"] == "Checking"


def test_head_answers_as_get_without_a_body(seeded):
    answer = seeded.call("HEAD", "account/35")

    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 100


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_a_method_that_quickbooks_does_not_have_is_refused_and_changes_nothing(seeded, method):
    body = {"Name": "Account by another method", "AccountType": "Expense"}
    answer = seeded.call(method, "account", body=body)

    assert (answer.status_code, answer.json()["Fault"]["Error"][0]["code"]) == (405, "500")
    assert seeded.found("Account", "WHERE Name = 'Account by another method'") == {}


def test_a_batch_is_not_got(seeded):
    assert seeded.call("GET", "batch").status_code == 405


@pytest.mark.parametrize("sort", ["application/json", "application/json; charset=utf-8", "text/plain", ""])
def test_an_object_may_be_sent_as_any_sort_of_text(seeded, sort):
    answer = seeded.call("POST", "customer", body={"DisplayName": "Anna"}, headers={"Content-Type": sort})

    assert answer.json()["Customer"]["DisplayName"] == "Anna"


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_body_may_be_compressed(seeded, pack):
    encoding = "gzip" if pack is gzip.compress else "deflate"
    body = pack(json.dumps({"DisplayName": "Anna"}).encode())
    answer = seeded.call("POST", "customer", body=body, headers={"Content-Encoding": encoding})

    assert answer.json()["Customer"]["DisplayName"] == "Anna"


def test_a_body_that_cannot_be_unpacked_is_refused(seeded):
    answer = seeded.call("POST", "customer", body=b"no gzip", headers={"Content-Encoding": "gzip"})

    assert (answer.status_code, answer.json()["Fault"]["Error"][0]["code"]) == (400, "2010")


@pytest.mark.parametrize("version", ["4", "65", "75", "100", "latest", ""])
def test_every_minor_version_is_answered_alike(seeded, version):
    answer = seeded.call("GET", "account/35", minorversion=version)

    assert answer.json()["Account"]["Name"] == "Checking"


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"x"', "3", b"\xff\xfe"])
def test_a_body_that_is_no_object_is_refused(seeded, body):
    answer = seeded.call("POST", "customer", body=body)

    assert (answer.status_code, answer.json()["Fault"]["Error"][0]["code"]) == (400, "2010")


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "unicorn/1", "500"),
        ("POST", "unicorn", "500"),
        ("GET", "account", "610"),
        ("GET", "account/0", "610"),
        ("GET", "account/abc", "610"),
        ("GET", "reports/Unicorn", "2500"),
    ],
)
def test_what_is_not_there_is_a_fault_and_no_empty_page(seeded, method, path, code):
    answer = seeded.call(method, path, body={} if method == "POST" else None)

    assert (answer.status_code, answer.json()["Fault"]["Error"][0]["code"]) == (400, code)


def test_every_answer_bears_a_trace_of_its_own(seeded):
    traces = {seeded.call("GET", path).headers["intuit_tid"] for path in ("account/35", "account/0", "unicorn/1")}

    assert len(traces) == 3


def test_a_client_may_name_itself_and_ask_for_json_in_the_address(seeded):
    headers = {"User-Agent": "node-quickbooks: version 2.0.45", "Request-Id": "b7a5"}
    answer = seeded.call("GET", "query", query="select * from account", format="json", headers=headers)

    assert len(answer.json()["QueryResponse"]["Account"]) > 20
