"""The node's REST API (WIRE 1)."""
