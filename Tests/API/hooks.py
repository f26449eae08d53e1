"""What schemathesis does differently at this daemon: it does not wait for what may take for ever, and it starts sagas that can be started."""

import re
import uuid

import schemathesis

ROOM = {
    "name": "Ada",
    "cardNo": "4111111111111111",
    "room": "double",
    "checkIn": "2027-03-01",
    "nights": 2,
    "amount": 18000,
}


def is_valid(case) -> bool:
    meta = case.meta
    return meta is None or not meta.generation.mode.is_negative


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
def map_body(context, body):
    """Names that are drawn are names of nothing: every other start is one of the workflow that ships."""
    operation = context.operation
    if operation is None or (operation.method.upper(), operation.path) != ("POST", "/v1/sagas"):
        return body
    if isinstance(body, dict) and len(str(body)) % 2 == 0 and is_plain(body):
        return {"workflow": "reservation", "key": str(uuid.uuid5(uuid.NAMESPACE_URL, repr(body))), "input": ROOM}
    return body


def is_plain(body) -> bool:
    """As the document has it, so that nothing which is to be refused becomes good."""
    return (
        set(body) <= {"workflow", "version", "key", "input"}
        and isinstance(body.get("workflow"), str)
        and all(body.get(name) is None or isinstance(body[name], str) for name in ("version", "key"))
        and body.get("key") != ""
    )
