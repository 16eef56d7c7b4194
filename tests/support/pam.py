"""Real PAM on service files of a test's own: libpam under pam_wrapper, with its module pam_matrix for the passwords."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from quantix_tui.host.login.process import PamLogin
from quantix_tui.host.login.service import SERVICE

_PLACES = [Path("/usr/lib"), Path("/usr/lib64"), *Path("/usr/lib").glob("*-linux-gnu*")]
_FOUND = [place for place in _PLACES if (place / "libpam_wrapper.so").exists()]
_MODULES = [*Path("/lib").glob("*/security"), *Path("/usr/lib").glob("*/security"), Path("/usr/lib64/security")]

needs_pam_wrapper = pytest.mark.skipif(
    not _FOUND, reason="pam_wrapper is missing (Debian: apt-get install libpam-wrapper)"
)


def module(name: str) -> str:
    """The whole path of a module: pam_wrapper's own, or one of Linux-PAM."""
    places = [place / "pam_wrapper" for place in _FOUND] + _MODULES
    return next((str(place / name) for place in places if (place / name).exists()), name)


class Pam:
    """A service file and a table of passwords in ``folder``; :meth:`login` asks the real PAM about them."""

    def __init__(self, folder: Path) -> None:
        self.services = folder / "pam.d"
        self.services.mkdir()
        self.passwords = folder / "passwords"
        self.users(root="right horse")
        matrix = self.matrix()
        self.stack(f"auth required {matrix}", f"account required {matrix}", f"password required {matrix}")
        (self.services / "other").write_text("")

    def users(self, *, service: str = SERVICE, **passwords: str) -> None:
        """Their passwords, and the one service that they may use."""
        self.passwords.write_text("".join(f"{user}:{word}:{service}\n" for user, word in passwords.items()))

    def password_of(self, user: str) -> str:
        return dict(line.split(":")[:2] for line in self.passwords.read_text().splitlines())[user]

    def matrix(self, *words: str) -> str:
        return " ".join([module("pam_matrix.so"), f"passdb={self.passwords}", *words])

    def stack(self, *lines: str) -> None:
        """The lines of the service file."""
        (self.services / SERVICE).write_text("".join(f"{line}\n" for line in lines))

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "LD_PRELOAD": str(_FOUND[0] / "libpam_wrapper.so"),
            "PAM_WRAPPER": "1",
            "PAM_WRAPPER_SERVICE_DIR": str(self.services),
        }

    def login(
        self, admin_groups: Sequence[str] = (), *, answer_within: float = 60.0, module_within: float = 60.0
    ) -> PamLogin:
        return PamLogin(
            "tty1",
            admin_groups,
            environment=self.environment,
            folders=[str(self.services)],
            answer_within=answer_within,
            module_within=module_within,
        )
