"""OFX statements: bytes to statement lines, of OFX 1 (SGML, whose values need no closing tags) and of OFX 2 (XML).

    <STMTRS><CURDEF>USD <BANKACCTFROM><ACCTID>1234564321 </BANKACCTFROM>
    <BANKTRANLIST>
      <STMTTRN><TRNTYPE>CREDIT <DTPOSTED>20260314 <TRNAMT>85.00 <FITID>2026031401 <NAME>ANTHEM </STMTTRN>

Read here and not by a library, for two things that must be right to the cent and to the day. An amount keeps its text
until it is cents: "10,000" may be ten thousand or, by the standard's decimal comma, ten, and is refused. A day stays
the bank's day: midnight that is said to be in another zone is how banks write a day without a time.
"""

from __future__ import annotations

import datetime as dt
import html
import re
import zoneinfo
from typing import TYPE_CHECKING

from msgspec import Struct

from connectors.table import decode
from hhs_sync.errors import MoneyError
from hhs_sync.money import Money, parse_money

if TYPE_CHECKING:
    from collections.abc import Iterator

# A tag and the text behind it. SGML values run to the next tag; XML may wrap one in CDATA.
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9_.]*)[^<>]*>\s*(?:<!\[CDATA\[(.*?)\]\]>|([^<]*))", re.DOTALL)
_CHARSET = re.compile(rb"CHARSET:\s*([A-Za-z0-9-]+)")
_MOMENT = re.compile(r"^(\d{8})(\d{6})?(?:\.\d+)?(?:\[([+-]?\d+(?:\.\d+)?)(?::\w*)?\])?$")
_DECIMAL_COMMA = re.compile(r"^[+-]?\d+,\d{1,2}$")
_STATEMENTS = frozenset({"STMTRS", "CCSTMTRS"})


class StatementLine(Struct, frozen=True, kw_only=True):
    """One STMTTRN as the bank wrote it, and the line of the file on which it begins."""

    account: str
    currency: str
    line: int
    values: dict[str, str]


def statement_lines(content: bytes) -> Iterator[StatementLine]:
    """Every statement line of a file, of bank and card accounts; pending ones (STMTTRNP) are not on a statement yet."""
    text = _text(content)
    account, currency, line, at = "", "", 1, 0
    values: dict[str, str] | None = None
    begun = 0
    for found in _TAG.finditer(text):
        closing, tag = found[1] == "/", found[2].upper()
        value = html.unescape(found[3] if found[3] is not None else found[4]).strip()
        if values is not None and (tag == "STMTTRN" or tag in _STATEMENTS or tag == "BANKTRANLIST"):
            yield StatementLine(account=account, currency=currency, line=begun, values=values)
            values = None
        if closing:
            continue
        if tag == "STMTTRN":
            line, at = line + text.count("\n", at, found.start()), found.start()
            values, begun = {}, line
        elif tag in _STATEMENTS:
            account, currency = "", ""
        elif values is not None and value:
            # Aggregates within a line (PAYEE, BANKACCTTO) repeat names: the line's own come first.
            values.setdefault(tag, value)
        elif tag == "ACCTID":
            account = value
        elif tag == "CURDEF":
            currency = value
    if values is not None:
        yield StatementLine(account=account, currency=currency, line=begun, values=values)


def is_ofx(content: bytes) -> bool:
    """True when there is an OFX element in the file at all."""
    return re.search(r"<OFX\b", _text(content), re.IGNORECASE) is not None


def read_amount(text: str) -> Money | None:
    """TRNAMT in cents; None for what is no amount, or might be either of two."""
    bare = text.replace(" ", "")
    if "," in bare and "." not in bare:
        if not _DECIMAL_COMMA.match(bare):
            return None
        bare = bare.replace(",", ".")
    try:
        return parse_money(bare)
    except MoneyError:
        return None


def read_day(text: str, time_zone: str) -> dt.date | None:
    """DTPOSTED as the practice's day: YYYYMMDD, with a time HHMMSS and a zone [-5:EST] or without."""
    found = _MOMENT.match(text.strip())
    if found is None:
        return None
    try:
        day = dt.datetime.strptime(found[1], "%Y%m%d").date()  # noqa: DTZ007  A day has no zone.
        if found[2] in {None, "000000"} or found[3] is None:
            return day
        zone = dt.timezone(dt.timedelta(hours=float(found[3])))
        moment = dt.datetime.strptime(found[1] + found[2], "%Y%m%d%H%M%S").replace(tzinfo=zone)
        return moment.astimezone(zoneinfo.ZoneInfo(time_zone)).date()
    except ValueError:
        return None


def _text(content: bytes) -> str:
    """The text, in the encoding that an OFX 1 header names, else by what the bytes are."""
    header = content[:1000].partition(b"<")[0]
    charset = _CHARSET.search(header)
    if charset and charset[1].upper() in {b"8859-1", b"ISO-8859-1"}:
        return content.decode("iso-8859-1")
    return decode(content)
