"""Lambda functions for the state machine: allowed by its role, failing by the names of their errors, or told to fail."""

import re

import control
import identity
from ministack.core import lambda_runtime
from ministack.services import stepfunctions

#: ministack tells of an error of Node's its message alone; the state machine retries and reports by name.
_NAMED = re.compile(r"\[\[(\w+)\]\]")


def install() -> None:
    _send_names_along()
    call = stepfunctions._call_lambda

    def call_as_lambda(reference, event):
        _fail_as_told(str(reference))
        name = str(reference)
        identity.require_of_machine("lambda:InvokeFunction", name if name.startswith("arn:") else f"function:{name}")
        try:
            return call(reference, event)
        except stepfunctions._ExecutionError as error:
            named = _NAMED.search(error.cause)
            if named is None:
                raise
            cause = _NAMED.sub("", error.cause).replace('"Runtime.HandlerError"', f'"{named[1]}"')
            raise stepfunctions._ExecutionError(named[1], cause) from None

    stepfunctions._call_lambda = call_as_lambda


def _send_names_along() -> None:
    script = lambda_runtime._NODEJS_WORKER_SCRIPT
    for thrown, message in (("err", "String(err.message || err)"), ("e", "e.message")):
        script = script.replace(f"error: {message}, trace: {thrown}.stack",
                                f'error: "[[" + {thrown}.name + "]]" + {message}, trace: {thrown}.stack')
    if script.count('"[["') != 2:
        raise RuntimeError("ministack's worker for Node is another one than these changes were written for")
    lambda_runtime._NODEJS_WORKER_SCRIPT = script


def _fail_as_told(reference: str) -> None:
    """As a container that runs out of memory or time does."""
    for fault in control.settings().get("functionFaults", []):
        if fault["function"] in reference and control.count("function", fault["function"]) < fault["times"]:
            control.record({"kind": "function", "name": fault["function"], "outcome": "failed"})
            raise stepfunctions._ExecutionError(fault["error"], '{"errorMessage": "told to fail by the box"}')
