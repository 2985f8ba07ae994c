"""What the browser holds: the session's random id in a cookie, and in every form a token that follows from it.

The database knows only the id's digest. The token for forms is another digest of the id: it need not be stored, and
whoever sees a page's source can't find the id from it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets


def new_session_id() -> str:
    """256 bits that nobody can guess."""
    return secrets.token_urlsafe(32)


def digest_of(session_id: str) -> str:
    """What the database knows of a session's id."""
    return hashlib.sha256(session_id.encode()).hexdigest()


def csrf_of(session_id: str) -> str:
    """The token that shows that a form is a page of ours, seen in this session."""
    return hmac.new(session_id.encode(), b"form", hashlib.sha256).hexdigest()


def is_csrf_of(session_id: str, token: str) -> bool:
    """Whether a form brought the token of its session."""
    return hmac.compare_digest(csrf_of(session_id).encode(), token.encode())
