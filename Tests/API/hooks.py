"""What schemathesis does differently here: it does not wait for what may take for ever, and names what is there where it can."""

import re
import uuid
import zlib

import schemathesis

ROOM = {
    "name": "Ada",
    "cardNo": "4111111111111111",
    "room": "double",
    "checkIn": "2027-03-01",
    "nights": 2,
    "amount": 18000,
}
NAMES = {
    "workflow": "reservation",
    "view": "mypage",
    "signal": "confirm",
    "consumer": "books",
}


@schemathesis.hook
def before_call(context, case, kwargs):
    query = case.query or {}
    # A stream ends when the saga has ended, or never.
    query.pop("follow", None)
    # A good duration may be a century.
    if "wait" in query and (
        "timeout" not in query
        or re.fullmatch(r"\+?[0-9.]+[a-zµ]+([0-9.]+[a-zµ]+)*", str(query["timeout"]))
    ):
        query["timeout"] = "50ms"


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Names that are drawn are names of nothing: every other one is of a saga, an order, a view that is there."""
    if not path_parameters or context.operation is None:
        return path_parameters
    path = context.operation.path
    named = dict(path_parameters)
    for name, value in named.items():
        chance = zlib.crc32(repr(value).encode())
        if name == "number" and isinstance(value, int) and value > 0 and chance % 2 == 0:
            named[name] = 1 + chance // 2 % 5
        elif isinstance(value, str) and value and chance % 2 == 0:
            if name == "id" and "jobs" not in path:
                named[name] = f"reservation:{1 + chance // 2 % 5}"
            elif name == "name":
                named[name] = NAMES["signal" if "signals" in path else "consumer" if "feeds" in path else "workflow"]
            elif name in ("view", "signal"):
                named[name] = NAMES[name]
    return named


@schemathesis.hook
def map_body(context, body):
    """As names: every other start and order is one of the workflow that ships."""
    operation = context.operation
    if operation is None or operation.method.upper() != "POST" or not isinstance(body, dict):
        return body
    chance = zlib.crc32(repr(body).encode())
    if operation.path.endswith("/v1/sagas") and chance % 2 == 0 and is_plain(body):
        return {"workflow": "reservation", "key": str(uuid.uuid5(uuid.NAMESPACE_URL, repr(body))), "input": ROOM}
    number = body.get("orderid")
    if operation.path == "/confirmations" and isinstance(number, int) and number > 0 and chance % 2 == 0:
        return body | {"orderid": 1 + chance // 2 % 5}
    return body


def is_plain(body) -> bool:
    """As the document has it, so that nothing which is to be refused becomes good."""
    return (
        set(body) <= {"workflow", "version", "key", "input"}
        and isinstance(body.get("workflow"), str)
        and all(body.get(name) is None or isinstance(body[name], str) for name in ("version", "key"))
        and body.get("key") != ""
    )
