"""How the console ends, for whoever started it on a line of the node."""

LOGIN_PROMPT = 70
"""Exit status: somebody asked for the login prompt of the line. Every other end starts the console again there."""
