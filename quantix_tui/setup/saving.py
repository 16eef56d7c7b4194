"""Saving an answer file, for further nodes. There is no secret in it."""

import os

from quantix_tui.config.atomic import remove_file, replace_file
from quantix_tui.config.paths import temporary
from quantix_tui.host.files.problems import not_changed
from quantix_tui.setup.answer_file import to_yaml
from quantix_tui.setup.answers import Answers

ANSWERS = "answers.yaml"


def save_answers(folder: str, answers: Answers) -> str:
    """Write it to ``folder``, mode 0600, and say where it is. Raises :class:`QuantixError`. Blocking."""
    path = os.path.join(folder, ANSWERS)
    try:
        remove_file(temporary(path))
        replace_file(path, to_yaml(answers).encode())
    except OSError as error:
        raise not_changed(error) from None
    return path
