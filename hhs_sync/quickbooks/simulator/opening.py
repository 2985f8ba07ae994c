"""A company's first day: the accounts and services QuickBooks gives to everyone, or a whole company from the seed."""

from datetime import datetime

from hhs_sync.quickbooks.simulator import chart, seed
from hhs_sync.quickbooks.simulator.clock import stamp
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.lists.settings import new_company_info, new_preferences
from hhs_sync.quickbooks.simulator.placing import place, place_service
from hhs_sync.quickbooks.simulator.settings import SimulatorSettings

TERMS = (("Due on receipt", 0), ("Net 15", 15), ("Net 30", 30), ("Net 60", 60))
PAYMENT_METHODS = (("Cash", "NON_CREDIT_CARD"), ("Check", "NON_CREDIT_CARD"), ("Credit Card", "CREDIT_CARD"))


def open_company(realm: str, settings: SimulatorSettings, moment: datetime) -> Company:
    """A company with nothing in it but what every company has, unless the settings ask for the seed."""
    company = Company(realm, settings)
    begun = seed.FOUNDED if settings.seed_company else moment
    custom_numbers = not settings.seed_company if settings.custom_numbers is None else settings.custom_numbers
    place(company, "Preferences", "1", new_preferences(custom_numbers=custom_numbers), begun)
    place(company, "CompanyInfo", "1", new_company_info(realm, stamp(begun)), begun)
    _place_lists(company, begun)
    if settings.seed_company:
        seed.fill(company)
        return company
    for account in chart.NEW_COMPANY:
        company.open_account(account, moment)
    services = company.names["Account", "services"][1]
    place_service(company, "1", "Services", services, moment)
    place_service(company, "2", "Hours", services, moment)
    return company


def _place_lists(company: Company, moment: datetime) -> None:
    for name, days in TERMS:
        term = {"Name": name, "Active": True, "Type": "STANDARD", "DiscountPercent": 0, "DueDays": days}
        place(company, "Term", company.next_id("Term"), {**term, "DiscountDays": 0}, moment)
    for name, sort in PAYMENT_METHODS:
        method = {"Name": name, "Active": True, "Type": sort}
        place(company, "PaymentMethod", company.next_id("PaymentMethod"), method, moment)
    for code in ("TAX", "NON"):
        taxed = code == "TAX"
        known = {"Name": code, "Description": code, "Active": True, "Taxable": taxed, "TaxGroup": taxed}
        place(company, "TaxCode", code, known, moment)
