"""Sales forms on paper and by mail: the PDF of a form, sending it, and the link under which a customer sees it."""

from hhs_sync.quickbooks.simulator.clock import stamp
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.kind import Kind, Write
from hhs_sync.quickbooks.simulator.refusal import business_rule, not_found, unsupported
from hhs_sync.quickbooks.simulator.wire import Fields, cents, money_text

WITH_PAPER = ("Invoice", "Estimate", "CreditMemo", "SalesReceipt", "RefundReceipt", "Payment", "PurchaseOrder")
WITH_MAIL = WITH_PAPER


def invoice_link(host: str, company: Company, object_id: str) -> str:
    """Where a customer would see and pay an invoice."""
    return f"{host}/simulator/invoice?realm={company.realm}&id={object_id}"


def send(company: Company, kind: Kind, object_id: str, send_to: str, write: Write) -> Fields:
    """Mail a form: to the address given, else to the one on it. Nothing leaves the simulator but the status changes."""
    if kind.name not in WITH_MAIL:
        raise unsupported(f"send {kind.name}")
    found = company.find(kind.name, object_id)
    if found is None:
        raise not_found()
    address = send_to or found.get("BillEmail", {}).get("Address") or found.get("POEmail", {}).get("Address")
    if not address:
        raise business_rule("There is no e-mail address to send to.", element="BillEmail")
    sent = {
        **found,
        "EmailStatus": "EmailSent",
        "BillEmail": {"Address": address},
        "DeliveryInfo": {"DeliveryType": "Email", "DeliveryTime": stamp(write.moment)},
        "SyncToken": str(int(found["SyncToken"]) + 1),
        "MetaData": {**found["MetaData"], "LastUpdatedTime": stamp(write.moment)},
    }
    company.keep(kind.name, object_id, sent, write.moment)
    company.events.append((kind.name, object_id, "Emailed", write.moment))
    return sent


def pdf(company: Company, kind: Kind, object_id: str) -> bytes:
    """The form as one page of plain PDF."""
    if kind.name not in WITH_PAPER:
        raise unsupported(f"pdf of {kind.name}")
    found = company.find(kind.name, object_id)
    if found is None:
        raise not_found()
    lines = [
        company.tables["CompanyInfo"]["1"]["CompanyName"],
        f"{kind.name.upper()} {found.get('DocNumber', object_id)}    {found.get('TxnDate', '')}",
        f"To: {(found.get('CustomerRef') or found.get('VendorRef') or {}).get('name', '')}",
        "",
    ]
    for line in found.get("Line", ()):
        if line.get("DetailType") == "SalesItemLineDetail":
            name = line["SalesItemLineDetail"]["ItemRef"].get("name", "")
            lines.append(f"{name}  {line.get('Description', '')}  {_shown(line.get('Amount'))}")
    lines += ["", f"Total {_shown(found.get('TotalAmt'))} USD"]
    if "Balance" in found:
        lines.append(f"Balance due {_shown(found['Balance'])} USD")
    return page_of(lines)


def page_of(lines: list[str]) -> bytes:
    """A PDF of one page that holds these lines, written by hand: six objects and the table that finds them."""
    shown = [line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in lines]
    text = "BT /F1 11 Tf 56 740 Td 16 TL " + " ".join(f"({line}) Tj T*" for line in shown) + " ET"
    stream = text.encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


def _shown(value: object) -> str:
    return money_text(cents(value, "Amount") or 0)
