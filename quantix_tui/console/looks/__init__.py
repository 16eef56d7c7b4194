"""The three designs, one module each: what a terminal with that much to offer is drawn with."""
