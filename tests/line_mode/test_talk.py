"""Lines out, lines in, over real descriptors."""

import os
import pty

import pytest

from quantix_tui.line_mode.talk import WIDTH, Ended, NoAnswer, Talk


class Pipes:
    """Somebody at the other end of two pipes."""

    def __init__(self) -> None:
        self.source, self._hand = os.pipe()
        self._eye, self.sink = os.pipe()
        self.talk = Talk(self.source, self.sink)

    def type(self, text: str) -> None:
        os.write(self._hand, text.encode())

    def hang_up(self) -> None:
        os.close(self._hand)

    def read(self) -> str:
        return os.read(self._eye, 65536).decode()


@pytest.fixture
def pipes() -> Pipes:
    return Pipes()


def test_answers_come_one_by_one_and_what_is_typed_ahead_is_kept(pipes: Pipes) -> None:
    pipes.type("  one \ntwo\r\n")
    assert pipes.talk.ask("First") == "one"
    assert pipes.talk.secret("Second") == "two"
    assert pipes.read() == "First: Second (not shown): \n"


def test_only_yes_agrees(pipes: Pipes) -> None:
    pipes.type("YES\ny\n\n")
    assert pipes.talk.agreed("Sure?")
    assert not pipes.talk.agreed("Sure?")
    assert not pipes.talk.agreed("Sure?")


def test_the_end_of_the_line_and_an_answer_that_does_not_come(pipes: Pipes) -> None:
    pipes.talk.patience = 0.01
    with pytest.raises(NoAnswer):
        pipes.talk.ask("Anybody")
    pipes.hang_up()
    with pytest.raises(Ended):
        pipes.talk.ask("Anybody")


def test_sentences_are_wrapped_and_tables_are_not(pipes: Pipes) -> None:
    pipes.talk.say("word " * 30)
    pipes.talk.show(["row " * 30])
    first, *rest = pipes.read().splitlines()
    assert len(first) <= 78
    assert rest[0].startswith("  word")
    assert rest[-1] == "row " * 30


def test_a_secret_is_not_echoed_by_a_terminal() -> None:
    hand, line = pty.openpty()
    talk = Talk(line, line)
    os.write(hand, b"shown\n")
    assert talk.ask("Name") == "shown"
    assert b"shown" in os.read(hand, 4096)
    os.set_blocking(hand, False)
    question = "Token"

    class Typing(Talk):
        """Types only once the question stands there: before, the terminal would still echo it."""

        def _line(self) -> str:
            os.write(hand, b"hidden\n")
            return super()._line()

    assert Typing(line, line).secret(question) == "hidden"
    assert b"hidden" not in os.read(hand, 4096)
    os.close(hand)
    os.close(line)


def test_a_long_question_breaks_between_words(pipes: Pipes) -> None:
    pipes.type("yes\n")
    question = "Time servers, names or addresses [0.debian.pool.ntp.org 1.debian.pool.ntp.org; none: left as they are]"
    assert pipes.talk.ask(question) == "yes"
    told = pipes.read()
    assert " ".join(told.split()) == f"{question}:"
    assert max(map(len, told.splitlines())) <= WIDTH
