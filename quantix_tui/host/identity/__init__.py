"""The machine's name."""
