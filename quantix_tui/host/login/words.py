"""What PAM's results mean to a person (the numbers: Linux-PAM, _pam_types.h)."""

from collections.abc import Sequence

from quantix_tui.cluster.errors import ErrorCode, Problem
from quantix_tui.host.login.messages import Reason, Refused, Stage

SUCCESS = 0
PERM_DENIED = 6
AUTH_ERR = 7
CRED_INSUFFICIENT = 8
AUTHINFO_UNAVAIL = 9
USER_UNKNOWN = 10
MAXTRIES = 11
NEW_AUTHTOK_REQD = 12
ACCT_EXPIRED = 13
CONV_ERR = 19
ABORT = 26
AUTHTOK_EXPIRED = 27
MODULE_UNKNOWN = 28
BAD_ITEM = 29

_WRONG = {AUTH_ERR, USER_UNKNOWN, MAXTRIES, CRED_INSUFFICIENT}
_REFUSED = {PERM_DENIED, ACCT_EXPIRED, AUTHTOK_EXPIRED}
# What is no answer to the person but a fault: a module cannot be loaded, or failed at its work.
_BROKEN = {*range(1, PERM_DENIED), ABORT, MODULE_UNKNOWN, BAD_ITEM, -1}

PROMPT = "Q leaves the console for the login prompt of this line."
NOTHING_CHANGED = "Nothing was changed."


def refusal(stage: Stage, code: int, text: str, said: Sequence[str]) -> Refused:
    """How a login ended that did not succeed. ``text`` is PAM's name for ``code``, ``said`` what its modules told.

    An unknown user and a wrong password get the same words.
    """
    own = " ".join(said)
    if stage is Stage.AUTHENTICATE and code in _WRONG:
        return _refused(Reason.WRONG, "The user name or the password is wrong.", own or "Type the password again.")
    if stage is Stage.CHANGE and code not in _BROKEN:
        hint = "Log in once more and choose another one."
        return _refused(Reason.NOT_CHANGED, f"The new password was not taken: {_sentence(own or text)}", hint)
    if code in _REFUSED or (stage is Stage.ACCOUNT and code in _WRONG):
        why = _sentence(own or text)
        hint = "Log in as another administrator, or have this account set right by one."
        return _refused(Reason.ACCOUNT, f"This account may not log in here: {why}", hint)
    if code == AUTHINFO_UNAVAIL:
        return unusable("What keeps the passwords does not answer (PAM: authentication information unavailable).")
    return unusable(f"PAM failed while it was at work: {_sentence(own or text)}", code=code)


def not_administrator(user: str, admin_groups: Sequence[str]) -> Refused:
    groups = ", ".join(admin_groups)
    return _refused(
        Reason.NOT_ADMINISTRATOR,
        f"The password is right, but {user} is no administrator of this node: that is root"
        + (f", or a member of one of the groups {groups}." if groups else " alone."),
        "Log in as an administrator.",
    )


def no_answer(seconds: float) -> Refused:
    problem = Problem(
        ErrorCode.TIMED_OUT,
        f"Nobody answered for {seconds:g} s, so the login was given up. {NOTHING_CHANGED}",
        "Begin again.",
        Reason.NO_ANSWER.value,
    )
    return Refused(Reason.NO_ANSWER, problem)


def unusable(why: str, cure: str = "", *, code: int | None = None) -> Refused:
    """Nobody can log in through PAM now: the console says so and shows the other way."""
    details = {} if code is None else {"pam": str(code)}
    problem = Problem(
        ErrorCode.NOT_SUPPORTED,
        f"{why} {NOTHING_CHANGED}",
        f"{cure} {PROMPT}".strip(),
        Reason.UNUSABLE.value,
        details,
    )
    return Refused(Reason.UNUSABLE, problem)


def _refused(reason: Reason, message: str, hint: str) -> Refused:
    return Refused(reason, Problem(ErrorCode.UNAUTHORIZED, f"{message} {NOTHING_CHANGED}", hint, reason.value))


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."
