"""The tax service: the one way to make tax codes and rates, both in one call."""

from hhs_sync.quickbooks.simulator.clock import stamp
from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.kind import Write
from hhs_sync.quickbooks.simulator.refusal import Refused, bad_reference, missing
from hhs_sync.quickbooks.simulator.shape import shaped
from hhs_sync.quickbooks.simulator.wire import Fields, decimal, text, without_blanks


def make_tax_code(company: Company, sent: Fields, write: Write) -> Fields:
    """A new tax code from rates that exist (TaxRateId) or are made now; the answer has no envelope of its own."""
    sent = shaped(without_blanks(sent))
    name = text(sent.get("TaxCode"))
    if name is None:
        raise missing("TaxCode")
    if ("TaxCode", name.casefold()) in company.names:
        raise Refused(
            "6240",
            "Duplicate Name Exists Error",
            "The name supplied already exists. : Another tax code is already using this name.",
        )
    details = sent.get("TaxRateDetails")
    if not isinstance(details, list) or not details:
        raise missing("TaxRateDetails")
    checked = [_checked(company, detail) for detail in details]
    shown = [_with_rate(company, detail, write) for detail in checked]
    code = company.next_id("TaxCode")
    rates = [
        {"TaxRateRef": {"value": detail["TaxRateId"], "name": detail["TaxRateName"]}, "TaxOrder": 0} for detail in shown
    ]
    _keep(
        company,
        "TaxCode",
        code,
        {
            "Name": name,
            "Description": name,
            "Active": True,
            "Hidden": False,
            "Taxable": True,
            "TaxGroup": True,
            "SalesTaxRateList": {"TaxRateDetail": rates},
            "PurchaseTaxRateList": {"TaxRateDetail": []},
        },
        write,
    )
    return {"TaxCode": name, "TaxCodeId": code, "TaxRateDetails": shown}


def _checked(company: Company, detail: Fields) -> Fields:
    held = text(detail.get("TaxRateId"))
    if held is not None:
        rate = company.find("TaxRate", held)
        if rate is None:
            raise bad_reference("TaxRates", held, "TaxRateId")
        return {"TaxRateId": held, "TaxRateName": rate["Name"], "RateValue": rate["RateValue"]}
    for name in ("TaxRateName", "RateValue", "TaxAgencyId"):
        if name not in detail:
            raise missing(f"TaxRateDetails.{name}")
    agency = str(text(detail["TaxAgencyId"]))
    if company.find("TaxAgency", agency) is None:
        raise bad_reference("TaxAgencies", agency, "TaxAgencyId")
    return {
        "TaxRateName": text(detail["TaxRateName"]),
        "RateValue": decimal(detail["RateValue"], "RateValue"),
        "TaxAgencyId": agency,
        "TaxApplicableOn": text(detail.get("TaxApplicableOn")) or "Sales",
    }


def _with_rate(company: Company, detail: Fields, write: Write) -> Fields:
    if "TaxRateId" in detail:
        return detail
    made = company.next_id("TaxRate")
    _keep(
        company,
        "TaxRate",
        made,
        {
            "Name": detail["TaxRateName"],
            "Description": detail["TaxRateName"],
            "Active": True,
            "RateValue": detail["RateValue"],
            "AgencyRef": {"value": detail["TaxAgencyId"]},
            "SpecialTaxType": "NONE",
            "DisplayType": "ReadOnly",
            "EffectiveTaxRate": [
                {"RateValue": detail["RateValue"], "EffectiveDate": stamp(write.moment)},
            ],
        },
        write,
    )
    return {**detail, "TaxRateId": made}


def _keep(company: Company, kind: str, object_id: str, fields: Fields, write: Write) -> None:
    moment = stamp(write.moment)
    company.keep(
        kind,
        object_id,
        {
            **fields,
            "domain": "QBO",
            "sparse": False,
            "Id": object_id,
            "SyncToken": "0",
            "MetaData": {"CreateTime": moment, "LastUpdatedTime": moment},
        },
        write.moment,
    )
