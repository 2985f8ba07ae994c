"""A company's first day: the accounts and services QuickBooks gives to everyone."""

from datetime import datetime

from hhs_sync.quickbooks.simulator import chart
from hhs_sync.quickbooks.simulator.clock import stamp
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.lists.settings import new_company_info, new_preferences
from hhs_sync.quickbooks.simulator.settings import SimulatorSettings
from hhs_sync.quickbooks.simulator.wire import Fields

TERMS = (("Due on receipt", 0), ("Net 15", 15), ("Net 30", 30), ("Net 60", 60))
PAYMENT_METHODS = (("Cash", "NON_CREDIT_CARD"), ("Check", "NON_CREDIT_CARD"), ("Credit Card", "CREDIT_CARD"))


def open_company(realm: str, settings: SimulatorSettings, moment: datetime) -> Company:
    """A new company with nothing in it but what every company has."""
    company = Company(realm, settings)
    place(company, "Preferences", "1", new_preferences(custom_numbers=settings.custom_numbers), moment)
    place(company, "CompanyInfo", "1", new_company_info(realm, stamp(moment)), moment)
    for account in chart.NEW_COMPANY:
        company.open_account(account, moment)
    services = company.names["Account", "services"][1]
    for object_id, name in (("1", "Services"), ("2", "Hours")):
        place(
            company,
            "Item",
            object_id,
            {
                "Name": name,
                "FullyQualifiedName": name,
                "Active": True,
                "Taxable": False,
                "UnitPrice": 0,
                "Type": "Service",
                "IncomeAccountRef": {"value": services, "name": "Services"},
                "PurchaseCost": 0,
                "TrackQtyOnHand": False,
                "SubItem": False,
            },
            moment,
        )
    for name, days in TERMS:
        place(
            company,
            "Term",
            company.next_id("Term"),
            {
                "Name": name,
                "Active": True,
                "Type": "STANDARD",
                "DiscountPercent": 0,
                "DueDays": days,
                "DiscountDays": 0,
            },
            moment,
        )
    for name, sort in PAYMENT_METHODS:
        place(
            company,
            "PaymentMethod",
            company.next_id("PaymentMethod"),
            {"Name": name, "Active": True, "Type": sort},
            moment,
        )
    for code in ("TAX", "NON"):
        place(
            company,
            "TaxCode",
            code,
            {"Name": code, "Description": code, "Active": True, "Taxable": code == "TAX", "TaxGroup": code == "TAX"},
            moment,
        )
    return company


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
