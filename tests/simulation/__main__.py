"""`python -m tests.simulation`: see many.py, which other processes can import and this module they cannot."""

from tests.simulation.many import main

if __name__ == "__main__":
    raise SystemExit(main())
