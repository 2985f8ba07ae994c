"""Recording and playing back: what goes into a cassette, what must not, and when two answers have one shape.

Hosts, realms and tokens are replaced by fixed words before anything is written, and so are the things that a company's
own lists could tell of people. Requests are played back in the order in which they were made.
"""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import vcr
from vcr.serialize import deserialize
from vcr.serializers import yamlserializer

CASSETTES = Path(__file__).parents[2] / "cassettes" / "quickbooks"
HOST = "quickbooks.example"
REALM = "9341450000000001"
SECRETS = ("access_token", "refresh_token", "id_token", "client_id", "client_secret", "code_verifier", "token")
PERSONAL = frozenset(
    {
        "GivenName", "FamilyName", "MiddleName", "CompanyName", "LegalName", "PrintOnCheckName", "FreeFormNumber",
        "Address", "Line1", "Line2", "Line3", "Line4", "Line5", "City", "PostalCode", "URI", "Email", "EmployerId",
    }
)  # fmt: skip
KEPT_HEADERS = frozenset({"content-type"})


def recorder(*, realm=REALM, hosts=(), mode="none"):
    """A vcr that keeps nothing that could open a company or name a person. `hosts` are those that were really asked."""

    def clean_request(request):
        parts = urlsplit(request.uri)
        request.uri = urlunsplit(("https", HOST, parts.path.replace(realm, REALM), parts.query, ""))
        request.headers = {
            name: value for name, value in request.headers.items() if name.lower() in (*KEPT_HEADERS, "accept")
        }
        request.body = clean(request.body or b"", realm, hosts)
        return request

    def clean_response(response):
        response["headers"] = {
            name: values for name, values in response["headers"].items() if name.lower() in KEPT_HEADERS
        }
        response["body"]["string"] = clean(response["body"]["string"], realm, hosts)
        return response

    return vcr.VCR(
        record_mode=mode,
        match_on=["method", "path"],
        before_record_request=clean_request,
        before_record_response=clean_response,
        decode_compressed_response=True,
    )


def clean(body, realm, hosts):
    """A body without hosts, realm, tokens and personal data."""
    text = body.decode() if isinstance(body, bytes) else body
    for host in hosts:
        text = text.replace(host, f"https://{HOST}")
    text = text.replace(realm, REALM)
    for name in SECRETS:
        text = re.sub(rf'("{name}"\s*:\s*)"[^"]*"', rf'\1"({name})"', text)
        text = re.sub(rf"(^|&)({name})=[^&]*", rf"\1\2=({name})", text)
    try:
        said = json.loads(text)
    except ValueError:
        return text.encode()
    return json.dumps(without_people(said), separators=(",", ":")).encode() if isinstance(said, dict) else text.encode()


def without_people(value):
    """A JSON value with what could name or reach a person replaced by x."""
    if isinstance(value, dict):
        return {
            name: "x" if name in PERSONAL and isinstance(inner, str) else without_people(inner)
            for name, inner in value.items()
        }
    return [without_people(inner) for inner in value] if isinstance(value, list) else value


def answers_in(cassette):
    """The recorded exchanges of a file: what was asked (method and path), the status, and the body as JSON."""
    requests, responses = deserialize(cassette.read_text(), yamlserializer)
    return [
        (
            f"{request.method} {request.path}",
            response["status"]["code"],
            json.loads(response["body"]["string"] or "null"),
        )
        for request, response in zip(requests, responses, strict=True)
    ]


def shape(value):
    """What a JSON value is made of: names and kinds, without what they say. A list is made of all its members."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        merged = {}
        for inner in value:
            merged = merge(merged, shape(inner))
        return [merged]
    if isinstance(value, bool):
        return "switch"
    return "number" if isinstance(value, int | float) else "text" if isinstance(value, str) else "nothing"


def merge(one, other):
    """The shape of something that is now the one and now the other."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {
            name: merge(one[name], other[name]) if name in one and name in other else one.get(name, other.get(name))
            for name in (*one, *(name for name in other if name not in one))
        }
    if isinstance(one, list) and isinstance(other, list):
        return [merge(one[0], other[0])]
    return other if one in ({}, other) else one


def differences(ours, theirs, place=""):
    """Where our shape says something that theirs doesn't: a name they don't have, or another kind of value."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name, inner in ours.items():
            if name not in theirs:
                yield f"{place}.{name} is not there"
            else:
                yield from differences(inner, theirs[name], f"{place}.{name}")
    elif isinstance(ours, list) and isinstance(theirs, list):
        yield from differences(ours[0], theirs[0], f"{place}[]")
    elif ours not in ({}, theirs) and theirs != {}:
        yield f"{place} is {theirs if isinstance(theirs, str) else type(theirs).__name__}"
