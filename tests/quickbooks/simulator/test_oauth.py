"""Keys: discovery, codes, access tokens that end, refresh tokens that rotate, revocation."""

import base64
import hashlib

import pytest
import requests

HOUR, DAY = 3600, 86400


def token(caller, **form):
    return caller.session.post(
        f"{caller.sim.base_url}/oauth2/v1/tokens/bearer", data=form, headers=caller.keys(), timeout=60
    )


def refresh(caller, text):
    return token(caller, grant_type="refresh_token", refresh_token=text)


def test_the_discovery_document_names_all_that_intuit_oauth_asks_for(caller):
    found = requests.get(caller.sim.discovery_url, timeout=60).json()

    names = ("authorization_endpoint", "token_endpoint", "revocation_endpoint", "jwks_uri", "userinfo_endpoint")
    assert all(found[name].startswith(caller.sim.base_url) for name in names)
    assert found["issuer"]


def test_a_refresh_answers_both_tokens_and_their_lives(caller):
    found = refresh(caller, "sim-refresh-token").json()

    assert {name: found[name] for name in ("token_type", "expires_in", "x_refresh_token_expires_in")} == {
        "token_type": "bearer",
        "expires_in": 3600,
        "x_refresh_token_expires_in": 8726400,
    }
    assert "x_refresh_token_hard_expires_in" not in found


def test_the_five_year_limit_is_told_to_those_who_ask(caller, clock):
    clock.advance(DAY)

    found = caller.refresh(**{"x-include-refresh-token-hard-expires-in": "true"}).json()

    assert found["x_refresh_token_hard_expires_in"] == 157680000 - DAY


def test_strangers_get_no_tokens(caller):
    form = {"grant_type": "refresh_token", "refresh_token": "sim-refresh-token"}
    address = f"{caller.sim.base_url}/oauth2/v1/tokens/bearer"

    answers = [
        requests.post(address, data=form, timeout=60),
        requests.post(address, data=form, auth=("sim-client-id", "guess"), timeout=60),
        requests.post(address, data=form, headers={"Authorization": "Basic ???"}, timeout=60),
    ]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(401, {"error": "invalid_client"})] * 3


def test_an_access_token_ends_after_an_hour_with_the_body_that_was_recorded(caller, clock):
    caller.refresh()
    clock.advance(HOUR - 1)
    before = caller.call("GET", "preferences")
    clock.advance(1)
    after = caller.call("GET", "preferences")

    assert (before.status_code, after.status_code) == (200, 401)
    fault = after.json()["fault"]
    assert (fault["type"], fault["error"][0]["code"]) == ("AUTHENTICATION", "3200")
    assert fault["error"][0]["message"] == "message=AuthenticationFailed; errorCode=003200; statusCode=401"
    assert isinstance(after.json()["time"], int)


def test_a_token_opens_its_own_realm_only(simulate):
    caller = simulate(realms=("1001", "1002"))
    caller.refresh()
    caller.realm = "1002"

    answer = caller.call("GET", "preferences")

    assert (answer.status_code, answer.json()["Fault"]["Error"][0]["code"]) == (403, "3100")


def test_each_realm_has_its_own_first_token_and_its_own_books(simulate):
    from tests.quickbooks.simulator.caller import Caller

    first = simulate(realms=("1001", "1002"))
    second = Caller(first.sim, "1002")
    first.customer("ANTH")

    assert second.query("SELECT count(*) FROM Customer") == {"totalCount": 0}


class TestRotation:
    def test_reusable_answers_itself(self, caller):
        assert [refresh(caller, "sim-refresh-token").json()["refresh_token"] for _ in range(3)] == [
            "sim-refresh-token"
        ] * 3

    def test_single_use_is_dead_after_one_use(self, simulate):
        caller = simulate(refresh_tokens="single-use")

        second = refresh(caller, "sim-refresh-token").json()["refresh_token"]
        again = refresh(caller, "sim-refresh-token")
        third = refresh(caller, second).json()["refresh_token"]

        assert len({"sim-refresh-token", second, third}) == 3
        assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")

    def test_daily_changes_after_a_day_and_bears_the_old_one_for_another(self, simulate, clock):
        caller = simulate(refresh_tokens="daily")

        same = refresh(caller, "sim-refresh-token").json()["refresh_token"]
        clock.advance(DAY)
        new = refresh(caller, "sim-refresh-token").json()["refresh_token"]
        clock.advance(DAY - 1)
        graced = refresh(caller, "sim-refresh-token").status_code
        clock.advance(1)
        late = refresh(caller, "sim-refresh-token")

        assert (same, new != same, graced) == ("sim-refresh-token", True, 200)
        assert (late.status_code, late.json()["error_description"]) == (400, "Token invalid")

    def test_a_token_nobody_uses_dies_in_a_hundred_days(self, caller, clock):
        clock.advance(8726400)

        assert refresh(caller, "sim-refresh-token").status_code == 400

    def test_a_token_in_use_dies_in_five_years(self, caller, clock):
        for _ in range(20):
            clock.advance(8726399)
            status = refresh(caller, "sim-refresh-token").status_code
            if status != 200:
                break

        assert status == 400

    def test_a_user_who_left_the_company_is_named_as_the_reason(self, caller):
        caller.sim.state.keys.left[caller.realm] = True

        assert refresh(caller, "sim-refresh-token").json()["x_error_reason"] == "user_not_in_realm"


class TestRevocation:
    @pytest.mark.parametrize("which", ["refresh", "access"])
    def test_either_token_ends_the_connection(self, caller, which):
        caller.refresh()
        shown = caller.refresh_token if which == "refresh" else caller.token

        answer = requests.post(
            f"{caller.sim.base_url}/oauth2/v1/tokens/revoke", json={"token": shown}, headers=caller.keys(), timeout=60
        )

        assert (answer.status_code, answer.content) == (200, b"")
        assert caller.call("GET", "preferences").status_code == 401
        assert caller.refresh().status_code == 400

    def test_an_unknown_token_is_refused(self, caller):
        answer = requests.post(
            f"{caller.sim.base_url}/oauth2/v1/tokens/revoke", data={"token": "x"}, headers=caller.keys(), timeout=60
        )

        assert answer.status_code == 400


class TestConsent:
    CALLBACK = "http://localhost:8000/callback"

    def asked(self, **more):
        return {
            "client_id": "sim-client-id",
            "response_type": "code",
            "scope": "com.intuit.quickbooks.accounting openid email",
            "redirect_uri": self.CALLBACK,
            "state": "s-1",
            **more,
        }

    def consent(self, caller, answer="allow", **more):
        """The query of the address that the browser is sent back to."""
        address = f"{caller.sim.base_url}/connect/oauth2"
        page = requests.get(address, params=self.asked(**more), timeout=60)
        assert (page.status_code, "Simulated Company" in page.text) == (200, True), page.text
        sent = requests.post(
            address,
            data={**self.asked(**more), "realm": caller.realm, "answer": answer},
            allow_redirects=False,
            timeout=60,
        )
        assert sent.status_code == 302
        back = requests.Request("GET", sent.headers["Location"]).prepare().url
        assert back.startswith(self.CALLBACK + "?")
        return dict(part.split("=", 1) for part in back.split("?", 1)[1].split("&"))

    def test_a_person_allows_and_the_code_becomes_tokens(self, caller):
        back = self.consent(caller)

        found = token(caller, grant_type="authorization_code", code=back["code"], redirect_uri=self.CALLBACK)
        again = token(caller, grant_type="authorization_code", code=back["code"], redirect_uri=self.CALLBACK)

        assert (back["state"], back["realmId"]) == ("s-1", caller.realm)
        assert refresh(caller, found.json()["refresh_token"]).status_code == 200
        assert again.json()["error"] == "invalid_grant"

    def test_a_person_refuses(self, caller):
        assert self.consent(caller, "refuse") == {"error": "access_denied", "state": "s-1"}

    def test_a_code_ends_after_ten_minutes_and_goes_to_its_own_callback_only(self, caller, clock):
        elsewhere, late = self.consent(caller)["code"], self.consent(caller)["code"]

        wrong = token(caller, grant_type="authorization_code", code=elsewhere, redirect_uri="http://localhost:1/")
        clock.advance(600)
        old = token(caller, grant_type="authorization_code", code=late, redirect_uri=self.CALLBACK)

        assert (wrong.status_code, old.status_code) == (400, 400)

    def test_a_code_with_a_challenge_wants_its_verifier(self, caller):
        verifier = "v" * 50
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        codes = [self.consent(caller, code_challenge=challenge, code_challenge_method="S256")["code"] for _ in "ab"]

        form = {"grant_type": "authorization_code", "redirect_uri": self.CALLBACK}
        without = token(caller, code=codes[0], **form)
        along = token(caller, code=codes[1], code_verifier=verifier, **form)

        assert (without.status_code, along.status_code) == (400, 200)

    @pytest.mark.parametrize(
        "wrong", [{"client_id": "stranger"}, {"redirect_uri": ""}, {"response_type": "token"}, {"state": ""}]
    )
    def test_a_question_that_is_not_in_order_is_not_put_to_anyone(self, caller, wrong):
        page = requests.get(f"{caller.sim.base_url}/connect/oauth2", params=self.asked(**wrong), timeout=60)

        assert page.status_code == 400

    def test_intuit_oauth_gets_through_the_whole_of_it(self, caller, connect):
        from intuitlib.client import AuthClient
        from intuitlib.enums import Scopes

        auth = AuthClient("sim-client-id", "sim-client-secret", self.CALLBACK, caller.sim.discovery_url)
        address = auth.get_authorization_url([Scopes.ACCOUNTING, Scopes.OPENID, Scopes.EMAIL], state_token="s-2")
        page = requests.get(address, timeout=60)
        back = self.consent(caller, state="s-2", scope="com.intuit.quickbooks.accounting openid email")
        auth.get_bearer_token(back["code"], realm_id=back["realmId"])
        user = auth.get_user_info().json()

        assert page.status_code == 200
        assert auth.id_token is not None
        assert (user["email"], user["emailVerified"]) == ("owner@sim-company.example", True)
        assert auth.revoke() is True

    def test_user_info_wants_a_token(self, caller):
        assert requests.get(f"{caller.sim.base_url}/v1/openid_connect/userinfo", timeout=60).status_code == 401
