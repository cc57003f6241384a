"""Lambda functions that are told to fail, as a container that runs out of memory or time does."""

import control
from ministack.services import stepfunctions


def install() -> None:
    call = stepfunctions._call_lambda

    def call_or_fail(reference, event):
        for fault in control.settings().get("functionFaults", []):
            if fault["function"] in str(reference) and control.count("function", fault["function"]) < fault["times"]:
                control.record({"kind": "function", "name": fault["function"], "outcome": "failed"})
                raise stepfunctions._ExecutionError(fault["error"], '{"errorMessage": "told to fail by the box"}')
        return call(reference, event)

    stepfunctions._call_lambda = call_or_fail
