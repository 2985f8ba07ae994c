"""Exchange rates: one for each foreign currency, known by its code and not by an id."""

from hhs_sync.quickbooks.simulator.company import Company
from hhs_sync.quickbooks.simulator.kind import Kind, Write
from hhs_sync.quickbooks.simulator.refusal import business_rule, missing
from hhs_sync.quickbooks.simulator.wire import Fields, day, decimal, text


class ExchangeRate(Kind):
    """What one unit of a currency is worth in dollars on a day."""

    name = "ExchangeRate"

    def complete(self, company: Company, fields: Fields, old: Fields | None, write: Write) -> Fields:
        """The currency and the rate are needed; the day is today unless said."""
        del company, old
        rate = decimal(fields.get("Rate"), "Rate")
        if rate is None:
            raise missing("Rate")
        if rate <= 0:
            raise business_rule("An exchange rate is greater than 0.", element="Rate")
        fields["Rate"] = rate
        fields["AsOfDate"] = (day(fields.get("AsOfDate"), "AsOfDate") or write.today).isoformat()
        fields["TargetCurrencyCode"] = "USD"
        return fields

    def own_id(self, fields: Fields) -> str | None:
        """The currency's code."""
        return currency_of(fields)

    def view(self, company: Company, fields: Fields) -> Fields:
        """Without an id: QuickBooks shows none."""
        del company
        return {name: value for name, value in fields.items() if name != "Id"}


def currency_of(sent: Fields) -> str:
    """The code by which a rate is known."""
    code = text(sent.get("SourceCurrencyCode"))
    if code is None:
        raise missing("SourceCurrencyCode")
    return code.upper()
