"""The examples that carry a change through somebody else's scheduler.

The validators are optional: ``pip install check-jsonschema kubernetes-validate`` and
``npm install -g asl-validator``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.cli.conftest import CommandLine
from tests.docs.pipelines import EXAMPLES, INDEXES, ORDERS, PAGE, indexes_of, world

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_HISTORY = 25_000  # events, of one execution of a standard workflow
EVENTS = {"Task": 5, "Choice": 2, "Wait": 2, "Succeed": 2}  # that a state records


def validator(name: str, install: str) -> str:
    """Return the path of a program; without it the test is skipped."""
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    found = found or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed: {install}")
    return found


def accepted_by(*command: str) -> None:
    """See that a validator accepts what it is given."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


class Machine:
    """Plays a state machine: just the kinds of states that the example uses.

    Attributes:
        events: how many events a real execution would have recorded.
        turns: how many tasks were run.
    """

    def __init__(
        self, task: Callable[[Any], Any], sleep: Callable[[float], Any]
    ) -> None:
        """Take what its tasks call, and how it pauses."""
        self.definition = json.loads(
            (EXAMPLES / "step_functions.asl.json").read_text(encoding="utf-8")
        )
        self.events = 0
        self.turns = 0
        self._call = task
        self._sleep = sleep

    def play(self, data: Any) -> Any:
        """Return the output of an execution."""
        name = self.definition["StartAt"]
        while True:
            state = self.definition["States"][name]
            self.events += EVENTS[state["Type"]]
            if state["Type"] == "Succeed":
                return data
            name, data = getattr(self, f"_{state['Type'].lower()}")(state, data)

    def _task(self, state: Any, data: Any) -> tuple[str, Any]:
        assert state["Parameters"]["Payload.$"] == "$"
        assert state["OutputPath"] == "$.Payload"
        self.turns += 1
        answer = self._call(json.loads(json.dumps(data)))
        return state["Next"], json.loads(json.dumps(answer))

    def _choice(self, state: Any, data: Any) -> tuple[str, Any]:
        for choice in state["Choices"]:
            if data[choice["Variable"].removeprefix("$.")] is choice["BooleanEquals"]:
                return choice["Next"], data
        return state["Default"], data

    def _wait(self, state: Any, data: Any) -> tuple[str, Any]:
        seconds = data[state["SecondsPath"].removeprefix("$.")]
        assert isinstance(seconds, int)  # the service takes no others
        self._sleep(seconds)
        return state["Next"], data


def test_a_state_machine_carries_the_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turn by turn, to the end, with what the Lambda function answers."""
    from docs.examples.pipelines import advance_in_lambda

    _, client = world()
    monkeypatch.setattr(advance_in_lambda, "client", lambda: client)
    clock = client.__dynawait_clock__
    machine = Machine(
        lambda event: advance_in_lambda.handler(event, None), clock.advance
    )
    answer = machine.play({"table": "orders"})
    assert (answer["table"], answer["finished"]) == ("orders", True)
    assert indexes_of(client) == ["by-day"]
    assert machine.turns >= 3


def test_the_history_of_an_execution_is_long_enough() -> None:
    """For more than nine days, as the example says."""
    from docs.examples.pipelines import advance_in_lambda

    turn = sum(EVENTS[kind] for kind in ("Task", "Choice", "Wait"))
    turns = LONGEST_HISTORY // turn
    assert turns * advance_in_lambda.PAUSE > 9 * 86_400


def test_what_can_never_work_fails_the_execution(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The function raises, and the definition does not retry that."""
    from docs.examples.pipelines import advance_in_lambda

    _, client = world()
    monkeypatch.setattr(advance_in_lambda, "client", lambda: client)
    with pytest.raises(Exception, match="customers") as raised:
        advance_in_lambda.handler({"table": "customers"}, None)
    machine = Machine(lambda event: event, lambda seconds: None)
    (retry,) = machine.definition["States"]["Turn"]["Retry"]
    assert type(raised.value).__name__ not in retry["ErrorEquals"]
    assert not {"States.ALL", "States.TaskFailed"} & {*retry["ErrorEquals"]}


def test_every_state_leads_to_another_that_there_is() -> None:
    """And each is reached from the first."""
    definition = Machine(lambda event: event, lambda seconds: None).definition
    states = definition["States"]
    seen: set[str] = set()
    ahead = [definition["StartAt"]]
    while ahead:
        name = ahead.pop()
        if name in seen:
            continue
        seen.add(name)
        state = states[name]
        choices = [each["Next"] for each in state.get("Choices", ())]
        ahead += [
            *choices,
            *(state[key] for key in ("Next", "Default") if key in state),
        ]
    assert seen == set(states)


def test_the_state_machine_is_valid() -> None:
    """By the schema of the States Language."""
    program = validator("asl-validator", "npm install -g asl-validator")
    accepted_by(program, "--json-path", str(EXAMPLES / "step_functions.asl.json"))


def job() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the ConfigMap and the Job."""
    text = (EXAMPLES / "kubernetes_job.yaml").read_text(encoding="utf-8")
    config, made = yaml.safe_load_all(text)
    return config, made


def test_a_job_runs_a_command_that_works(cli: Any, tmp_path: Path) -> None:
    """Its arguments, its file and its codes are those of the command line."""
    config, made = job()
    cli.table(**{k: v for k, v in ORDERS.items() if k != "TableName"})
    cli("create", "locks", "--key", "key:S", "--on-demand")
    (container,) = made["spec"]["template"]["spec"]["containers"]
    (mount,) = container["volumeMounts"]
    for name, text in config["data"].items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    words = [
        str(tmp_path / Path(word).name) if word.startswith(mount["mountPath"]) else word
        for word in container["args"]
    ]
    assert container["command"] == ["dynawait"]
    done = cli(*words)
    assert done.code == 0, done.err
    assert indexes_of(cli.client) == ["by-day"]
    fails, _ = made["spec"]["podFailurePolicy"]["rules"]
    assert fails["onExitCodes"]["containerName"] == container["name"]
    words[2] = "customers"
    assert cli(*words).code in fails["onExitCodes"]["values"]


def test_a_job_has_the_parts_that_it_names() -> None:
    """The same file as the other examples; volumes and policy as Kubernetes wants."""
    config, made = job()
    file = yaml.safe_load(INDEXES.read_text(encoding="utf-8"))
    assert yaml.safe_load(config["data"]["indexes.yaml"]) == file
    pod = made["spec"]["template"]["spec"]
    assert pod["restartPolicy"] == "Never"  # a policy for failures needs it
    (volume,) = pod["volumes"]
    assert volume["configMap"]["name"] == config["metadata"]["name"]
    assert volume["name"] == pod["containers"][0]["volumeMounts"][0]["name"]


def test_the_job_is_valid() -> None:
    """By the schema of Kubernetes."""
    program = validator("kubernetes-validate", "pip install kubernetes-validate")
    accepted_by(program, "--strict", str(EXAMPLES / "kubernetes_job.yaml"))


def turn() -> str:
    """Return the script of the workflow that takes a turn."""
    text = (EXAMPLES / "github_actions.yaml").read_text(encoding="utf-8")
    steps = yaml.safe_load(text)["jobs"]["turn"]["steps"]
    return str(steps[-1]["run"])


@pytest.mark.parametrize(
    ("code", "ends", "says"),
    [(0, 0, "is finished"), (5, 0, "more to do"), (1, 1, ""), (3, 3, "")],
)
def test_a_workflow_goes_on_while_there_is_more_to_do(
    tmp_path: Path, code: int, ends: int, says: str
) -> None:
    """5 is no failure; what else is not 0 is one."""
    program = tmp_path / "dynawait"
    program.write_text(f"#!/bin/sh\necho turned\nexit {code}\n", encoding="utf-8")
    program.chmod(0o755)
    script, summary = tmp_path / "turn.sh", tmp_path / "summary"
    script.write_text(turn(), encoding="utf-8")
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash")
    done = subprocess.run(  # as GitHub runs it, where `shell: bash` is said
        [bash, "--noprofile", "--norc", "-eo", "pipefail", str(script)],
        env={**os.environ, "PATH": path, "GITHUB_STEP_SUMMARY": str(summary)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ends, done.stderr
    assert says in done.stdout
    assert summary.read_text(encoding="utf-8") == "turned\n"


def test_a_workflow_takes_turns_that_work(cli: Any) -> None:
    """Its command ends with 5, and in the end with 0."""
    cli.table(**{k: v for k, v in ORDERS.items() if k != "TableName"})
    (line,) = (each for each in turn().splitlines() if "dynawait" in each)
    words = line.partition("|")[0].split()[1:]
    words[words.index(INDEXES.name)] = str(INDEXES)
    codes = [cli(*words).code]
    while codes[-1] == 5 and len(codes) < 50:
        cli.pass_time(900)
        codes.append(cli(*words).code)
    assert codes[0] == 5
    assert codes[-1] == 0
    assert indexes_of(cli.client) == ["by-day"]


def test_the_workflow_is_valid() -> None:
    """By the schema of GitHub's workflows."""
    program = validator("check-jsonschema", "pip install check-jsonschema")
    schema = ("--builtin-schema", "vendor.github-workflows")
    accepted_by(program, *schema, str(EXAMPLES / "github_actions.yaml"))


def test_the_page_shows_these_files() -> None:
    """All of them, as they are."""
    text = PAGE.read_text(encoding="utf-8")
    for file in EXAMPLES.iterdir():
        if file.suffix in (".json", ".yaml", ".py"):
            assert f"{{literalinclude}} ../examples/pipelines/{file.name}" in text


@pytest.fixture
def cli(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> CommandLine:
    """Give the command line, on a simulated DynamoDB."""
    from dynawait._cli.settings import Settings

    found = CommandLine(capsys)
    monkeypatch.setattr(Settings, "client", lambda _, service: found.clients[service])
    return found
