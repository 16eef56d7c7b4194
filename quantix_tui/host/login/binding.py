"""PAM's functions, by the binding ``pamela``, found without a compiler or ``ldconfig``."""

import ctypes
import ctypes.util
from types import ModuleType

LIBRARY = "libpam.so.0"


def load_pam() -> ModuleType:
    """The module ``pamela``. Raises OSError when this machine has no PAM, ImportError without the binding.

    pamela asks ``ctypes.util.find_library``, which starts ldconfig or gcc and finds nothing on a musl system without
    them. The library is loaded by its name instead, which is the same everywhere, and pamela is told to take its
    functions from what the process has loaded; that is also where a preloaded wrapper of PAM stands before it.
    """
    ctypes.CDLL(LIBRARY, mode=ctypes.RTLD_GLOBAL)
    find = ctypes.util.find_library
    ctypes.util.find_library = lambda _: None  # type: ignore[assignment]
    try:
        import pamela
    finally:
        ctypes.util.find_library = find
    loaded: ModuleType = pamela
    return loaded
