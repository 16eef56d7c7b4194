"""From a Problem to an HTTP answer (WIRE 1): one table, one body."""

import logging
from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from quantix_tui.cluster.errors import ErrorCode, Problem, QuantixError
from quantix_tui.cluster.text import harmless
from quantix_tui.node.api.schemas import ProblemBody

log = logging.getLogger(__name__)

_STATUS: Mapping[ErrorCode, int] = {
    ErrorCode.INVALID_ADDRESS: 400,
    ErrorCode.INVALID_REQUEST: 400,
    ErrorCode.UNAUTHORIZED: 401,
    ErrorCode.ALREADY_JOINED: 409,
    ErrorCode.ALREADY_REGISTERED: 409,
    ErrorCode.INVALID_TOKEN: 422,
    ErrorCode.PLAINTEXT_REFUSED: 422,
    ErrorCode.CLOCK_WRONG: 422,
    ErrorCode.REMOVED: 422,
    ErrorCode.NETWORK_UNREACHABLE: 502,
    ErrorCode.CONTROL_PLANE_UNREACHABLE: 502,
    ErrorCode.UNTRUSTED_CERTIFICATE: 502,
    ErrorCode.TLS_FAILED: 502,
    ErrorCode.NOT_A_CONTROL_PLANE: 502,
    ErrorCode.INCOMPATIBLE: 502,
    ErrorCode.MAINTENANCE: 502,
    ErrorCode.CONTROL_PLANE_ERROR: 502,
    ErrorCode.TIMED_OUT: 504,
}
_SLOW = frozenset({"timed_out", "no_answer"})


class ShapeError(QuantixError):
    """What was sent is wrong by itself (DESIGN 4.1): 400, where the same code from a control plane is 422."""


def http_status(problem: Problem) -> int:
    """The HTTP status of a problem; what is this node's own fault is 500."""
    status = _STATUS.get(problem.code, 500)
    return 504 if status == 502 and problem.reason in _SLOW else status


def problem_response(problem: Problem, status: int | None = None, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse(problem.to_json(), status or http_status(problem), headers=dict(headers or {}))


def responses(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The error answers of a route for the OpenAPI document."""
    return {status: {"model": ProblemBody, "description": _DESCRIPTIONS[status]} for status in sorted(statuses)}


def install(app: FastAPI) -> None:
    """Let every error of ``app`` be a Problem in JSON."""

    @app.exception_handler(ShapeError)
    async def shape(_: Request, error: ShapeError) -> Response:
        return problem_response(error.problem, 400)

    @app.exception_handler(QuantixError)
    async def refused(_: Request, error: QuantixError) -> Response:
        return problem_response(error.problem)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        return problem_response(_invalid(error))

    @app.exception_handler(HTTPException)
    async def framework(request: Request, error: HTTPException) -> Response:
        return problem_response(_framework(request, error), error.status_code, error.headers)

    @app.exception_handler(Exception)
    async def fault(_: Request, error: Exception) -> Response:
        # The traceback is logged by the server, which gets the exception after this answer.
        return problem_response(
            Problem(
                ErrorCode.INTERNAL,
                f"The node daemon met a fault of its own ({type(error).__name__}).",
                "Please report this with the node daemon's log.",
            )
        )


def _invalid(error: RequestValidationError) -> Problem:
    """Names the field and the rule, never what was sent: it may be a token."""
    first = error.errors()[0]
    field = ".".join(harmless(str(part), 40) for part in first["loc"][1:] if isinstance(part, str))
    what = f"{field}: {first['msg']}" if field else str(first["msg"])
    details = {"field": field} if field else {}
    return Problem(
        ErrorCode.INVALID_REQUEST,
        f"The request cannot be understood ({harmless(what)}).",
        _SEE,
        "shape",
        details,
    )


def _framework(request: Request, error: HTTPException) -> Problem:
    path = harmless(request.url.path, 120)
    match error.status_code:
        case 404:
            return Problem(ErrorCode.NOT_SUPPORTED, f"The node daemon has nothing at {path}.", _SEE, "not_found")
        case 405:
            message = f"{harmless(request.method, 20)} is not possible at {path}."
            return Problem(ErrorCode.NOT_SUPPORTED, message, _SEE, "method_not_allowed")
        case _:
            message = f"The request cannot be understood ({harmless(str(error.detail))})."
            return Problem(ErrorCode.INVALID_REQUEST, message, _SEE, "shape")


_SEE = "See /openapi.json for what the node daemon offers."

_DESCRIPTIONS = {
    400: "The request's shape is wrong.",
    401: "Changing needs the unix socket as root, or the admin token.",
    403: "The request was not addressed to this machine.",
    409: "The node has joined or is registered already.",
    413: "The request is too large.",
    422: "The control plane refuses: the token, or this node.",
    500: "This node's own fault: its configuration cannot be read or written.",
    502: "The control plane cannot be reached, trusted or understood.",
    504: "The control plane did not answer in time.",
}
