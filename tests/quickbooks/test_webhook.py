"""Webhooks: both formats, two companies in one body, repeated, reordered."""

import base64
import hashlib
import hmac
import json

import pytest

from hhs_sync.quickbooks.webhook import companies_in, is_genuine

FIRST, SECOND = "9341450000000001", "9341450000000002"


def cloud_event(realm, number=1):
    return {
        "specversion": "1.0", "id": f"event-{number}", "source": "intuit.abc", "type": "qbo.invoice.updated.v1",
        "time": "2026-11-21T09:00:00Z", "intuitentityid": "7", "intuitaccountid": realm, "data": {},
    }  # fmt: skip


def classic(*realms):
    entities = [{"name": "Invoice", "id": "7", "operation": "Update", "lastUpdated": "2026-11-21T09:00:00.000Z"}]
    events = [{"realmId": realm, "dataChangeEvent": {"entities": entities}} for realm in realms]
    return {"eventNotifications": events}


@pytest.mark.parametrize(
    ("said", "companies"),
    [
        ([cloud_event(FIRST)], (FIRST,)),
        ([cloud_event(FIRST), cloud_event(SECOND, 2), cloud_event(FIRST)], (FIRST, SECOND)),
        (cloud_event(FIRST), (FIRST,)),
        (classic(FIRST), (FIRST,)),
        (classic(SECOND, FIRST, SECOND), (SECOND, FIRST)),
        ([], ()),
        ({}, ()),
        ([1, None, {"intuitaccountid": None}], ()),
        ({"eventNotifications": 5}, ()),
        ({"eventNotifications": {"realmId": FIRST}}, ()),
    ],
)
def test_trap_18_a_delivery_names_the_companies_to_look_at(said, companies):
    assert companies == companies_in(json.dumps(said).encode())


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"eventNotifications": ', b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_cannot_be_read_names_none(body):
    assert () == companies_in(body)


def test_a_signature_is_the_bodys_own_under_our_token():
    body = json.dumps([cloud_event(FIRST)]).encode()
    signature = base64.b64encode(hmac.new(b"token", body, hashlib.sha256).digest()).decode()

    assert is_genuine(body, signature, "token")
    assert not is_genuine(body + b" ", signature, "token")
    assert not is_genuine(body, signature, "another")
    assert not is_genuine(body, "", "token")
    assert not is_genuine(body, "not base64 at all!", "token")
