"""How the console ends, for whoever started it on a line of the node."""

FAULT = 1
"""Exit status: a fault of the console's own; a report says where, if one could be written."""
LOGIN_PROMPT = 70
"""Exit status: somebody asked for the login prompt of the line. Every other end starts the console again there."""
