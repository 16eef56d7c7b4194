"""Saving an answer file, for further nodes. There is no secret in it."""

import os

from quantix_tui.config.atomic import remove_file, replace_file
from quantix_tui.config.paths import temporary
from quantix_tui.host.files.problems import not_changed
from quantix_tui.setup.answer_file import to_yaml
from quantix_tui.setup.answers import Answers
from quantix_tui.setup.apply import Means

ANSWERS = "answers.yaml"


def save_answers(means: Means, answers: Answers) -> str:
    """Write it beside the state, mode 0600, and say where it is on the machine that is set up.

    Raises :class:`QuantixError`. Blocking.
    """
    path = os.path.join(means.folder, ANSWERS)
    try:
        remove_file(temporary(path))
        replace_file(path, to_yaml(answers).encode())
    except OSError as error:
        raise not_changed(error) from None
    inside = os.path.relpath(path, means.tree.root)
    return path if inside.startswith("..") else f"/{inside}"
