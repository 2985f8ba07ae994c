"""XML, which QuickBooks speaks as well as JSON: what the Ruby and PHP clients send and expect.

Both say the same. In XML a reference is <CustomerRef name="Ann">1</CustomerRef>, a list is an element that repeats, and
a few things stand in attributes (sparse, status, bId, code ...). What comes in is turned into JSON before anyone reads
it, and what goes out is turned into XML at the last moment, so that nothing in between knows of it.
"""

from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

import msgspec

from hhs_sync.quickbooks.simulator.calls import JSON, Call, Reply
from hhs_sync.quickbooks.simulator.refusal import Refused, unreadable
from hhs_sync.quickbooks.simulator.shape import LISTS
from hhs_sync.quickbooks.simulator.wire import Fields, decode, encode

CONTENT_TYPE = "application/xml;charset=UTF-8"
NAMESPACE = "http://schema.intuit.com/finance/v3"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'

ATTRIBUTES = {
    "BatchItemResponse": ("bId",),
    "ColData": ("value", "id"),
    "Error": ("code", "element"),
    "Fault": ("type",),
    "QueryResponse": ("startPosition", "maxResults", "totalCount"),
    "Row": ("type", "group"),
}
"""By element, what XML says in attributes; of every object also those of OBJECT_ATTRIBUTES."""

OBJECT_ATTRIBUTES = ("domain", "sparse", "status")
REFERENCE_PARTS = frozenset({"value", "name", "type"})
TEXT_REFERENCES = ("CustomerMemo", "Entity")
"""Spelled like references, though their names do not end in Ref."""


def as_json(call: Call) -> Call:
    """The same call with a JSON body, if its body was XML; what cannot be read is left for others to refuse."""
    if not is_xml(call.body):
        return call
    try:
        return call._replace(body=encode(read(call.body)))
    except Refused:
        return call


def as_asked(call: Call, reply: Reply) -> Reply:
    """The same reply in XML, if the caller asked for that and not for JSON."""
    if not _wants_xml(call) or reply.content_type != JSON:
        return reply
    answer = decode(reply.body)
    if not isinstance(answer, dict) or "fault" in answer:
        return reply
    return msgspec.structs.replace(reply, body=write(answer).encode(), content_type=CONTENT_TYPE)


def is_xml(body: bytes) -> bool:
    """Whether a body looks like XML rather than JSON, a query or a file."""
    return body.lstrip()[:1] == b"<"


def read(body: bytes) -> Fields:
    """The object that an XML document holds. Refuses what is no XML, and a document type (2010)."""
    if b"<!DOCTYPE" in body:
        raise unreadable("Invalid XML: a document type has no place in a request")
    try:
        root = ET.fromstring(body)  # noqa: S314  Without a document type there are no entities to expand.
    except ET.ParseError as error:
        raise unreadable(f"Invalid XML: {error}") from error
    if _name(root) == "IntuitBatchRequest":
        return {"BatchItemRequest": [{**_parts(item), **item.attrib} for item in root]}
    return _parts(root)


def write(answer: Fields) -> str:
    """An answer as XML: a report by itself, all else inside IntuitResponse."""
    if "Columns" in answer:
        return f"{HEAD}{_element('Report', answer, xmlns=NAMESPACE)}"
    time = quoteattr(str(answer.get("time", "")))
    inside = "".join(_elements((name, value) for name, value in answer.items() if name != "time"))
    return f'{HEAD}<IntuitResponse xmlns="{NAMESPACE}" time={time}>{inside}</IntuitResponse>'


def _wants_xml(call: Call) -> bool:
    accepted = call.headers.get("accept", "")
    if "json" in accepted:
        return False
    return "xml" in accepted or (accepted in ("", "*/*") and "xml" in call.headers.get("content-type", ""))


def _parts(element: ET.Element) -> Fields:
    found: Fields = {}
    if "sparse" in element.attrib:
        found["sparse"] = element.attrib["sparse"] == "true"
    for part in element:
        name, value = _name(part), _value(part)
        if name in LISTS:
            found.setdefault(name, []).append(value)
        elif name in found:
            held = found[name]
            found[name] = [*held, value] if isinstance(held, list) else [held, value]
        else:
            found[name] = value
    return found


def _value(element: ET.Element) -> Any:
    said = (element.text or "").strip()
    if len(element) or (not said and _name(element).endswith("Detail")):
        return _parts(element)
    if said and (_name(element).endswith("Ref") or _name(element) in TEXT_REFERENCES):
        return {"value": said, **element.attrib}
    return {"true": True, "false": False}.get(said, said)


def _name(element: ET.Element) -> str:
    """The element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def _elements(parts: Iterable[tuple[str, Any]]) -> Iterator[str]:
    for name, value in parts:
        for one in value if isinstance(value, list) else [value]:
            yield _element(name, one)


def _element(name: str, value: Any, **attributes: str) -> str:
    if not isinstance(value, dict):
        said = _text(value)
        return f"<{name}>{said}</{name}>" if said else f"<{name}/>"
    if name == "any":
        return _element("NameValue", value["value"])
    if value.keys() <= REFERENCE_PARTS and "value" in value and name != "ColData":
        said = "".join(f" {key}={quoteattr(_plain(value[key]))}" for key in ("name", "type") if key in value)
        return f"<{name}{said}>{_text(value['value'])}</{name}>"
    outside = (*ATTRIBUTES.get(name, ()), *OBJECT_ATTRIBUTES) if name not in ("MetaData", "Header") else ()
    told = {**attributes, **{key: _plain(value[key]) for key in outside if key in value}}
    opened = name + "".join(f" {key}={quoteattr(said)}" for key, said in told.items())
    inside = "".join(_elements((key, part) for key, part in value.items() if key not in told))
    return f"<{opened}>{inside}</{name}>" if inside else f"<{opened}/>"


def _text(value: Any) -> str:
    return escape(_plain(value))


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
