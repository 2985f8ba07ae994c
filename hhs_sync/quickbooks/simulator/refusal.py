"""What QuickBooks says when it will not do something: number, message, detail, in the envelopes clients know.

The numbers and texts are those of Intuit's error table and of recorded answers. Each helper below is one refusal that
more than one rule needs; a refusal that only one rule gives stands in that rule's module.
"""

from typing import Any


class Refused(Exception):
    """The request breaks a rule of QuickBooks and nothing was changed."""

    def __init__(
        self,
        code: str,
        message: str,
        detail: str,
        *,
        element: str = "",
        status: int = 400,
        fault_type: str = "ValidationFault",
    ) -> None:
        super().__init__(f"{code} {message}: {detail}")
        self.code = code
        self.message = message
        self.detail = detail
        self.element = element
        self.status = status
        self.fault_type = fault_type

    def fault(self) -> dict[str, Any]:
        """The Fault object, as it stands in an answer of its own and in a batch item."""
        error = {"Message": self.message, "Detail": self.detail, "code": self.code}
        if self.element:
            error["element"] = self.element
        return {"Error": [error], "type": self.fault_type}


def unreadable(detail: str, *, element: str = "") -> Refused:
    """2010: the request is not of a form that can be read."""
    return Refused("2010", "Request has invalid or unsupported property", detail, element=element)


def misshapen(name: str) -> Refused:
    """2010: something is not of the shape that its name promises, or bears a name that nothing has."""
    return unreadable(f"Property Name:{name} specified is unsupported or invalid", element=name)


def missing(element: str) -> Refused:
    """2020: a required attribute was not sent."""
    return Refused(
        "2020",
        "Required param missing, need to supply the required value for the API",
        f"Required parameter {element} is missing in the request",
        element=element,
    )


def invalid_number(element: str, value: object) -> Refused:
    """2090: something that must be a number is none."""
    return Refused("2090", "Invalid Number", f"Invalid Number : {element} has the value {value}", element=element)


def too_long(element: str, length: int, limit: int) -> Refused:
    """2050: a text is longer than its field."""
    return Refused(
        "2050",
        "String length is either shorter or longer than supported by specification",
        f"String length specified does not match the supported length. Min:0 Max:{limit} supported. "
        f"Supplied length:{length}",
        element=element,
    )


def invalid_choice(element: str, value: object) -> Refused:
    """2170: a value that is not one of the permitted ones."""
    return Refused(
        "2170", "Invalid Enumeration", f"Invalid Enumeration : {element} has the value {value}", element=element
    )


def bad_reference(plural: str, object_id: str, element: str) -> Refused:
    """2500: a reference to something that never existed."""
    return Refused(
        "2500",
        "Invalid Reference Id",
        f"Invalid Reference Id : {plural} element id {object_id} not found",
        element=element,
    )


def inactive(element: str) -> Refused:
    """610: a reference to something that was made inactive."""
    return Refused(
        "610",
        "Object Not Found",
        "Object Not Found : Something you're trying to use has been made inactive. "
        "Check the fields with accounts, customers, items, vendors or employees.",
        element=element,
    )


def not_found(what: str = "transaction") -> Refused:
    """610: the object itself does not exist, or was deleted."""
    return Refused("610", "Object Not Found", f"Object Not Found : Another user has deleted this {what}.")


def stale(who: str = "Another user") -> Refused:
    """5010: the SyncToken is not the current one."""
    return Refused(
        "5010",
        "Stale Object Error",
        f"Stale Object Error : You and {who} were working on this at the same time. "
        f"{who} finished before you did, so your work was not saved.",
    )


def business_rule(detail: str, *, element: str = "") -> Refused:
    """6000: a rule of bookkeeping that has no number of its own."""
    return Refused(
        "6000",
        "A business validation error has occurred while processing your request",
        f"Business Validation Error: {detail}",
        element=element,
    )


def unsupported(operation: str, *, status: int = 400) -> Refused:
    """500: QuickBooks has no such operation for this kind of object."""
    return Refused("500", "Unsupported Operation", f"Operation {operation} is not supported.", status=status)
