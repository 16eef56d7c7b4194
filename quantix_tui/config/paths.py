"""The configuration file and the files beside it."""

import os
from dataclasses import dataclass
from pathlib import Path


def temporary(path: str) -> str:
    """Where the next version of ``path`` is written before it takes its name.

    The name is fixed: there is one writer at a time, and the next one finds what a crash left.
    """
    directory, name = os.path.split(path)
    return os.path.join(directory, f".{name.lstrip('.')}.new")


@dataclass(frozen=True, slots=True)
class ConfigPaths:
    """All of them in the configuration's directory; the secrets are 0600."""

    config_file: Path

    @property
    def target(self) -> str:
        """The file itself when the configuration is a symbolic link. Raises OSError."""
        try:
            # Strict: an error on the way must not make the link itself look like the file.
            return os.path.realpath(self.config_file, strict=True)
        except FileNotFoundError:
            return os.path.realpath(self.config_file)

    @property
    def directory(self) -> str:
        return str(self.config_file.parent)

    @property
    def registration_token(self) -> str:
        return self._beside("registration-token")

    @property
    def node_credential(self) -> str:
        return self._beside("node-credential")

    @property
    def pending_cleanup(self) -> str:
        return self._beside("pending-cleanup.json")

    @property
    def admin_token(self) -> str:
        return self._beside("admin-token")

    @property
    def control_plane_ca(self) -> str:
        """The node's own copy of the CA certificates that a join named; no secret."""
        return os.path.abspath(self._beside("control-plane-ca.pem"))

    @property
    def lock(self) -> str:
        return self._beside(f".{self.config_file.name}.lock")

    @property
    def journal(self) -> str:
        """What the files beside the configuration become once it has its new content."""
        return self._beside(f".{self.config_file.name}.journal")

    @property
    def backup(self) -> str:
        return self._beside(f"{self.config_file.name}.bak")

    @property
    def side_files(self) -> tuple[str, str, str]:
        return self.registration_token, self.node_credential, self.pending_cleanup

    @property
    def journalled(self) -> tuple[str, ...]:
        """What may change together with the configuration."""
        return *self.side_files, self.control_plane_ca

    @property
    def temporaries(self) -> tuple[str, ...]:
        """What a crash may leave."""
        return tuple(temporary(path) for path in (self.target, self.backup, self.journal, *self.journalled))

    def _beside(self, name: str) -> str:
        return str(self.config_file.with_name(name))
