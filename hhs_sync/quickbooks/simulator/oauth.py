"""Keys: authorisation codes, access tokens that live an hour, refresh tokens that rotate as the settings say.

reusable    a refresh token answers itself, for ever: the easy mode, and the default
daily       a token older than 24 hours is answered with a new one; the old one is good for a grace period
single-use  every refresh answers a new token, and the old one is dead at once
"""

import base64
import hashlib
from datetime import datetime, timedelta
from urllib.parse import parse_qs

import msgspec

from hhs_sync.quickbooks.simulator.calls import Call, Reply
from hhs_sync.quickbooks.simulator.identity import id_token
from hhs_sync.quickbooks.simulator.settings import SimulatorSettings
from hhs_sync.quickbooks.simulator.wire import encode

CODE_SECONDS = 600
SCOPE = "com.intuit.quickbooks.accounting"


class RefreshToken(msgspec.Struct, kw_only=True):
    """A refresh token and what has become of it."""

    realm: str
    issued: datetime
    first_issued: datetime
    good_until: datetime
    scope: str = SCOPE


class AccessToken(msgspec.Struct, kw_only=True):
    """An access token; `connection` is the refresh token it came from first, so that revoking finds both."""

    realm: str
    expires: datetime
    scope: str = SCOPE


class Code(msgspec.Struct, kw_only=True):
    """An authorisation code that the consent page gave out."""

    realm: str
    redirect_uri: str
    expires: datetime
    scope: str
    challenge: str | None = None
    challenge_method: str = "plain"


class Keys(msgspec.Struct, kw_only=True):
    """All tokens that exist."""

    refresh: dict[str, RefreshToken] = {}
    access: dict[str, AccessToken] = {}
    codes: dict[str, Code] = {}
    left: dict[str, bool] = {}
    """Realms whose connecting user has left the company."""
    made: int = 0

    def fresh(self, what: str) -> str:
        """A new token's text: told apart by a running number, so that runs repeat."""
        self.made += 1
        digest = hashlib.sha256(f"{what} {self.made}".encode()).hexdigest()
        return f"sim-{what}-{self.made}-{digest[:24]}"


def first_keys(settings: SimulatorSettings, now: datetime) -> Keys:
    """The refresh tokens that exist before anyone has connected."""
    keys = Keys()
    for realm in settings.realms:
        add_realm(keys, settings, realm, now)
    return keys


def add_realm(keys: Keys, settings: SimulatorSettings, realm: str, now: datetime) -> str:
    """Give a realm its first refresh token; returns it."""
    token = settings.refresh_token if realm == settings.realms[0] else f"{settings.refresh_token}-{realm}"
    keys.refresh[token] = RefreshToken(
        realm=realm, issued=now, first_issued=now, good_until=now + timedelta(seconds=settings.refresh_token_seconds)
    )
    return token


def discovery(host: str) -> Reply:
    """The discovery document, with this simulator's own addresses."""
    return Reply(
        body=encode(
            {
                "issuer": host,
                "authorization_endpoint": f"{host}/connect/oauth2",
                "token_endpoint": f"{host}/oauth2/v1/tokens/bearer",
                "userinfo_endpoint": f"{host}/v1/openid_connect/userinfo",
                "revocation_endpoint": f"{host}/oauth2/v1/tokens/revoke",
                "jwks_uri": f"{host}/op/v1/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "scopes_supported": ["openid", "email", "profile", "address", "phone", SCOPE],
                "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
                "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
            }
        )
    )


def token(keys: Keys, settings: SimulatorSettings, call: Call, now: datetime) -> Reply:
    """The token endpoint: a code or a refresh token in, both tokens out."""
    form = {name: values[0] for name, values in parse_qs(call.body.decode("utf-8", "replace")).items()}
    if not _is_client(settings, call, form):
        return _error(401, "invalid_client")
    grant = form.get("grant_type")
    if grant == "authorization_code":
        return _from_code(keys, settings, call, form, now)
    if grant == "refresh_token":
        return _from_refresh_token(keys, settings, call, form, now)
    return _error(400, "unsupported_grant_type" if grant else "invalid_request")


def revoke(keys: Keys, settings: SimulatorSettings, call: Call, now: datetime) -> Reply:
    """The revocation endpoint: ends the whole connection, whichever of its tokens is shown."""
    del now
    if not _is_client(settings, call, {}):
        return _error(401, "invalid_client")
    try:
        shown = str(msgspec.json.decode(call.body).get("token", ""))
    except (msgspec.DecodeError, AttributeError):
        shown = parse_qs(call.body.decode("utf-8", "replace")).get("token", [""])[0]
    held = keys.refresh.get(shown) or keys.access.get(shown)
    if held is None:
        return _error(400, "invalid_token")
    keys.refresh = {text: one for text, one in keys.refresh.items() if one.realm != held.realm}
    keys.access = {text: one for text, one in keys.access.items() if one.realm != held.realm}
    return Reply()


def bearer(keys: Keys, call: Call, now: datetime) -> AccessToken | None:
    """The access token a call shows, if it is good."""
    said = call.headers.get("authorization", "")
    if not said.lower().startswith("bearer "):
        return None
    found = keys.access.get(said[7:].strip())
    return found if found is not None and now < found.expires else None


def grant_code(keys: Keys, realm: str, asked: dict[str, str], now: datetime) -> str:
    """An authorisation code for what the consent page was asked."""
    code = keys.fresh("code")
    keys.codes[code] = Code(
        realm=realm,
        redirect_uri=asked.get("redirect_uri", ""),
        expires=now + timedelta(seconds=CODE_SECONDS),
        scope=asked.get("scope", SCOPE),
        challenge=asked.get("code_challenge"),
        challenge_method=asked.get("code_challenge_method", "plain"),
    )
    return code


def _is_client(settings: SimulatorSettings, call: Call, form: dict[str, str]) -> bool:
    said = call.headers.get("authorization", "")
    if said.lower().startswith("basic "):
        try:
            client, _, secret = base64.b64decode(said[6:]).decode().partition(":")
        except ValueError:
            return False
    else:
        client, secret = form.get("client_id", ""), form.get("client_secret", "")
    return (client, secret) == (settings.client_id, settings.client_secret)


def _from_code(keys: Keys, settings: SimulatorSettings, call: Call, form: dict[str, str], now: datetime) -> Reply:
    code = keys.codes.pop(form.get("code", ""), None)
    if code is None or now >= code.expires or form.get("redirect_uri") != code.redirect_uri:
        return _error(400, "invalid_grant", "Invalid authorization code")
    if (
        code.challenge is not None
        and _challenge(form.get("code_verifier", ""), code.challenge_method) != code.challenge
    ):
        return _error(400, "invalid_grant", "Invalid code verifier")
    text = keys.fresh("refresh")
    held = RefreshToken(
        realm=code.realm,
        issued=now,
        first_issued=now,
        good_until=now + timedelta(seconds=settings.refresh_token_seconds),
        scope=code.scope,
    )
    keys.refresh[text] = held
    keys.left.pop(code.realm, None)
    return _tokens(keys, settings, call, text, held, now)


def _from_refresh_token(
    keys: Keys, settings: SimulatorSettings, call: Call, form: dict[str, str], now: datetime
) -> Reply:
    text = form.get("refresh_token", "")
    held = keys.refresh.get(text)
    hard = timedelta(seconds=settings.refresh_token_hard_seconds)
    if held is None:
        return _error(400, "invalid_grant", "Incorrect or invalid refresh token")
    if now >= held.good_until or now >= held.first_issued + hard:
        return _error(400, "invalid_grant", "Token invalid")
    if keys.left.get(held.realm):
        body = {"error": "invalid_grant", "error_description": "Token invalid", "x_error_reason": "user_not_in_realm"}
        return Reply(status=400, body=encode(body))
    if settings.refresh_tokens == "single-use" or (
        settings.refresh_tokens == "daily" and now - held.issued >= timedelta(hours=24)
    ):
        old = text
        text = keys.fresh("refresh")
        keys.refresh[text] = RefreshToken(
            realm=held.realm,
            issued=now,
            first_issued=held.first_issued,
            good_until=now + timedelta(seconds=settings.refresh_token_seconds),
            scope=held.scope,
        )
        if settings.refresh_tokens == "single-use":
            del keys.refresh[old]
        else:
            held.good_until = min(held.good_until, now + timedelta(hours=settings.refresh_grace_hours))
        held = keys.refresh[text]
    else:
        held.good_until = now + timedelta(seconds=settings.refresh_token_seconds)
    return _tokens(keys, settings, call, text, held, now)


def _tokens(keys: Keys, settings: SimulatorSettings, call: Call, text: str, held: RefreshToken, now: datetime) -> Reply:
    access = keys.fresh("access")
    keys.access = {key: one for key, one in keys.access.items() if now < one.expires}
    keys.access[access] = AccessToken(
        realm=held.realm, expires=now + timedelta(seconds=settings.access_token_seconds), scope=held.scope
    )
    answer: dict[str, object] = {
        "token_type": "bearer",
        "access_token": access,
        "expires_in": settings.access_token_seconds,
        "refresh_token": text,
        "x_refresh_token_expires_in": int((held.good_until - now).total_seconds()),
    }
    if "openid" in held.scope.split():
        answer["id_token"] = id_token(settings, call.host, held.realm, now)
    if call.headers.get("x-include-refresh-token-hard-expires-in", "").lower() == "true":
        end = held.first_issued + timedelta(seconds=settings.refresh_token_hard_seconds)
        answer["x_refresh_token_hard_expires_in"] = int((end - now).total_seconds())
    return Reply(body=encode(answer), headers=(("Cache-Control", "no-cache, no-store"), ("Pragma", "no-cache")))


def _challenge(verifier: str, method: str) -> str:
    if method == "S256":
        return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    return verifier


def _error(status: int, error: str, description: str | None = None) -> Reply:
    body = {"error": error}
    if description:
        body["error_description"] = description
    return Reply(status=status, body=encode(body))
