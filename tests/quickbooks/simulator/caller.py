"""A plain caller of the simulator, with shorthand for the documents that most tests need."""

import base64
import json

import requests


class Caller:
    """Calls the simulator by hand: full control of what goes out, full sight of what comes back."""

    def __init__(self, sim, realm=None):
        self.sim = sim
        self.realm = realm or sim.realm
        self.session = requests.Session()
        self.token = None
        settings = sim.state.settings
        self.refresh_token = settings.refresh_token
        if self.realm != settings.realms[0]:
            self.refresh_token += f"-{self.realm}"

    def keys(self):
        settings = self.sim.state.settings
        pair = f"{settings.client_id}:{settings.client_secret}"
        return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}

    def refresh(self, **headers):
        form = {"grant_type": "refresh_token", "refresh_token": self.refresh_token}
        answer = self.session.post(
            f"{self.sim.base_url}/oauth2/v1/tokens/bearer", data=form, headers={**self.keys(), **headers}, timeout=60
        )
        if answer.status_code == 200:
            self.token = answer.json()["access_token"]
            self.refresh_token = answer.json()["refresh_token"]
        return answer

    def call(self, method, path, *, body=None, timeout=60, headers=None, **params):
        if self.token is None:
            self.refresh()
        data = body if isinstance(body, (bytes, str)) or body is None else json.dumps(body)
        return self.session.request(
            method,
            f"{self.sim.api_base_url}/company/{self.realm}/{path}",
            params={"minorversion": 75, **params},
            data=data,
            headers={
                "Authorization": f"Bearer {self.token}",
                "Accept": "application/json",
                "Content-Type": "application/json",
                **(headers or {}),
            },
            timeout=timeout,
        )

    def save(self, kind, body, **params):
        """Create or update; returns the object, fails on a Fault."""
        answer = self.call("POST", kind.lower(), body=body, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()[kind]

    def fault(self, kind, body, **params):
        """The code and detail with which a write is refused."""
        answer = self.call("POST", kind.lower(), body=body, **params)
        assert "Fault" in answer.json(), answer.text
        error = answer.json()["Fault"]["Error"][0]
        return error["code"], error["Detail"]

    def read(self, kind, object_id):
        answer = self.call("GET", f"{kind.lower()}/{object_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()[kind]

    def delete(self, kind, held):
        return self.call(
            "POST", kind.lower(), body={"Id": held["Id"], "SyncToken": held["SyncToken"]}, operation="delete"
        )

    def query(self, statement):
        answer = self.call("POST", "query", body=statement, headers={"Content-Type": "application/text"})
        assert answer.status_code == 200, answer.text
        return answer.json()["QueryResponse"]

    def found(self, kind, rest=""):
        """What a query of a kind finds; `rest` is everything behind its name."""
        return self.query(f"SELECT * FROM {kind} {rest}")  # noqa: S608  There is no SQL behind it.

    def batch(self, *items, **params):
        numbered = [{"bId": f"b{place}", **item} for place, item in enumerate(items)]
        answer = self.call("POST", "batch", body={"BatchItemRequest": numbered}, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()["BatchItemResponse"]

    def preferences(self, group, **chosen):
        held = self.call("GET", "preferences").json()["Preferences"]
        return self.save("Preferences", {"Id": "1", "SyncToken": held["SyncToken"], "sparse": True, group: chosen})

    def trial_balance(self, **params):
        """Account name to cents, debits positive."""
        report = self.call("GET", "reports/TrialBalance", **{"date_macro": "All", **params}).json()
        found = {}
        for row in report["Rows"].get("Row", ()):
            if "ColData" in row:
                name, debit, credit = (cell["value"] for cell in row["ColData"])
                found[name] = round(float(debit or 0) * 100) - round(float(credit or 0) * 100)
        return found

    # Shorthand for the documents that most tests need.

    def customer(self, name, **more):
        return self.save("Customer", {"DisplayName": name, **more})

    def account(self, name, subtype, **more):
        return self.save("Account", {"Name": name, "AccountSubType": subtype, **more})

    def item(self, name, account):
        return self.save("Item", {"Name": name, "Type": "Service", "IncomeAccountRef": {"value": account["Id"]}})

    def sales(self, kind, customer, *amounts, item="1", **more):
        return self.save(kind, sales_form(customer, *amounts, item=item, **more))

    def payment(self, customer, total, *links, **more):
        return self.save("Payment", payment(customer, total, *links, **more))


def sales_form(customer, *amounts, item="1", **more):
    lines = [
        {
            "Amount": amount,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": item}, "TaxCodeRef": {"value": "NON"}},
        }
        for amount in amounts
    ]
    return {"CustomerRef": {"value": customer["Id"]}, "TxnDate": "2026-11-03", "Line": lines, **more}


def payment(customer, total, *links, **more):
    """`links` are (kind, held object, amount)."""
    lines = [{"Amount": amount, "LinkedTxn": [{"TxnId": held["Id"], "TxnType": kind}]} for kind, held, amount in links]
    return {
        "CustomerRef": {"value": customer["Id"]},
        "TotalAmt": total,
        "TxnDate": "2026-11-14",
        "Line": lines,
        **more,
    }


def linked_line(kind, held, amount):
    """A deposit's line for a payment or receipt that waits in Undeposited Funds."""
    return {"Amount": amount, "LinkedTxn": [{"TxnId": held["Id"], "TxnType": kind, "TxnLineId": "0"}]}


def direct_line(account, amount, **detail):
    """A deposit's line on an account of its own."""
    return {
        "Amount": amount,
        "DetailType": "DepositLineDetail",
        "DepositLineDetail": {"AccountRef": {"value": account["Id"]}, **detail},
    }
