"""What brings documents in: one module per kind of source, found by entry point, never imported by hhs_sync."""
