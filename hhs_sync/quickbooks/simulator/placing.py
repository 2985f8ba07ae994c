"""Puts objects into a company as if they had always been there: for its first day and for the seed."""

from datetime import datetime

from hhs_sync.quickbooks.simulator.clock import stamp
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.wire import Fields, amount


def place(company: Company, kind: str, object_id: str, fields: Fields, moment: datetime) -> None:
    """Put an object into a company as if it had always been there; the run of ids goes on behind it."""
    if object_id.isdigit():
        company.last_ids[kind] = max(company.last_ids.get(kind, 0), int(object_id))
    company.keep(
        kind,
        object_id,
        {
            **fields,
            "domain": "QBO",
            "sparse": False,
            "Id": object_id,
            "SyncToken": "0",
            "MetaData": {"CreateTime": stamp(moment), "LastUpdatedTime": stamp(moment)},
        },
        moment,
    )


def place_service(
    company: Company, object_id: str, name: str, account: str, moment: datetime, price_cents: int = 0
) -> None:
    """Put a service into the list of items, selling into an account of the chart."""
    reference = {"value": account, "name": company.tables["Account"][account]["FullyQualifiedName"]}
    place(
        company,
        "Item",
        object_id,
        {
            "Name": name,
            "FullyQualifiedName": name,
            "Active": True,
            "Taxable": False,
            "UnitPrice": amount(price_cents),
            "Type": "Service",
            "IncomeAccountRef": reference,
            "PurchaseCost": 0,
            "TrackQtyOnHand": False,
            "SubItem": False,
        },
        moment,
    )
