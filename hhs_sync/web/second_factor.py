"""The second factor: six digits from an app on the phone (TOTP, RFC 6238), and recovery codes for when it is lost.

The secret is sealed in the database under the key that QuickBooks' tokens are kept with. A code holds for its half
minute and the ones beside it, and is taken once: RFC 6238, 5.2 forbids to take it again.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

import pyotp

from hhs_sync.errors import ConfigError
from hhs_sync.store.secrets import box, unseal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from hhs_sync.office import Office
    from hhs_sync.store.users import User

STEP_SECONDS = 30
NAME = "hhs_sync"
RECOVERY_CODES = 10
RECOVERY_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without what is taken for something else: 0 and O, 1 and I."""
RECOVERY_LENGTH = 12
"""60 bits: too many to try, so a plain digest keeps them."""


def new_secret() -> str:
    """160 bits in base32, as apps take them."""
    return pyotp.random_base32()


def address_for_app(secret: str, user: User) -> str:
    """What an app takes as a link or a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.name, issuer_name=NAME)


def in_groups(secret: str) -> str:
    """The secret as one types it in: four letters at a time."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def step_of(secret: str, code: str, at: dt.datetime) -> int | None:
    """The step of time that a code is of, one to either side allowed; None when it is of none."""
    digits, now = "".join(code.split()), int(at.timestamp()) // STEP_SECONDS
    app = pyotp.TOTP(secret)
    for step in (now, now - 1, now + 1):
        if hmac.compare_digest(app.generate_otp(step).encode(), digits.encode()):
            return step
    return None


def is_right(office: Office, user: User, code: str) -> bool:
    """Whether a code is the user's, and use it up. A recovery code does as well."""
    if user.second_factor is None:
        return False
    if len("".join(code.split())) > 6:
        return office.store.users.take_recovery_code(user.name, digest_of(code))
    secret = unsealed(office, user.second_factor)
    step = step_of(secret, code, office.clock())
    # Sealed anew, so that an old key can go once everybody has signed in.
    return step is not None and office.store.users.take_step(user.name, step, sealed(office, secret))


def new_recovery_codes() -> tuple[str, ...]:
    """Codes for paper: each does once what a code of the app does."""
    return tuple(
        "-".join("".join(secrets.choice(RECOVERY_LETTERS) for _ in range(4)) for _ in range(RECOVERY_LENGTH // 4))
        for _ in range(RECOVERY_CODES)
    )


def digest_of(recovery_code: str) -> str:
    """What is kept of a recovery code."""
    letters = "".join(one for one in recovery_code.upper() if one.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest()


def sealed(office: Office, secret: str) -> bytes:
    """A secret as the database keeps it. Raises ConfigError when the config names no key."""
    return box(_keys(office)).encrypt(secret.encode())


def unsealed(office: Office, secret: bytes) -> str:
    """A secret from the database. Raises ConfigError or StoreError when it can't be opened."""
    return unseal(secret, _keys(office)).decode()


def _keys(office: Office) -> Sequence[bytes]:
    key = office.config.quickbooks.token_key
    if key is None:
        raise ConfigError(
            (f"{office.config.path.name}: [quickbooks] lacks token_key: second factors are kept under it",)
        )
    return [one.encode() for one in key.reveal().split()]
