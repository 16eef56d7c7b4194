"""The login of an administrator by questions and answers."""

import math

from quantix_tui.cluster.secret import Secret
from quantix_tui.console.login_desk import LoginDesk
from quantix_tui.console.login_words import introduction, no_password_of, user_problem
from quantix_tui.console.tale import Paragraph
from quantix_tui.host.login.messages import Accepted, Asked, End, Refused, Stage, Told
from quantix_tui.host.password import answer_problem, strength_of
from quantix_tui.host.ways_in import ROOT, Way
from quantix_tui.line_mode.session import Session

EXPIRED = "The password is right, but has expired: a new one is needed to go on."


def may_change(session: Session) -> bool:
    """Whether this session may change the node: on a locked line once an administrator has logged in."""
    access = session.access
    if access.administrator:
        return True
    if access.line is None:
        session.talk.say(f"{access.user} may only look: ask an administrator of this node, or use sudo.")
        return False
    return log_in(session, session.desk)


def log_in(session: Session, desk: LoginDesk) -> bool:
    """Ask who it is. Whether an administrator is logged in now. Enter alone goes back."""
    session.wait_for(desk.look())
    talk, way = session.talk, desk.administrators.way()
    talk.say(*(item.text for item in introduction(way, desk.admin_groups) if isinstance(item, Paragraph)))
    if way is Way.NOBODY:
        return False
    if way is Way.SET_FIRST:
        first = _first_password(session, desk)
        return first is not None and _try(session, desk, ROOT, first)
    user = _user(session, desk)
    password = None if user is None else _password(session)
    return user is not None and password is not None and _try(session, desk, user, password)


def _user(session: Session, desk: LoginDesk) -> str | None:
    """Who it is; None, with the reason said, for a name that leads nowhere now."""
    talk = session.talk
    user = talk.ask(f"User (Enter alone is {desk.likely_user})") or desk.likely_user
    if problem := user_problem(user):
        talk.say(problem)
    elif desk.has_no_password(user):
        talk.say(*(item.text for item in no_password_of(user) if isinstance(item, Paragraph)))
    elif desk.waits > 0:
        talk.say(f"The next try can begin in {math.ceil(desk.waits)} s.")
    else:
        return user
    return None


def _password(session: Session) -> Secret | None:
    password = session.talk.secret("Password")
    if problem := answer_problem(password):
        session.talk.say(problem)
    elif password:
        return Secret(password)
    return None


def _try(session: Session, desk: LoginDesk, user: str, password: Secret) -> bool:
    session.talk.say("Checking the password.")
    end = session.wait_for(_converse(session, desk, user, password))
    if isinstance(end, Accepted):
        session.logged_in(end.user)
        session.talk.say(f"Logged in as {end.user}.")
        return True
    session.talk.say(end.problem.message, end.problem.hint)
    return False


async def _converse(session: Session, desk: LoginDesk, user: str, password: Secret) -> Accepted | Refused:
    left: Secret | None = password
    end: End | None = None
    async with desk.service.begin(user) as conversation:
        try:
            async for message in conversation:
                match message:
                    case Told():
                        session.talk.say(message.text)
                    case Asked(hidden=True) if left is not None:
                        answer, left = left, None
                        await conversation.answer(answer)
                    case Asked():
                        await conversation.answer(_answer(session, message))
                    case Accepted() | Refused():
                        end = message
        finally:
            desk.ended(end, tried=left is None)
    assert end is not None  # noqa: S101 - the last message of a conversation
    return end


def _answer(session: Session, message: Asked) -> Secret:
    if message.stage is Stage.CHANGE:
        session.talk.say(EXPIRED)
    question = message.text.strip().rstrip(":") or "Answer"
    return Secret(session.talk.secret(question) if message.hidden else session.talk.ask(question))


def _first_password(session: Session, desk: LoginDesk) -> Secret | None:
    talk = session.talk
    while True:
        typed = talk.secret(f"New password of {ROOT}, {desk.passwords.words}")
        if not typed:
            return None
        strength = strength_of(typed, (ROOT, desk.node), desk.passwords)
        if strength.problem:
            talk.say(strength.problem)
            continue
        talk.say(f"Strength: {strength.words}")
        if talk.secret("The same once more") != typed:
            talk.say("The two are not the same.")
            continue
        secret = Secret(typed)
        session.wait_for(desk.set_first(secret))
        return secret
