"""A walk through every screen and dialogue of the console, in one run of the program."""



