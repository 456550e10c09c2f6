"""Mends the pinned emulator where it differs from AWS in ways that our states and functions rely on.

Each patch replaces one line of one function, and refuses to start if that line is not there: a newer emulator has to
be looked at again (docs/emulator-gaps.md lists what is patched and what is not).
"""

import inspect
import json
import logging
import os
import time
import urllib.request
from collections.abc import Callable
from types import ModuleType

from ministack.core import lambda_runtime
from ministack.services import lambda_svc, s3, stepfunctions


def patch_all() -> None:
    # A Lambda's error is known by its name (Catch and Retry match on it); the Node worker sent the message only.
    swap_text(
        lambda_runtime,
        "_NODEJS_WORKER_SCRIPT",
        'status: "error", error: String(err.message || err),',
        'status: "error", errorType: err && err.name, error: String((err && err.message) || err),',
    )
    swap_line(
        lambda_svc,
        "_execute_function_warm",
        'error_type = "Runtime.HandlerError"\n',
        'error_type = result.get("errorType") or "Runtime.HandlerError"\n',
    )
    # A Lambda that throws fails its waitForTaskToken state, unless the token was answered before; it was swallowed.
    swap_line(
        stepfunctions,
        "_invoke_with_callback",
        "except _ExecutionError:\n            pass\n",
        "except _ExecutionError:\n            if not evt.is_set():\n"
        "                _task_tokens.pop(token, None)\n                raise\n",
    )
    # Every retry of a state has a token of its own; there was one for all of them.
    count = 'ctx["State"]["RetryCount"] = sum(retry_counts.values())\n'
    swap_line(
        stepfunctions,
        "_execute_task",
        count,
        f'{count}        if is_callback:\n            ctx["Task"] = {{"Token": new_uuid()}}\n',
    )
    # A token is answered once: until its state had woken up, a second answer took the place of the first.
    for answer in ("_send_task_success", "_send_task_failure"):
        swap_line(stepfunctions, answer, "if not info:\n", 'if not info or info["event"].is_set():\n')
    # A function at its reserved concurrency is refused under a name that states can retry.
    swap_line(
        stepfunctions,
        "_call_lambda",
        'body.get("errorType", "Lambda.Unknown"),\n',
        'body.get("errorType", "Lambda.TooManyRequestsException" if result.get("throttle") else "Lambda.Unknown"),\n',
    )
    # EventBridge's S3 events name the version of an object in a versioned bucket.
    swap_line(
        s3,
        "_fire_s3_event",
        '"sequencer": sequencer or "0"},\n',
        '"sequencer": sequencer or "0", **({"version-id": version_id} if version_id else {})},\n',
    )
    # Not a mending: our EC2 keeps the list of faults, and S3's events can be lost, late or sent twice as well.
    hypervisor = os.environ.get("MAYFLY_HYPERVISOR")
    if hypervisor:
        s3._fire_s3_event = delivered_by_fate(s3._fire_s3_event, hypervisor)


def delivered_by_fate(send: Callable[..., None], hypervisor: str) -> Callable[..., None]:
    """Sends an event when and as often as the hypervisor's faults want it: each runs in a thread of its own."""

    def send_by_fate(bucket_name: str, key: str, *rest: object, **more: object) -> None:
        began = time.monotonic()
        for delay_ms in deliveries(hypervisor, bucket_name, key):
            time.sleep(max(0.0, began + delay_ms / 1000 - time.monotonic()))
            send(bucket_name, key, *rest, **more)

    return send_by_fate


def deliveries(hypervisor: str, bucket: str, key: str) -> list[float]:
    request = urllib.request.Request(
        f"{hypervisor}/_hypervisor/s3-event", json.dumps({"bucket": bucket, "key": key}).encode(), method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)["deliveriesMs"]
    except (OSError, ValueError, KeyError) as error:
        logging.getLogger("mayfly").warning("no word of the hypervisor on an event, so it goes out: %s", error)
        return [0]


def swap_line(module: ModuleType, function: str, old: str, new: str) -> None:
    source = replaced(inspect.getsource(getattr(module, function)), f"{module.__name__}.{function}", old, new)
    exec(compile(source, f"{module.__file__} (patched)", "exec"), module.__dict__)


def swap_text(module: ModuleType, name: str, old: str, new: str) -> None:
    setattr(module, name, replaced(getattr(module, name), f"{module.__name__}.{name}", old, new))


def replaced(text: str, where: str, old: str, new: str) -> str:
    if text.count(old) != 1:
        raise SystemExit(
            f"The emulator is not the one that local/requirements.txt pins: {where} holds the line {old.strip()!r} "
            f"{text.count(old)} times instead of once. Install that version, or see docs/emulator-gaps.md."
        )
    return text.replace(old, new)
