"""Textual's driver for the terminals of a server: draws the difference, in this terminal's own language only."""
