"""Preferences and CompanyInfo: one object each, with id 1, read and changed but never made or deleted."""

from typing import Any

from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.kind import Kind, Write
from hhs_sync.quickbooks.simulator.wire import Fields, day, flag, without_blanks

YES_OR_NO = {
    "SalesFormsPrefs": ("CustomTxnNumbers", "AutoApplyCredit", "AllowEstimates", "AllowDiscount", "AllowDeposit"),
    "AccountingInfoPrefs": ("ClassTrackingPerTxn", "ClassTrackingPerTxnLine", "TrackDepartments", "UseAccountNumbers"),
    "CurrencyPrefs": ("MultiCurrencyEnabled",),
    "TaxPrefs": ("UsingSalesTax",),
}


class Preferences(Kind):
    """What the company has chosen; a group that is sent changes only what it names."""

    name = "Preferences"
    creatable = False
    merges = True

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """Reads switches and the closing date however they were spelled."""
        del company, write
        merged: Fields = without_blanks(merge(old or {}, fields))
        for group, names in YES_OR_NO.items():
            for name in names:
                if name in merged.get(group, {}):
                    merged[group][name] = flag(merged[group][name]) is True
        accounting = merged.get("AccountingInfoPrefs", {})
        closed = day(accounting.get("BookCloseDate"), "BookCloseDate")
        if closed is None:
            accounting.pop("BookCloseDate", None)
        else:
            accounting["BookCloseDate"] = closed.isoformat()
        return merged


class CompanyInfo(Kind):
    """Who the company is."""

    name = "CompanyInfo"
    creatable = False
    merges = True

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """Countries come back as ISO-3 codes, and coordinates do not come back at all (since October 2025)."""
        del company, write
        merged: Fields = without_blanks(merge(old or {}, fields))
        for name in ("CompanyAddr", "CustomerCommunicationAddr", "LegalAddr"):
            address = merged.get(name)
            if isinstance(address, dict):
                address.pop("Lat", None)
                address.pop("Long", None)
                said = address.get("Country")
                if said:
                    address["Country"] = COUNTRIES.get(str(said).casefold(), said)
        return merged


COUNTRIES = {"us": "USA", "usa": "USA", "united states": "USA", "ca": "CAN", "canada": "CAN"}


def merge(old: Fields, new: Fields) -> Fields:
    """`old` with what `new` names laid over it, group by group."""
    merged: dict[str, Any] = dict(old)
    for name, value in new.items():
        before = merged.get(name)
        merged[name] = merge(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return merged


def new_preferences(*, custom_numbers: bool) -> Fields:
    """The preferences of a company on its first day, the ones an integration asks to have set being set."""
    return {
        "AccountingInfoPrefs": {
            "FirstMonthOfFiscalYear": "January",
            "UseAccountNumbers": True,
            "TaxYearMonth": "January",
            "ClassTrackingPerTxn": False,
            "ClassTrackingPerTxnLine": True,
            "TrackDepartments": True,
            "DepartmentTerminology": "Location",
            "CustomerTerminology": "Customers",
        },
        "ProductAndServicesPrefs": {
            "ForSales": True,
            "ForPurchase": True,
            "QuantityWithPriceAndRate": True,
            "QuantityOnHand": True,
        },
        "SalesFormsPrefs": {
            "CustomTxnNumbers": custom_numbers,
            "AllowDeposit": True,
            "AllowDiscount": True,
            "AllowEstimates": True,
            "AllowServiceDate": False,
            "AllowShipping": False,
            "AutoApplyCredit": False,
            "AutoApplyPayments": True,
            "EmailCopyToCompany": False,
            "ETransactionEnabledStatus": "NotApplicable",
            "ETransactionAttachPDF": False,
            "ETransactionPaymentEnabled": False,
            "IPNSupportEnabled": False,
            "UsingPriceLevels": False,
            "UsingProgressInvoicing": False,
            "DefaultCustomerMessage": "Thank you for your business and have a great day!",
            "CustomField": [
                {
                    "CustomField": [
                        {"Name": f"SalesFormsPrefs.UseSalesCustom{place}", "Type": "BooleanType", "BooleanValue": False}
                        for place in (1, 2, 3)
                    ]
                }
            ],
        },
        "EmailMessagesPrefs": {
            "InvoiceMessage": {"Subject": "Invoice", "Message": "Your invoice is attached."},
            "EstimateMessage": {"Subject": "Estimate", "Message": "Please review the estimate below."},
            "SalesReceiptMessage": {"Subject": "Sales Receipt", "Message": "Please find your sales receipt attached."},
            "StatementMessage": {"Subject": "Statement", "Message": "Your statement is attached."},
        },
        "VendorAndPurchasesPrefs": {
            "TrackingByCustomer": True,
            "BillableExpenseTracking": True,
            "POCustomField": [
                {
                    "CustomField": [
                        {
                            "Name": f"PurchasePrefs.UsePurchaseNameCustom{place}",
                            "Type": "BooleanType",
                            "BooleanValue": False,
                        }
                        for place in (1, 2, 3)
                    ]
                }
            ],
        },
        "TimeTrackingPrefs": {
            "UseServices": True,
            "BillCustomers": True,
            "ShowBillRateToAll": False,
            "WorkWeekStartDate": "Monday",
            "MarkTimeEntriesBillable": True,
        },
        "TaxPrefs": {"UsingSalesTax": False, "PartnerTaxEnabled": False},
        "CurrencyPrefs": {"MultiCurrencyEnabled": False, "HomeCurrency": {"value": "USD"}},
        "ReportPrefs": {"ReportBasis": "Accrual", "CalcAgingReportFromTxnDate": False},
        "OtherPrefs": {
            "NameValue": [
                {"Name": "SalesFormsPrefs.DefaultCustomerMessage", "Value": "Thank you for your business!"},
                {"Name": "SalesFormsPrefs.DefaultItem", "Value": "1"},
            ]
        },
    }


def new_company_info(realm: str, opened: str) -> Fields:
    """Who a company is on its first day."""
    address = {
        "Id": "1",
        "Line1": "1 Example Street",
        "City": "Portland",
        "Country": "USA",
        "CountrySubDivisionCode": "ME",
        "PostalCode": "04101",
    }
    return {
        "CompanyName": f"Simulated Company {realm[-4:]}",
        "LegalName": f"Simulated Company {realm[-4:]}",
        "CompanyAddr": address,
        "CustomerCommunicationAddr": dict(address),
        "LegalAddr": dict(address),
        "PrimaryPhone": {"FreeFormNumber": "(555) 555-0100"},
        "CompanyStartDate": opened[:10],
        "FiscalYearStartMonth": "January",
        "Country": "US",
        "Email": {"Address": "owner@sim-company.example"},
        "WebAddr": {},
        "SupportedLanguages": "en",
        "NameValue": [
            {"Name": "NeoEnabled", "Value": "true"},
            {"Name": "IndustryType", "Value": "Offices of mental health practitioners"},
            {"Name": "IndustryCode", "Value": "621330"},
            {"Name": "SubscriptionStatus", "Value": "PAID"},
            {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"},
            {"Name": "PayrollFeature", "Value": "false"},
            {"Name": "AccountantFeature", "Value": "false"},
        ],
    }
