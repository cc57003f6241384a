"""CloudFormation resources that ministack lacks, each as little as the templates ask of it."""

import json

import control
from ministack.services import s3, secretsmanager
from ministack.services.cloudformation import provisioners

HANDLERS = provisioners._RESOURCE_HANDLERS


def install() -> None:
    for kind in ("AWS::EC2::FlowLog", "AWS::Athena::NamedQuery"):
        HANDLERS[kind] = {"create": _named, "delete": lambda physical_id, props: None}
    _give_clusters_a_secret()
    _take_alarms_with_formulas()
    _finish_buckets()
    for kind, handler in HANDLERS.items():
        handler["create"] = _unless_told_to_fail(kind, handler["create"])


def _unless_told_to_fail(kind, create):
    def create_resource(*given):
        if control.settings().get("failedResource") == kind:
            raise RuntimeError(f"{kind}: the account's limit is reached, says the box")
        return create(*given)

    return create_resource


def _named(logical_id, props, stack_name):
    """Nothing here reads flow logs or saved queries; the template must get a name for each."""
    name = f"{stack_name}-{logical_id}"
    return name, {"Id": name, "NamedQueryId": name}


def _give_clusters_a_secret() -> None:
    """ManageMasterUserPassword: RDS makes the secret, and the template asks for its ARN."""
    attributes, create = provisioners._rds_db_cluster_attrs, HANDLERS["AWS::RDS::DBCluster"]["create"]

    def attributes_with_secret(cluster):
        secret = cluster.get("_secret_arn")
        return attributes(cluster) | ({"MasterUserSecret.SecretArn": secret} if secret else {})

    def create_with_secret(logical_id, props, stack_name):
        cluster_id, _ = create(logical_id, props, stack_name)
        cluster = provisioners._rds._clusters[cluster_id]
        if props.get("ManageMasterUserPassword"):
            value = json.dumps({"username": props["MasterUsername"], "password": "box"})
            cluster["_secret_arn"], _ = secretsmanager._store_new_secret(
                f"rds!cluster-{cluster_id}", secret_string=value, secret_binary=None, description="", tags=None,
                kms_key_id=None, rotation_lambda_arn=None, rotation_rules=None)
        cluster["_associated_roles"] = props.get("AssociatedRoles") or []
        cluster["HttpEndpointEnabled"] = bool(props.get("EnableHttpEndpoint"))
        return cluster_id, attributes_with_secret(cluster)

    provisioners._rds_db_cluster_attrs = attributes_with_secret
    HANDLERS["AWS::RDS::DBCluster"]["create"] = create_with_secret


def _take_alarms_with_formulas() -> None:
    """An alarm over a formula of metrics is made as one over a metric that never comes."""
    create = HANDLERS["AWS::CloudWatch::Alarm"]["create"]

    def create_alarm(logical_id, props, stack_name, *rest):
        if "Metrics" in props:
            plain = {key: value for key, value in props.items() if key != "Metrics"}
            props = plain | {"MetricName": "Formula", "Namespace": "Box", "Period": 300, "Statistic": "Sum"}
        return create(logical_id, props, stack_name, *rest)

    HANDLERS["AWS::CloudWatch::Alarm"]["create"] = create_alarm


def _finish_buckets() -> None:
    """A bucket's tags, and its encryption as PutBucketEncryption would set it: its objects need the key."""
    create = HANDLERS["AWS::S3::Bucket"]["create"]

    def create_bucket(logical_id, props, stack_name):
        name, attributes = create(logical_id, props, stack_name)
        # What empties a bucket before its end looks for a tag by which it may.
        s3._bucket_tags[name] = {tag["Key"]: tag["Value"] for tag in props.get("Tags") or []}
        rules = (props.get("BucketEncryption") or {}).get("ServerSideEncryptionConfiguration") or []
        for default in (rule.get("ServerSideEncryptionByDefault") or {} for rule in rules):
            key = default.get("KMSMasterKeyID")
            if key:
                s3._bucket_encryption[name] = (
                    "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>"
                    f"<SSEAlgorithm>{default['SSEAlgorithm']}</SSEAlgorithm><KMSMasterKeyID>{key}</KMSMasterKeyID>"
                    "</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>")
        return name, attributes

    HANDLERS["AWS::S3::Bucket"]["create"] = create_bucket
