"""EventBridge Scheduler: it fills in when a schedule fired, and calls its target as the schedule's own role."""

import datetime

import identity
from ministack.services import eventbridge

_WHEN = "<aws.scheduler.scheduled-time>"


def install() -> None:
    invoke = eventbridge._invoke_target

    def invoke_target(target, event, rule, view=None):
        if event.get("Source") == "aws.scheduler":
            identity.require(target.get("RoleArn", ""), "lambda:InvokeFunction", target["Arn"])
            fired = datetime.datetime.fromtimestamp(event["Time"], datetime.timezone.utc)
            target = {**target, "Input": target.get("Input", "{}").replace(_WHEN, fired.strftime("%Y-%m-%dT%H:%M:%SZ"))}
        return invoke(target, event, rule, view)

    eventbridge._invoke_target = invoke_target
