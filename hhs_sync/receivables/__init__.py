"""Who still owes what."""
