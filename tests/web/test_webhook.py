"""QuickBooks' webhook: believed by its signature alone, and it says no more than "look soon"."""

import base64
import hashlib
import hmac
import json

import pytest

from hhs_sync.demo.cast import PRACTICES
from hhs_sync.quickbooks.due import LOOK_SOON
from tests.web.conftest import FOREIGN, OWN

TOKEN = "verifier-token-of-the-app"
PATH = "/quickbooks/webhook"


@pytest.fixture
def told(site, tmp_path):
    """The site, whose first practice's app has a verifier token."""
    (site.office.config.folder / "webhook_token").write_text(TOKEN)
    config = site.office.config
    secret = type(config.quickbooks.token_key)("file/webhook_token", config.folder)
    with_token = config.practices[0].quickbooks.model_copy(update={"webhook_token": secret})
    first = config.practices[0].model_copy(update={"quickbooks": with_token})
    site.office.config = config.model_copy(update={"practices": (first, *config.practices[1:])})
    return site


def send(site, body: bytes, signature: str | None = None):
    signed = signature if signature is not None else sign(body)
    return site.visitor().http.post(site.address + PATH, data=body, headers={"intuit-signature": signed})


def sign(body: bytes, token: str = TOKEN) -> str:
    return base64.b64encode(hmac.new(token.encode(), body, hashlib.sha256).digest()).decode()


def event(*realms: str) -> bytes:
    return json.dumps(
        [{"specversion": "1.0", "type": "qbo.payment.updated.v1", "intuitaccountid": one} for one in realms]
    ).encode()


def asked(site, practice: str) -> bool:
    return bool(site.store.mirror.cursor(practice, LOOK_SOON))


def test_a_signed_message_lets_the_next_turn_look(told):
    assert 200 == send(told, event(PRACTICES[0].realm)).status_code
    assert asked(told, OWN)
    assert not asked(told, FOREIGN)


@pytest.mark.parametrize(
    "signature", ["", "nonsense", sign(b"another body"), sign(event(PRACTICES[0].realm), "another token")]
)
def test_what_intuit_did_not_sign_is_refused_and_changes_nothing(told, signature):
    assert 401 == send(told, event(PRACTICES[0].realm), signature).status_code
    assert not asked(told, OWN)


def test_a_token_speaks_for_the_companies_of_its_own_app_only(told):
    assert 200 == send(told, event(PRACTICES[1].realm, "4711")).status_code
    assert not asked(told, FOREIGN)


def test_without_a_token_in_the_config_nothing_is_believed(site):
    assert 401 == send(site, event(PRACTICES[0].realm), sign(event(PRACTICES[0].realm), "")).status_code


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b'{"eventNotifications": null}', b"[1, null]"])
def test_a_signed_message_that_says_nothing_is_taken_in_silence(told, body):
    assert 200 == send(told, body).status_code
    assert not asked(told, OWN)


def test_a_message_beyond_all_measure_is_not_read(told):
    assert 413 == send(told, b"x" * (1024 * 1024 + 1)).status_code
