"""Network settings on trial: unless somebody confirms them in time, the old ones come back by themselves.

A process of its own (:mod:`.keeper`) owns the deadline and the way back. It survives the console, and what it needs is
on the disk: when it is killed too, or the machine restarts, the next start of either goes back (:func:`.back.recover`).

What is on the disk, in the order of its life, each step one rename: ``arming.json`` (old files are being kept),
``trial.json`` (armed), then ``confirmed.json`` or ``going-back.json``. Old files are kept as second names of
themselves: to bring them back costs no space on a full disk.
"""
