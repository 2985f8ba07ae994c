"""Uploads: files in a multipart body, each with or without what is to be known about it.

Clients disagree about multipart: python-quickbooks ends lines with LF, begins with a blank line and sends its file in
base64; others send CRLF and bytes. The reader here takes what any of them sends.
"""

import base64
import binascii
import re
from typing import NamedTuple

from hhs_sync.quickbooks.simulator import changes, xml
from hhs_sync.quickbooks.simulator.calls import Call
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.kind import Write
from hhs_sync.quickbooks.simulator.kinds import KINDS
from hhs_sync.quickbooks.simulator.lists.attachable import SIZE_MAX
from hhs_sync.quickbooks.simulator.refusal import Refused, missing, unreadable
from hhs_sync.quickbooks.simulator.wire import Fields, decode

_NAME = re.compile(r'name="?([^";]+)"?')
_FILE_NAME = re.compile(r'filename="?([^";]+)"?')
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")


class Part(NamedTuple):
    """One part of a multipart body."""

    name: str
    file_name: str | None
    headers: dict[str, str]
    body: bytes


def upload(company: Company, call: Call, write: Write) -> Fields:
    """The AttachableResponse to an upload: an entry for each file, in the order of their numbers."""
    if len(call.body) > SIZE_MAX:
        raise Refused("6030", "Attachment size exceeded", "The request is larger than 100 MB.")
    parts = read_parts(call.headers.get("content-type", ""), call.body)
    contents = sorted((part for part in parts if part.name.startswith("file_content")), key=lambda part: part.name)
    if not contents:
        raise missing("file_content_01")
    about = {part.name: part for part in parts}
    return {"AttachableResponse": [_attach(company, call, content, about, write) for content in contents]}


def read_parts(content_type: str, body: bytes) -> list[Part]:
    """The parts of a multipart body, whatever its line ends."""
    found = re.search(r'boundary="?([^";]+)"?', content_type)
    if found is None:
        raise unreadable("The body must be multipart/form-data.")
    parts = []
    for piece in re.split(rb"\r?\n?--" + re.escape(found.group(1).encode()), body)[1:]:
        if piece.startswith(b"--"):
            break
        split = _BLANK_LINE.split(piece.lstrip(b"\r\n"), maxsplit=1)
        if len(split) != 2:
            continue
        headers = {}
        for line in split[0].decode("utf-8", "replace").splitlines():
            key, _, value = line.partition(":")
            headers[key.strip().lower()] = value.strip()
        disposition = headers.get("content-disposition", "")
        name, file_name = _NAME.search(disposition), _FILE_NAME.search(disposition)
        if name is not None:
            parts.append(Part(name.group(1), file_name.group(1) if file_name else None, headers, split[1]))
    return parts


def _attach(company: Company, call: Call, content: Part, about: dict[str, Part], write: Write) -> Fields:
    try:
        body = _bytes_of(content)
        metadata = about.get(content.name.replace("file_content", "file_metadata"))
        sent = _about(metadata.body) if metadata is not None else {}
        sent.setdefault("FileName", content.file_name or "unnamed")
        sent.setdefault("ContentType", content.headers.get("content-type", "application/octet-stream"))
        made = changes.create(company, KINDS["Attachable"], sent, write)
    except Refused as refused:
        return {"Fault": refused.fault()}
    object_id = made["Id"]
    company.files[object_id] = body
    company.unsaved_files.add(object_id)
    address = f"/v3/company/{company.realm}/download/{object_id}"
    known = {
        **made,
        "Size": len(body),
        "FileAccessUri": address,
        "TempDownloadUri": f"{call.host}/simulator/files?realm={company.realm}&id={object_id}",
    }
    company.keep("Attachable", object_id, known, write.moment)
    return {"Attachable": known}


def _about(metadata: bytes) -> Fields:
    """What is to be known about a file, in JSON or XML."""
    if xml.is_xml(metadata):
        return xml.read(metadata)
    sent: Fields = decode(metadata)
    return sent


def _bytes_of(part: Part) -> bytes:
    if part.headers.get("content-transfer-encoding", "").lower() != "base64":
        return part.body
    try:
        return base64.b64decode(part.body)
    except binascii.Error as error:
        raise unreadable(f"The file is no base64: {error}") from error
