"""The lines of a machine where a person sits down (tty1, ttyS0): how the console takes one and gives it back.

What has to be changed is decided by pure functions (:mod:`systemd`, :mod:`inittab`); :mod:`quantix_tui.host.files`
does it, all or nothing; :mod:`live` tells the running init.
"""
