"""The machine's timezone, and whom it asks for the time."""
