"""A stand-in for two providers of Terraform, for machines that get none but ours.

It speaks Terraform's plugin protocol, so that the real Terraform makes real plans with
it. Of the AWS provider it has the resources that touch tables, with the attributes, the
nesting and the replacements that its version 6.25 has, and no AWS behind them: whatever
is applied is so. Of the external provider it has the data source, which runs a program
as its manual says.

`serving` starts it and gives the environment in which Terraform finds it.
"""

# pyright: reportMissingImports=false
# Types are checked where these packages are not installed.
from __future__ import annotations

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import grpc
from stand_in_blocks import EXTERNAL, PROVIDER, RESOURCES
from tf.gen import tfplugin_pb2 as pb
from tf.gen import tfplugin_pb2_grpc as rpc
from tf.utils import read_dynamic_value, to_dynamic_value

if TYPE_CHECKING:
    from collections.abc import Iterator


class Provider(rpc.ProviderServicer):  # type: ignore[misc] # it carries no types
    """Answer as both providers would: Terraform asks each for its own alone."""

    def __init__(self, environment: dict[str, str]) -> None:
        """Take the variables that a program of the external provider finds."""
        self._environment = environment

    def GetMetadata(self, request: Any, context: Any) -> Any:
        """Say nothing: Terraform then asks for the schema."""
        return pb.GetMetadata.Response()

    def GetProviderSchema(self, request: Any, context: Any) -> Any:
        """Say what there is."""
        return pb.GetProviderSchema.Response(
            provider=pb.Schema(block=PROVIDER.schema()),
            resource_schemas={
                name: pb.Schema(version=1, block=block.schema())
                for name, block in RESOURCES.items()
            },
            data_source_schemas={"external": pb.Schema(block=EXTERNAL.schema())},
        )

    def ValidateProviderConfig(self, request: Any, context: Any) -> Any:
        """Take any configuration."""
        return pb.ValidateProviderConfig.Response()

    def ValidateResourceConfig(self, request: Any, context: Any) -> Any:
        """Take any resource."""
        return pb.ValidateResourceConfig.Response()

    def ValidateDataResourceConfig(self, request: Any, context: Any) -> Any:
        """Take any data source."""
        return pb.ValidateDataResourceConfig.Response()

    def ConfigureProvider(self, request: Any, context: Any) -> Any:
        """Need no configuration."""
        return pb.ConfigureProvider.Response()

    def UpgradeResourceState(self, request: Any, context: Any) -> Any:
        """Return a state as it was written."""
        state = json.loads(request.raw_state.json)
        return pb.UpgradeResourceState.Response(upgraded_state=to_dynamic_value(state))

    def ReadResource(self, request: Any, context: Any) -> Any:
        """Find what is there to be as it was left."""
        return pb.ReadResource.Response(new_state=request.current_state)

    def PlanResourceChange(self, request: Any, context: Any) -> Any:
        """Say what would be, and which changes need another resource."""
        block = RESOURCES[request.type_name]
        old = read_dynamic_value(request.prior_state)
        new = read_dynamic_value(request.proposed_new_state)
        if new is None:
            planned = request.proposed_new_state
            return pb.PlanResourceChange.Response(planned_state=planned)
        new = block.planned(new)
        names = [] if old is None else block.replacements(old, new)
        step = pb.AttributePath.Step
        return pb.PlanResourceChange.Response(
            planned_state=to_dynamic_value(new),
            requires_replace=[
                pb.AttributePath(steps=[step(attribute_name=name)]) for name in names
            ],
            legacy_type_system=True,
        )

    def ApplyResourceChange(self, request: Any, context: Any) -> Any:
        """Let be what was planned."""
        block = RESOURCES[request.type_name]
        new = read_dynamic_value(request.planned_state)
        if new is None:
            return pb.ApplyResourceChange.Response(new_state=request.planned_state)
        if request.type_name == "aws_dynamodb_table":
            arn = f"arn:aws:dynamodb:eu-central-1:123456789012:table/{new['name']}"
            new |= {"id": new["name"], "arn": arn, "region": "eu-central-1"}
        return pb.ApplyResourceChange.Response(
            new_state=to_dynamic_value(block.settled(new)), legacy_type_system=True
        )

    def ReadDataSource(self, request: Any, context: Any) -> Any:
        """Run the program of an external data source."""
        config = read_dynamic_value(request.config)
        done = subprocess.run(
            config["program"],
            input=json.dumps(config["query"] or {}),
            cwd=config["working_dir"],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            problem = pb.Diagnostic(
                severity=pb.Diagnostic.ERROR,
                summary="External Program Execution Failed",
                detail=done.stderr,
            )
            return pb.ReadDataSource.Response(diagnostics=[problem])
        state = {**config, "id": "-", "result": json.loads(done.stdout)}
        return pb.ReadDataSource.Response(state=to_dynamic_value(state))

    def StopProvider(self, request: Any, context: Any) -> Any:
        """Have nothing to stop."""
        return pb.StopProvider.Response()


@contextmanager
def serving(**environment: str) -> Iterator[dict[str, str]]:
    """Serve both providers; give the variables that lead Terraform to them.

    Args:
        environment: more variables, for Terraform and for what it starts.
    """
    server = grpc.server(ThreadPoolExecutor(max_workers=8))
    provider = Provider({**os.environ, **environment})
    rpc.add_ProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    address = {"Network": "tcp", "String": f"127.0.0.1:{port}"}
    reached = {"Protocol": "grpc", "ProtocolVersion": 6, "Pid": os.getpid()}
    reached |= {"Test": True, "Addr": address}
    names = ("hashicorp/aws", "hashicorp/external")
    try:
        reattached = json.dumps(dict.fromkeys(names, reached))
        yield {"TF_REATTACH_PROVIDERS": reattached, **environment}
    finally:
        server.stop(grace=None).wait()
