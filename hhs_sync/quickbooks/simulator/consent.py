"""The page on which a person allows an application to see a company, and who that person is.

What stands at appcenter.intuit.com in the world: the browser comes with the application's question, goes back to the
application with a code, or with a refusal.
"""

from datetime import datetime
from urllib.parse import parse_qs, urlencode, urlsplit

from hhs_sync.quickbooks.simulator.calls import Call, Reply
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.oauth import Keys, bearer, grant_code
from hhs_sync.quickbooks.simulator.pages import HTML, render
from hhs_sync.quickbooks.simulator.settings import SimulatorSettings
from hhs_sync.quickbooks.simulator.wire import encode

ASKED = (
    "client_id",
    "response_type",
    "scope",
    "redirect_uri",
    "state",
    "code_challenge",
    "code_challenge_method",
)


def page(settings: SimulatorSettings, companies: dict[str, Company], call: Call) -> Reply:
    """The question, put to a person; 400 where the application did not ask properly."""
    wrong = _what_is_wrong(settings, call.query)
    if wrong:
        return Reply(status=400, body=render("refused.html", why=wrong), content_type=HTML)
    listed = [
        {"realm": realm, "name": company.tables["CompanyInfo"]["1"]["CompanyName"]}
        for realm, company in companies.items()
    ]
    asked = {name: call.query[name] for name in ASKED if name in call.query}
    body = render("consent.html", asked=asked, companies=listed, scopes=call.query.get("scope", "").split())
    return Reply(body=body, content_type=HTML)


def answered(
    settings: SimulatorSettings, keys: Keys, companies: dict[str, Company], call: Call, now: datetime
) -> Reply:
    """The person's answer, sent back to the application through the browser."""
    form = {name: values[0] for name, values in parse_qs(call.body.decode("utf-8", "replace")).items()}
    wrong = _what_is_wrong(settings, form)
    realm = form.get("realm", "")
    if wrong or realm not in companies:
        body = render("refused.html", why=wrong or "There is no such company.")
        return Reply(status=400, body=body, content_type=HTML)
    if form.get("answer") == "allow":
        back = {"code": grant_code(keys, realm, form, now), "state": form["state"], "realmId": realm}
    else:
        back = {"error": "access_denied", "state": form["state"]}
    joint = "&" if urlsplit(form["redirect_uri"]).query else "?"
    return Reply(status=302, headers=(("Location", f"{form['redirect_uri']}{joint}{urlencode(back)}"),))


def user_info(settings: SimulatorSettings, keys: Keys, call: Call, now: datetime) -> Reply:
    """Who connected; wants an access token, and tells only what its scope covers."""
    token = bearer(keys, call, now)
    if token is None:
        return Reply(status=401, body=encode({"error": "invalid_token"}))
    found: dict[str, object] = {"sub": "sim-user-1"}
    if "email" in token.scope.split():
        found |= {"email": settings.user_email, "emailVerified": True}
    if "profile" in token.scope.split():
        found |= {"givenName": "Simulated", "familyName": "Owner"}
    return Reply(body=encode(found))


def _what_is_wrong(settings: SimulatorSettings, asked: dict[str, str]) -> str:
    """Why the question cannot be put to anyone; empty when it can."""
    if asked.get("client_id") != settings.client_id:
        return "The client_id parameter is missing or unknown."
    if asked.get("response_type") != "code":
        return "The response_type parameter must be code."
    if urlsplit(asked.get("redirect_uri", "")).scheme not in ("http", "https"):
        return "The redirect_uri parameter is missing or invalid."
    if not asked.get("scope"):
        return "The scope parameter is missing."
    if not asked.get("state"):
        return "The state parameter is missing."
    return ""
