"""An answer file: the wizard's answers as YAML. Read with the line of every fault; written without a secret."""

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel, ValidationError

from quantix_tui.cluster.errors import QuantixError
from quantix_tui.cluster.secret import Secret
from quantix_tui.cluster.text import harmless
from quantix_tui.cluster.token import parse_token
from quantix_tui.setup.answers import Answers
from quantix_tui.setup.checking import Ground, faults
from quantix_tui.setup.fault import Fault, Place
from quantix_tui.setup.steps import StepName
from quantix_tui.setup.yaml_tree import Plain, parse

MOST_OF_SECRET = 1 << 14
ReadFile = Callable[[str], bytes]
"""The content of a file that the answers name, by its path as it stands there. Raises OSError."""

_SECRETS = {("administrator", "password"): "password_hash or password_file", ("cluster", "token"): "token_file"}
_MISSING = {
    ("administrator", "password"): "Give password_hash or password_file.",
    ("cluster", "token"): "Give token_file, with a token from your vDC administrator (Hosts > Add host).",
}
_FILES = {("administrator", "password_file"): "password", ("cluster", "token_file"): "token"}


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """``answers`` are there when nothing is wrong.

    ``right`` are the sections without a fault, for whoever looks at them before anything is done.
    """

    answers: Answers | None
    faults: tuple[Fault, ...]
    right: Answers


def read_answers(data: bytes, read_file: ReadFile, ground: Ground | None = None) -> AnswerFile:
    """The answers in a file's content, held against ``ground``."""
    document = parse(data)
    if document.fault is not None:
        return AnswerFile(None, (document.fault,), Answers())
    wrong: list[Fault] = []
    content = _with_secrets(document.content, read_file, wrong)
    # A secret that could not be read is missing, which makes nothing else of its section wrong.
    unread = len(wrong)
    try:
        answers = Answers.model_validate(content)
    except ValidationError as error:
        wrong += _shape_faults(error)
        # The other sections are judged all the same: who mends the file wants to know everything at once.
        misshapen = {each["loc"][0] for each in error.errors(include_url=False, include_input=False)}
        answers = Answers.model_validate({name: value for name, value in content.items() if name not in misshapen})
    given = {fault.place for fault in wrong}
    wrong += [_in_file(fault, answers) for fault in faults(answers, ground) if not _said_already(fault, given)]
    return AnswerFile(None if wrong else answers, _placed(wrong, document.lines), _without(answers, wrong[unread:]))


def _without(answers: Answers, wrong: Sequence[Fault]) -> Answers:
    """The sections that nothing of ``wrong`` is about."""
    faulty = {str(fault.place[0]) for fault in wrong if fault.place}
    return answers.model_copy(update={name.value: None for name in StepName if name.value in faulty})


def to_yaml(answers: Answers) -> str:
    """A file that gives the same answers again, but for the secrets: it says where those go."""
    # Imported here: the wizard writes one at most.
    import yaml

    body = answers.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    text = yaml.safe_dump(body, sort_keys=False, allow_unicode=False) if body else "{}\n"
    text = text.replace("administrator: {}\n", "administrator:\n  user: root\n")
    head = "# Answers for: quantix-tui setup --answers FILE\n"
    if answers.administrator is not None:
        head += "# Add to administrator: password_hash: '$6$...'  or  password_file: PATH\n"
    if answers.cluster is not None and answers.cluster.address:
        head += "# Add to cluster: token_file: PATH\n"
    return head + text


def _with_secrets(content: Mapping[str, Plain], read_file: ReadFile, wrong: list[Fault]) -> dict[str, object]:
    """The content with the secrets that its files hold; nothing of them gets into a fault."""
    sections: dict[str, object] = {}
    for section, values in content.items():
        if not isinstance(values, dict):
            # A section without anything in it was not answered.
            if values != "":
                sections[section] = values
            continue
        kept: dict[str, object] = {}
        for name, value in values.items():
            place = (section, name)
            if place in _SECRETS:
                hint = f"Give {_SECRETS[place]} instead."
                wrong.append(Fault(place, f"A {name} does not stand in an answer file as it is.", hint))
            elif place in _FILES:
                secret = _secret(place, value, read_file, wrong)
                kept |= {} if secret is None else {_FILES[place]: secret}
            elif place == ("administrator", "password_hash") and isinstance(value, str):
                kept[name] = Secret(value)
            else:
                kept[name] = _without_empty(value)
        sections[section] = {name: value for name, value in kept.items() if value != ""}
    return sections


def _without_empty(value: Plain) -> object:
    if isinstance(value, dict):
        return {name: _without_empty(inner) for name, inner in value.items() if inner != ""}
    return value


def _secret(place: tuple[str, str], path: Plain, read_file: ReadFile, wrong: list[Fault]) -> Secret | None:
    if not isinstance(path, str) or not path:
        wrong.append(Fault(place, f"{place[1]} names no file.", "Give its path."))
        return None
    try:
        text = read_file(path)[:MOST_OF_SECRET].decode("utf-8", "surrogateescape").rstrip("\r\n")
        return Secret(text) if place[1] == "password_file" else parse_token(text)
    except OSError as error:
        # Not the path: who mistook what belongs here has written the secret itself in its place.
        why = f"The file of this name cannot be read: {harmless(error.strerror or 'unknown error')}."
        wrong.append(Fault(place, why, "Give the path of the file that holds it."))
    except QuantixError as error:
        wrong.append(Fault(place, error.problem.message, error.problem.hint))
    return None


def _said_already(fault: Fault, given: set[Place]) -> bool:
    """That a secret is missing is no news where it could not be read."""
    read = {("administrator", "password"), ("cluster", "token")}
    return fault.place in read and (fault.place in given or (*fault.place[:-1], f"{fault.place[-1]}_file") in given)


def _in_file(fault: Fault, answers: Answers) -> Fault:
    """A secret that is missing is not typed where the answers are: a file of them names where it is."""
    section = getattr(answers, str(fault.place[0]))
    return fault if fault.place not in _MISSING or section.has_secret else replace(fault, hint=_MISSING[fault.place])


def _shape_faults(error: ValidationError) -> Iterator[Fault]:
    for each in error.errors(include_url=False, include_context=True, include_input=False):
        place: Place = tuple(each["loc"])
        name = harmless(str(place[-1]) if place else "answer", 40)
        match each["type"]:
            case "extra_forbidden":
                yield Fault(place, f"There is no answer of the name {name}.", _meant(place))
            case "missing":
                yield Fault(place, f"{name} is missing.", "Give it, or leave the whole section out.")
            case "enum":
                yield Fault(place, f"This is no {name}.", f"It is one of: {each['ctx']['expected']}.")
            case "int_parsing" | "int_type" | "int_from_float":
                yield Fault(place, f"{name} is a whole number.", "Write it in digits.")
            case "bool_parsing" | "bool_type":
                yield Fault(place, f"{name} is true or false.", "Write one of these words.")
            case "tuple_type":
                yield Fault(place, f"{name} is a list.", "Write it like: [10.20.0.2, 10.20.0.3]")
            case "too_long" | "string_too_long":
                yield Fault(place, f"{name} is too long.", "Make it shorter.")
            case "string_type":
                yield Fault(place, f"{name} is a single text.", "Compare it with the sample.")
            case _:
                yield Fault(place, f"{name} has names and values below it.", "Compare it with the sample.")


def _meant(place: Place) -> str:
    known = [*_fields(place[:-1]), *(name for section, name in _FILES if place[:-1] == (section,))]
    near = difflib.get_close_matches(str(place[-1]), known, n=1)
    return f"Did you mean {near[0]}?" if near else f"There are: {', '.join(known)}."


def _fields(place: Place) -> list[str]:
    model: type[BaseModel] = Answers
    for part in place:
        kinds = getattr(
            model.model_fields[str(part)].annotation, "__args__", (model.model_fields[str(part)].annotation,)
        )
        model = next(kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel))
    return [
        name for name, field in model.model_fields.items() if name not in ("password", "token") or not field.exclude
    ]


def _placed(wrong: list[Fault], lines: Mapping[Place, int]) -> tuple[Fault, ...]:
    """With the line of each: its own, or that of what it is missing from. In the order of the lines."""
    return tuple(sorted((replace(fault, line=_line(fault.place, lines)) for fault in wrong), key=lambda one: one.line))


def _line(place: Place, lines: Mapping[Place, int]) -> int:
    named = (*place[:-1], f"{place[-1]}_file") if place else place
    for known in (place, named, *(place[:count] for count in range(len(place) - 1, -1, -1))):
        if known in lines:
            return lines[known]
    return 1
