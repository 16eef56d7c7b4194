"""The program on a real machine's own lines: tty1 as framebuffer console and as VGA text, and the serial line ttyS0.

Run by hand; it needs Linux, root (for debootstrap), QEMU and some patience, so pytest collects only the unit tests of
its pure functions::

    python -m tests.vm build [--install]     a small Debian guest with this project in it, once (2 to 5 minutes)
    python -m tests.vm shots [--to FOLDER]   walk through the screens on every line and photograph them
    python -m tests.vm check                 the same walk, but compare each cell on tty1, and its colours,
                                             with what the program sent

``build`` names the host packages that are missing and installs them only with ``--install``. The guest lies in
``~/.cache/quantix-vm`` (``--cache FOLDER``). ``shots`` and ``check`` take the project's code from this working tree,
not from the image, so that the image is built again only when the dependencies change. Each video mode is booted
once; later runs start from that saved, booted machine. The README's pictures come from::

    python -m tests.vm shots --to assets/screens/vm --only standalone join join-unknown-ca join-checking join-refused
        joined connected leave help

Stories of a whole machine go through boots, logins and resets, and say each step that was found right; a step that went
wrong ends the run. Each takes 3 to 15 minutes; two at once disturb each other::

    python -m tests.vm.install        the console installed on tty1 and ttyS0, killed, and taken away
    python -m tests.vm.login          looking, logging in, changing and locking again
    python -m tests.vm.ssh            the console over a real sshd
    python -m tests.vm.setup          a node set up from answers, its network with a way back
    python -m tests.vm.first_boot [--serial | --interrupted]
                                      from the first boot through the wizard to a connected node: on tty1, on ttyS0, or
                                      with the console killed and the plug pulled on the way
    python -m tests.vm.first_boot_resets
                                      the same on tty1, with the machine reset at each page and during each step

    python -m tests.vm.openrc         a machine with busybox's init, OpenRC and ifupdown, in place of systemd, set up;
                                      it has a guest of its own, which is made at first

The parts: :mod:`host` (packages), :mod:`image` and :mod:`initrd` (the guest), :mod:`machine`, :mod:`monitor` and
:mod:`serial` (QEMU), :mod:`screen` and :mod:`attributes` (what stands on tty1 and how it is drawn), :mod:`recording`
(what was sent to it), :mod:`consoles` (keys and pictures of one line), :mod:`walk` (the scenario), :mod:`shots` and
:mod:`check` (what is done with it). Of the stories: :mod:`stories` (what they share), :mod:`new_node` and :mod:`wizard`
(a node's first boot), :mod:`openrc_image` (that guest).
"""
