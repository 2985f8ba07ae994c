"""How to read X12, from bytes alone: 835 remittances, 837P claims, and the answers 999, 277CA and 277.

    delimiters.py            what separates the parts of one interchange
    envelopes.py             ISA, GS, ST, SE, GE, IEA: where they stand and what they say
    segments.py              bytes to transaction sets, whole or cut off, and what is odd about their envelopes
    values.py                amounts, dates, composites
    remittance.py            835 to Remittances; remittance_segments.py says what each segment means
    claim.py                 837P to Claims
    acknowledgement.py       999, 277CA, 277 to Acknowledgements; claim_status.py and syntax_words.py have the words
    reading.py               a file that may hold any of these: read_x12, kind_of_x12
    write.py                 the other direction, for tests and the demo
    show.py, reasons.py      facts as text for a person
    command.py               `hhs-sync x12`: the one module here that opens files

Nothing here raises for wrong data: what cannot be understood becomes an `Unreadable` with its place, and the rest of
the file is read all the same.
"""
