"""Logging in against PAM, in a process of its own: a module may block, wait or crash, and the console goes on."""
