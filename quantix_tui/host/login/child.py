"""The process that talks to PAM: ``python -m quantix_tui.host.login.child``.

Its standard input and output carry one JSON object a line. First comes the request (:class:`Request`), then an
``{"answer": TEXT}`` for each prompt; back come ``ask``, ``tell`` and one ``end``. Nothing of it is ever in its
arguments or its environment. When its standard input ends, so does it, whatever a PAM module is doing.
"""

import ctypes
import json
import os
import pwd
import queue
import syslog
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

from quantix_tui.cluster.text import harmless
from quantix_tui.host.administrators import may_administer
from quantix_tui.host.audit import IDENT
from quantix_tui.host.core_dumps import forbid_core_dumps
from quantix_tui.host.login.binding import load_pam
from quantix_tui.host.login.messages import Stage
from quantix_tui.host.login.words import CONV_ERR, NEW_AUTHTOK_REQD, SUCCESS

MOST_TEXT = 400
MOST_PROMPTS = 32
"""In one call of the conversation (PAM_MAX_NUM_MSG)."""
_CHANGE_EXPIRED_AUTHTOK = 0x0020


@dataclass(frozen=True, slots=True)
class Request:
    """Who wants to log in where. ``line`` is the terminal's name without ``/dev/``, ``by`` who runs the console."""

    service: str
    user: str
    line: str
    by: str
    admin_groups: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class Talk:
    """The line to the console. A thread reads it, so that a hang-up is noticed while PAM is at work."""

    def __init__(self, source: BinaryIO, sink: BinaryIO) -> None:
        self._sink = sink
        self._heard: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self.answered = False
        self.ending = False
        self.log: AuditLog | None = None
        threading.Thread(target=self._read, args=(source,), daemon=True).start()

    def _read(self, source: BinaryIO) -> None:
        for line in source:
            self._heard.put(json.loads(line))
        if self.ending:
            return  # It has its answer; what is left is to write the log.
        # The console has closed the dialogue, or has gone. A try that is broken off is a try.
        if self.log is not None and self.answered:
            self.log.failure("broken off")
        _kill_descendants()
        os._exit(1)

    def hear(self) -> dict[str, Any]:
        return self._heard.get()

    def end(self, **facts: object) -> None:
        self.ending = True
        self.say("end", **facts)

    def say(self, kind: str, **facts: object) -> None:
        self._sink.write(json.dumps({"kind": kind, **facts}).encode() + b"\n")
        self._sink.flush()


def _kill_descendants() -> None:
    """What modules have started. pam_exec gives it a session of its own, where no signal to a group reaches it."""
    # Imported here: hardly any login needs it.
    import psutil

    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            process.kill()


class AuditLog:
    """Told once how the login ended, to the log that only administrators read.

    A name that no user has is never written down: people type their password into the wrong field.
    """

    def __init__(self, line: str, user: str | None) -> None:
        place = harmless(line, 64)
        self._who = f"login of {harmless(user, 64)} on {place}" if user else f"login on {place}"
        self._once = threading.Lock()
        syslog.openlog(IDENT, 0, syslog.LOG_AUTHPRIV)

    def success(self, what: str) -> None:
        self._write(syslog.LOG_INFO, what)

    def failure(self, what: str) -> None:
        self._write(syslog.LOG_NOTICE, what)

    def _write(self, level: int, what: str) -> None:
        if self._once.acquire(blocking=False):
            syslog.syslog(level, f"{self._who}: {what}")


class Conversation:
    """pam_conv(3): every message of a module goes over the line, every prompt waits for its answer."""

    def __init__(self, pam: Any, talk: Talk) -> None:
        self._pam = pam
        self._talk = talk
        self.stage = Stage.START
        # Kept here: PAM keeps the function's address only.
        self.function = pam.CONV_FUNC(self._converse)

    def _converse(self, count: int, messages: Any, responses: Any, _: object) -> int:
        try:
            return self._answer_all(count, messages, responses)
        except Exception:  # noqa: BLE001 - the border to C, which knows no exceptions: the login fails
            return CONV_ERR

    def _answer_all(self, count: int, messages: Any, responses: Any) -> int:
        pam = self._pam
        if not 0 < count <= MOST_PROMPTS:
            return CONV_ERR
        array = pam.CALLOC(count, ctypes.sizeof(pam.PamResponse))
        if not array:
            return CONV_ERR
        answers = ctypes.cast(array, ctypes.POINTER(pam.PamResponse))
        for index in range(count):
            message = messages[index].contents
            text = harmless(_text(message.msg), MOST_TEXT)
            if message.msg_style in (pam.PAM_PROMPT_ECHO_OFF, pam.PAM_PROMPT_ECHO_ON):
                hidden = message.msg_style == pam.PAM_PROMPT_ECHO_OFF
                self._talk.say("ask", text=text, hidden=hidden, stage=self.stage.value)
                answer = str(self._talk.hear()["answer"]).encode("utf-8", "surrogateescape")
                self._talk.answered = True
                answers[index].resp = pam.STRDUP(answer)
            elif message.msg_style in (pam.PAM_ERROR_MSG, pam.PAM_TEXT_INFO):
                self._talk.say("tell", text=text, error=message.msg_style == pam.PAM_ERROR_MSG)
            else:
                return CONV_ERR
        responses[0] = answers
        return SUCCESS


def _number_of(user: str) -> int | None:
    try:
        return pwd.getpwnam(user).pw_uid
    except (KeyError, ValueError):  # Nobody has this name, or nobody can have it.
        return None


def _text(pointer: Any) -> str:
    raw = ctypes.cast(pointer, ctypes.c_char_p).value
    return (raw or b"").decode("utf-8", "replace")


def _log_in(pam: Any, talk: Talk, request: Request, conversation: Conversation) -> tuple[str, bool]:
    """The user as PAM names him, and whether his password was changed. Raises pamela's PAMError."""
    handle = pam.pam_start(request.service, request.user, conversation.function)
    for item, value in ((pam.PAM_TTY, request.line), (pam.PAM_RUSER, request.by)):
        handle.set_item(item, value)

    def step(stage: Stage, function: Any, flags: int) -> int:
        conversation.stage = stage
        return int(function(handle, flags))

    code = step(Stage.AUTHENTICATE, pam.PAM_AUTHENTICATE, 0)
    changed = False
    if code == SUCCESS:
        code = step(Stage.ACCOUNT, pam.PAM_ACCT_MGMT, 0)
    if code == NEW_AUTHTOK_REQD:
        code = step(Stage.CHANGE, pam.PAM_CHAUTHTOK, _CHANGE_EXPIRED_AUTHTOK)
        changed = code == SUCCESS
    # A module may have named the user otherwise than he did himself.
    user = handle.get_item(pam.PAM_USER) if code == SUCCESS else None
    pam.pam_end(handle, code)
    return user or request.user, changed


def run(talk: Talk) -> None:
    """One login, from the request to its end."""
    heard = talk.hear()
    request = Request(**{**heard, "admin_groups": tuple(heard["admin_groups"])})
    log = talk.log = AuditLog(request.line, None if _number_of(request.user) is None else request.user)
    try:
        pam = load_pam()
    except (OSError, ImportError) as error:
        talk.end(missing="library" if isinstance(error, OSError) else "binding")
        log.failure("PAM cannot be used")
        return
    conversation = Conversation(pam, talk)
    try:
        user, changed = _log_in(pam, talk, request, conversation)
    except pam.PAMError as error:
        talk.end(stage=conversation.stage.value, code=error.errno or -1, text=harmless(error.message, MOST_TEXT))
        log.failure(f"refused while at {conversation.stage.value} (PAM: {harmless(error.message, 100)})")
        return
    number = _number_of(user)
    administrator = number is not None and may_administer(number, request.admin_groups)
    talk.end(user=harmless(user, 64), changed=changed, administrator=administrator)
    if administrator:
        log.success("accepted, with a new password" if changed else "accepted")
    else:
        log.failure("the password is right, but this is no administrator")


def main() -> None:
    forbid_core_dumps()
    # What a module prints, or starts, must not get at the line.
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    empty = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(empty, number)
    try:
        run(Talk(source, sink))
    finally:
        # At once: the reading thread stands in a read that may never end.
        os._exit(0)


if __name__ == "__main__":
    main()
