"""Runs a state machine in moto's interpreter of the Amazon States Language.

Reads {definition, name, input, bridge} from stdin; writes {status, output, error, cause, entered, waits} to stdout.
The interpreter parses, branches, maps, selects, retries and catches by itself. What it would ask AWS is asked of the
bridge instead, by POST {state, input}, answered {result} or {errorType, errorMessage}. Waits before retries are written
down, not waited; full jitter always draws the longest wait, so that the waits tell the backoff.
"""

import io
import json
import sys
import threading
import types
import urllib.request
from importlib import import_module

PARSER = "moto.stepfunctions.parser"
STATE = f"{PARSER}.asl.component.state.exec.state_task"
RETRY = f"{PARSER}.asl.component.common.retry"

lambda_calls = import_module(f"{STATE}.lambda_eval_utils")
functions = import_module(f"{STATE}.state_task_lambda")
events = import_module(f"{STATE}.service.state_task_service_events")
sns = import_module(f"{STATE}.service.state_task_service_sns")
unsupported = import_module(f"{STATE}.service.state_task_service_unsupported")
resource = import_module(f"{STATE}.service.resource")
callback = import_module(f"{PARSER}.asl.eval.callback.callback")
event_manager = import_module(f"{PARSER}.asl.eval.event.event_manager")
evaluation = import_module(f"{PARSER}.asl.eval.evaluation_details")
program_state = import_module(f"{PARSER}.asl.eval.program_state")
worker = import_module(f"{PARSER}.backend.execution_worker")

ACCOUNT, REGION = "000000000000", "us-east-1"
ARN = f"arn:aws:states:{REGION}:{ACCOUNT}"


class Services:
    """Stands where boto3's clients stand."""

    def __init__(self, bridge):
        self._bridge = bridge
        self._here = threading.local()

    def _ask(self, state, task_input):
        body = json.dumps({"state": state, "input": task_input}).encode()
        with urllib.request.urlopen(urllib.request.Request(self._bridge, data=body)) as answer:
            return json.load(answer)

    def invoke(self, FunctionName, Payload):
        """Lambda: several states may call one function; an error of its code comes as a payload that says so."""
        answer = self._ask(self._here.state, json.loads(Payload))
        if "errorType" in answer:
            return {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": io.BytesIO(json.dumps(answer).encode())}
        return {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(answer["result"]).encode())}

    def _call(self, **parameters):
        answer = self._ask(self._here.state, parameters)
        if "errorType" in answer:
            failure = callback.CallbackOutcomeFailure("", answer["errorType"], answer["errorMessage"])
            raise callback.CallbackOutcomeFailureError(failure)
        return answer["result"]

    put_events = publish = start_query_execution = _call

    def attach(self, task_class, method):
        """The calls of a task know in which state they are made."""
        evaluate = getattr(task_class, method)

        def evaluate_here(task, *args, **kwargs):
            self._here.state = task.name
            return evaluate(task, *args, **kwargs)

        setattr(task_class, method, evaluate_here)


def await_query(_task, env, **_kwargs):
    """The bridge answers when the query is over, so that there is nothing to poll."""
    done = env.stack.pop()
    return lambda: done


def connect(services):
    for module in (lambda_calls, events, sns, unsupported):
        module.boto_client_for = lambda **_kwargs: services
    services.attach(functions.StateTaskLambda, "_eval_execution")
    for task_class in (
        events.StateTaskServiceEvents,
        sns.StateTaskServiceSns,
        unsupported.StateTaskServiceUnsupported,
    ):
        services.attach(task_class, "_eval_service_task")
    # Athena: moto forwards the call, but knows no `.sync` for it.
    unsupported._SUPPORTED_INTEGRATION_PATTERNS.add(resource.ResourceCondition.Sync)
    unsupported.StateTaskServiceUnsupported._build_sync_resolver = await_query


def listen(entered, waits):
    add_event = event_manager.EventManager.add_event

    def add_and_note(manager, context, event_type, event_details=None, **kwargs):
        if str(getattr(event_type, "value", event_type)).endswith("StateEntered"):
            entered.append(event_details["stateEnteredEventDetails"]["name"])
        return add_event(manager, context, event_type, event_details, **kwargs)

    # At the class: each Distributed Map has a manager of its own for its children.
    event_manager.EventManager.add_event = add_and_note
    import_module(f"{RETRY}.retrier_decl").time = types.SimpleNamespace(sleep=waits.append)
    longest = types.SimpleNamespace(uniform=lambda _low, high: high)
    import_module(f"{RETRY}.jitter_strategy_decl").random = longest


def execute(request):
    name = request["name"]
    role = f"arn:aws:iam::{ACCOUNT}:role/states"
    execution = worker.SyncExecutionWorker(
        evaluation_details=evaluation.EvaluationDetails(
            evaluation.AWSExecutionDetails(account=ACCOUNT, region=REGION, role_arn=role),
            evaluation.ExecutionDetails(
                arn=f"{ARN}:execution:segmentation:{name}",
                name=name,
                role_arn=role,
                inpt=request["input"],
                start_time="2026-01-01T00:00:00Z",
            ),
            evaluation.StateMachineDetails(
                arn=f"{ARN}:stateMachine:segmentation",
                name="segmentation",
                typ="STANDARD",
                definition=request["definition"],
            ),
        ),
        exec_comm=types.SimpleNamespace(terminated=lambda: None),
        cloud_watch_logging_session=None,
        activity_store={},
    )
    execution.start()
    state = execution.env.program_state()
    if isinstance(state, program_state.ProgramEnded):
        return {"status": "SUCCEEDED", "output": execution.env.states.get_input()}
    if isinstance(state, program_state.ProgramError):
        return {"status": "FAILED", "error": state.error.get("error"), "cause": state.error.get("cause")}
    return {"status": type(state).__name__}


if __name__ == "__main__":
    request = json.load(sys.stdin)
    entered, waits = [], []
    connect(Services(request["bridge"]))
    listen(entered, waits)
    print(json.dumps({**execute(request), "entered": entered, "waits": waits}))
