"""The lines of a machine where a person sits down (tty1, ttyS0): how the console takes one and gives it back.

What has to be changed is decided by pure functions (:mod:`systemd`, :mod:`inittab`); :mod:`tree` does it, all or
nothing; :mod:`live` tells the running init.
"""
