"""How to read X12, from bytes alone: 835 remittances, 837P claims, and the answers 999, 277CA and 277.

    delimiters.py        what separates the parts of one interchange
    segments.py          bytes to transaction sets (ST to SE), envelope counts
    values.py            amounts, dates and composites
    remittance.py        835: transaction sets to Remittances
    claim.py             837P: to Claims
    acknowledgement.py   999, 277CA, 277: to Acknowledgements
    reading.py           a file that may hold any of these
    write.py             the other direction, for tests and the demo
    show.py, command.py  a remittance as text for a person: `hhs-sync x12`

Nothing here raises for wrong data: what cannot be understood becomes an `Unreadable` with its place, and the rest of
the file is read all the same.
"""
