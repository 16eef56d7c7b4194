"""Problems travel over the wire and come back the same, whoever sent them."""

import pytest

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError, nothing_saved, problem_from_json


def test_round_trip() -> None:
    problem = Problem(
        ErrorCode.NETWORK_UNREACHABLE, "It refuses.", "Look at the port.", "connection_refused", {"port": "8443"}
    )
    assert problem_from_json(problem.to_json()) == problem


def test_an_unknown_code_keeps_its_word() -> None:
    problem = problem_from_json({"error": "teapot", "message": "short\x1b[2J and stout"}, ErrorCode.CONTROL_PLANE_ERROR)
    assert problem.code is ErrorCode.CONTROL_PLANE_ERROR
    assert problem.reason == "teapot"
    assert "\x1b" not in problem.message


@pytest.mark.parametrize("body", [{}, {"error": 7}, {"error": None, "message": None, "details": []}])
def test_a_body_without_sense_is_still_a_problem(body: dict[str, object]) -> None:
    assert problem_from_json(body).message == "The node gave no reason."


def test_the_error_says_what_the_problem_says() -> None:
    assert str(QuantixError(Problem(ErrorCode.TIMED_OUT, "Too slow."))) == "Too slow."


def test_the_documents_cases_are_codes() -> None:
    """Document, "Error Handling" and "Permissions"."""
    assert {
        "invalid_address",
        "network_unreachable",
        "invalid_token",
        "already_registered",
        "config_write_error",
        "control_plane_unreachable",
        "unauthorized",
    } <= set(ErrorCode)


def test_that_nothing_was_saved_is_said_once() -> None:
    told = nothing_saved(Problem(ErrorCode.UNAUTHORIZED, "Only root may."))
    assert told.message == "Only root may. Nothing was saved."
    assert nothing_saved(told) is told
    sent = Problem(ErrorCode.INVALID_REQUEST, "It cannot be read. Nothing was sent or saved.")
    assert nothing_saved(sent) is sent
