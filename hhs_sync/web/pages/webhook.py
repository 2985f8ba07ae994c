"""QuickBooks' webhook: which companies to look at again soon. It carries no session, but Intuit's signature."""

from __future__ import annotations

from starlette.responses import Response

from hhs_sync.quickbooks.due import look_soon
from hhs_sync.quickbooks.webhook import companies_in, is_genuine
from hhs_sync.web.page import Page
from hhs_sync.web.rights import Right
from hhs_sync.web.route import Route

BODY_MAX = 1024 * 1024
"""Intuit puts up to 1,000 events of some 400 bytes into one message."""


def receive(page: Page) -> Response:
    """Note that these companies changed; the practices' next turns look. 401 when Intuit did not sign it."""
    signature = page.headers.get("intuit-signature", "")
    signed = {
        practice.realm: practice.id
        for practice in page.office.config.practices
        if practice.realm
        and not practice.not_worked_because
        and practice.quickbooks.webhook_token is not None
        and is_genuine(page.body, signature, practice.quickbooks.webhook_token.reveal())
    }
    if not signed:
        return Response("The signature is not Intuit's.\n", 401, media_type="text/plain")
    for realm in companies_in(page.body):
        if realm in signed:
            look_soon(page.store, signed[realm], page.now)
    return Response(status_code=200)


ROUTES = (
    Route(path="/quickbooks/webhook", show=receive, right=Right.ANYONE, method="POST", signed=True, body_max=BODY_MAX),
)
