"""OpenID Connect: the signed statement of who connected, and the public key to check it with."""

import functools
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from hhs_sync.quickbooks.simulator.calls import Reply
from hhs_sync.quickbooks.simulator.settings import SimulatorSettings
from hhs_sync.quickbooks.simulator.wire import encode

KEY_ID = "sim-key-1"


def id_token(settings: SimulatorSettings, issuer: str, realm: str, now: datetime) -> str:
    """The statement, good for an hour.

    Those who check it look at their own clocks and not at the simulator's, so it is good under both.
    """
    wall = datetime.now(UTC)
    claims = {
        "sub": "sim-user-1",
        "aud": [settings.client_id],
        "realmid": realm,
        "iss": issuer,
        "auth_time": int(min(now, wall).timestamp()),
        "iat": int(min(now, wall).timestamp()),
        "exp": int((max(now, wall) + timedelta(hours=1)).timestamp()),
    }
    return jwt.encode(claims, _key(), algorithm="RS256", headers={"kid": KEY_ID})


def public_keys() -> Reply:
    """The document at jwks_uri."""
    key: dict[str, Any] = RSAAlgorithm.to_jwk(_key().public_key(), as_dict=True)
    return Reply(body=encode({"keys": [{**key, "kid": KEY_ID, "use": "sig", "alg": "RS256"}]}))


@functools.cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
