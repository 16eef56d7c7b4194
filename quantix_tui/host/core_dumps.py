"""No core dumps of a process that holds tokens and credentials: a dump would put them on the disk, unasked."""

import resource

_PR_SET_DUMPABLE = 4


def forbid_core_files() -> None:
    """This process and what it starts write no core file (setrlimit(2), RLIMIT_CORE). Costs next to nothing."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def forbid_core_dumps() -> None:
    """No core file, and none for a program that the kernel pipes dumps to, which no limit keeps away (core(5)).

    It also keeps other processes of the same user from reading this one's memory (prctl(2),
    PR_SET_DUMPABLE). Raises OSError when the kernel refuses.
    """
    # Imported here: it costs milliseconds, which the quick commands do not spend.
    import ctypes
    import os

    forbid_core_files()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
