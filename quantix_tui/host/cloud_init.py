"""cloud-init, which sets name and network up anew when the machine starts: what an administrator gave is to stay."""

import os

from quantix_tui.host.files.changes import Change
from quantix_tui.host.files.texts import put
from quantix_tui.host.files.tree import Tree

_CONFIGURATION = "/etc/cloud/cloud.cfg"
_DISABLED = "/etc/cloud/cloud-init.disabled"
_FILE = "/etc/cloud/cloud.cfg.d/99-quantix-tui-{}.cfg"
_HEAD = "# Written by the Quantix console: cloud-init does not change what was set up with it.\n"
NAME = "preserve_hostname: true\nmanage_etc_hosts: false\n"
"""Of cloud-init's modules "set hostname", "update hostname" and "update etc hosts"."""
NETWORK = "network:\n  config: disabled\n"


def kept_from_cloud_init(tree: Tree, what: str, settings: str) -> tuple[Change, ...]:
    """What has it leave ``what`` alone; nothing where there is none, or it is switched off. Raises OSError."""
    if not os.path.lexists(tree.real(_CONFIGURATION)) or os.path.lexists(tree.real(_DISABLED)):
        return ()
    return put(tree, _FILE.format(what), _HEAD + settings)
