"""What QuickBooks should hold, and the difference from what is there."""
