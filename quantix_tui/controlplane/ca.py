"""The certificates of a CA that an administrator names: read where the file is, and carried to the node.

The node daemon is a service that sees neither home folders nor /tmp, so the content travels and not the path. It is
bounded, holds certificates and nothing else, and never a private key.
"""

import re
import ssl
import stat
from dataclasses import replace
from pathlib import Path

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.cluster.trust import Trust
from quantix_tui.controlplane.limits import MAX_CA_FILE, MAX_CA_PEM

_CERTIFICATE = re.compile(r"-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----[\x09\x0a\x0d\x20-\x7e]*?-----END \1-----")
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY-----")
_GIVE = "Give the control plane's CA certificate, a text file with BEGIN CERTIFICATE in it."


class NoCaFileError(ValueError):
    """What stands at the path is no file of a sensible size."""


def carried(trust: Trust) -> Trust:
    """``trust`` with the content of its CA file in it. Reads the file; raises as :func:`certificates_in` does."""
    if trust.ca_file is None or trust.ca_pem is not None:
        return trust
    name = f"The CA file {harmless(trust.ca_file)}"
    try:
        text = read_text(trust.ca_file)
    except NoCaFileError:
        raise _refusal(f"{name} is not a file of certificates.", "ca_file_not_pem") from None
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or "the path is not valid"
        raise _refusal(f"{name} cannot be read: {words}.", "ca_file_unreadable", _READABLE) from None
    return replace(trust, ca_pem=certificates_in(text, name))


def certificates_in(text: str, name: str = "The given CA") -> str:
    """The certificates of a PEM text without what stands between them.

    Raises :class:`QuantixError` (``invalid_request``) when there is none, too many, or a private key.
    """
    if _PRIVATE_KEY.search(text):
        raise _refusal(f"{name} holds a private key, which is never sent to a node.", "ca_file_private_key", _NO_KEY)
    pem = "".join(f"{found[0]}\n" for found in _CERTIFICATE.finditer(text))
    if len(pem) > MAX_CA_PEM:
        raise _refusal(f"{name} holds more certificates than a control plane has CAs.", "ca_file_too_large")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=pem)
    except (ssl.SSLError, ValueError):
        raise _refusal(f"{name} holds no certificate in PEM form.", "ca_file_not_pem") from None
    return pem


def read_text(path: str) -> str:
    """A CA file's text. Raises OSError, or ValueError for what is no path or (:class:`NoCaFileError`) no file."""
    file = Path(path)
    facts = file.stat()
    # A pipe or a device would never end: only a file of a sensible size is opened.
    if not stat.S_ISREG(facts.st_mode) or facts.st_size > MAX_CA_FILE:
        raise NoCaFileError(path)
    with file.open(encoding="ascii", errors="ignore") as opened:  # PEM is ASCII, comments around it need not be
        return opened.read(MAX_CA_FILE)


_READABLE = "Check the path, or run this as a user who may read the file."
_NO_KEY = "Give a file with the CA's certificate alone; keep its key where it is."


def _refusal(message: str, reason: str, hint: str = _GIVE) -> QuantixError:
    return QuantixError(Problem(ErrorCode.INVALID_REQUEST, f"{message} Nothing was sent or saved.", hint, reason))
