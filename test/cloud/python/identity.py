"""Whose calls these are: sessions of the deployed roles for what ministack does itself, and the judge of what it leaves out."""

import contextvars
import os

import control
from ministack import app
from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import athena, kms, rds, s3, stepfunctions, sts

#: Keys of sessions whose role changes with who asks: Trino has one pair, PostgreSQL's imports another.
TRINO_KEY, IMPORT_KEY = "ASIABOXTRINO00000000", "ASIABOXIMPORT0000000"
_SECRET = os.environ["BOX_SESSION_SECRET"]
_machine_role: contextvars.ContextVar[str] = contextvars.ContextVar("box_machine_role", default="")
_enforce = iam_evaluator.enforce
#: What S3 asks of the key for the caller, by the caller's own action on an object.
_KEY_ACTIONS = {"s3:GetObject": "kms:Decrypt", "s3:GetObjectVersion": "kms:Decrypt", "s3:PutObject": "kms:GenerateDataKey"}


def install() -> None:
    iam_evaluator.enforce = _enforce_with_keys
    run = stepfunctions._run_execution

    def run_as_role(execution_arn):
        execution = stepfunctions._executions.get(execution_arn) or {}
        machine = stepfunctions._state_machines.get(execution.get("stateMachineArn")) or {}
        _machine_role.set(machine.get("roleArn", ""))
        return run(execution_arn)

    stepfunctions._run_execution = run_as_role
    put_events = stepfunctions._SERVICE_DISPATCH["arn:aws:states:::events:putEvents"]

    def put_events_as_role(resource, parameters):
        require_of_machine("events:PutEvents", "event-bus/" + str(parameters["Entries"][0].get("EventBusName", "default")))
        return put_events(resource, parameters)

    stepfunctions._SERVICE_DISPATCH["arn:aws:states:::events:putEvents"] = put_events_as_role


def require_of_machine(action: str, resource: str) -> None:
    """@throws as Step Functions does where the running machine's role may not do this."""
    if _machine_role.get():
        require(_machine_role.get(), action, resource)


def require(role: str, action: str, resource: str) -> None:
    """@throws as Step Functions does where a role may not do this."""
    if not app.AUTH:
        return
    service = action.split(":")[0]
    arn = resource if resource.startswith("arn:") else f"arn:aws:{service}:us-east-1:{get_account_id()}:{resource}"
    context = iam_evaluator.EvalContext(
        principal_arn=_session_arn(role), principal_type="AssumedRole", principal_account=get_account_id(),
        action=action, resource_arn=arn, region="us-east-1", secure_transport=True)
    policies = iam_evaluator._gather_role_policies(role.rsplit("/", 1)[-1], get_account_id())
    if iam_evaluator.evaluate(context, policies).decision != "Allow":
        control.record({"kind": "denied", "name": action, "error": f"{role} on {arn}"})
        raise stepfunctions._ExecutionError("States.TaskFailed", f"{role} is not authorized to perform {action} on {arn}")


def act_as_machine() -> None:
    """Trino's next calls are those of the running machine's role; of the account where no machine runs."""
    _register(TRINO_KEY, _machine_role.get())


def act_as_importer(cluster_arn: str) -> None:
    """PostgreSQL's next imports are those of the role that the cluster has for them."""
    cluster = next((one for one in rds._clusters.values() if one.get("DBClusterArn") == cluster_arn), {})
    roles = [one.get("RoleArn") for one in cluster.get("_associated_roles", [])]
    _register(IMPORT_KEY, roles[0] if roles else "")


def _session_arn(role_arn: str) -> str:
    return f"arn:aws:sts::{get_account_id()}:assumed-role/{role_arn.rsplit('/', 1)[-1]}/box"


def _register(key: str, role_arn: str) -> None:
    whose = {"Arn": _session_arn(role_arn)} if role_arn else {
        "Arn": f"arn:aws:iam::{get_account_id()}:root", "PrincipalType": "Root"}
    sts.register_session(key, {**whose, "UserId": key, "SecretAccessKey": _SECRET})


def _enforce_with_keys(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
    """A call on an object of an encrypted bucket needs the bucket's key, too, which ministack does not ask for."""
    if iam_action in ("glue:GetDatabase", "glue:GetDatabases"):
        # ministack names a table where the call names a database.
        resource_arn = resource_arn.replace(":table/", ":database/")
    if iam_action == "athena:StopQueryExecution":
        # AWS judges it by the workgroup of the query, which the call does not name: that of the deployment.
        group = next((name for name in athena._workgroups if name != "primary"), "primary")
        resource_arn = f"arn:aws:athena:{region}:{get_account_id()}:workgroup/{group}"
    denied = _enforce(access_key_id, iam_action, service, region, resource_arn, service_context)
    if denied is None and iam_action in _KEY_ACTIONS:
        key = _key_of_bucket(resource_arn)
        if key:
            iam_action, service, resource_arn = _KEY_ACTIONS[iam_action], "kms", key
            denied = _enforce(access_key_id, iam_action, service, region, key, {"kms:viaservice": f"s3.{region}.amazonaws.com"})
    if denied is not None:
        whose = getattr(denied, "principal_arn", "") or access_key_id
        reason = getattr(denied, "decision", "") or getattr(denied, "code", "")
        control.record({"kind": "denied", "name": iam_action, "error": f"{reason}: {whose} on {resource_arn}"})
    return denied


def _key_of_bucket(resource_arn: str):
    """ARN of the KMS key by which a bucket encrypts, if any."""
    bucket = resource_arn.removeprefix("arn:aws:s3:::").split("/")[0]
    text = str(s3._bucket_encryption.get(bucket) or "")
    start = text.find("arn:aws:kms:")
    if start < 0:
        return None
    end = next((i for i in range(start, len(text)) if text[i] in "<'\"} "), len(text))
    arn = text[start:end]
    return arn if kms.key_policy_for_arn(arn) else None
