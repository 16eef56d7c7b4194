"""PAM's service file of the console: which lines it has on which machine, and whether it is there."""

import os
from collections.abc import Sequence

SERVICE = "quantix-console"
SERVICE_FOLDERS = ("/etc/pam.d", "/usr/lib/pam.d", "/usr/etc/pam.d")
"""Where Linux-PAM looks, as distributions build it; the administrator's comes first (pam.d(5))."""


def has_service(folders: Sequence[str] = SERVICE_FOLDERS) -> bool:
    """Asked before PAM is: it would silently take the service ``other`` instead, which lets in whom it likes."""
    return any(os.path.isfile(os.path.join(folder, SERVICE)) for folder in folders)
