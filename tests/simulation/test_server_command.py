"""The server as a program."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from dynawait.testing import SimulatedServer
from dynawait.testing.server import main


def run_server(*options: str) -> subprocess.Popen[str]:
    """Start the server as a program."""
    command = [sys.executable, "-m", "dynawait.testing.server", "--port", "0", *options]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True)


def test_the_command_line_serves_until_interrupted() -> None:
    """It prints one line when it is ready, and Ctrl-C ends it quietly."""
    command = [sys.executable, "-m", "dynawait.testing.server", "--port", "0"]
    with subprocess.Popen(
        [*command, "--speed", "60"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith(
            "dynawait simulated DynamoDB listening on http://127.0.0.1:"
        )
        assert line.endswith("(press Ctrl-C to stop)\n")
        url = line.split()[5]
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
        connection.request("GET", "/")
        assert connection.getresponse().status == 200
        connection.close()
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=20)
    assert (process.returncode, output, errors) == (130, "", "")


@pytest.mark.parametrize("answered", [True, False])
def test_ctrl_c_amid_requests_is_quiet(*, answered: bool) -> None:
    """Those that are under way are done or dropped; nobody is told of them."""
    for _ in range(3):
        with run_server() as process:
            assert process.stdout is not None
            address = urlsplit(process.stdout.readline().split()[5]).netloc
            several = [
                http.client.HTTPConnection(address, timeout=10) for _ in "12345678"
            ]
            for connection in several:
                connection.request("GET", "/")
            if answered:
                assert {each.getresponse().status for each in several} == {200}
            for connection in several:
                connection.close()
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=20)
        assert (process.returncode, output, errors) == (130, "", "")


def test_the_command_line_takes_faults_and_seed() -> None:
    """What is named goes wrong, as often as it was said, from that seed."""
    faults = "throttle=1, latency=0-0.001"
    with run_server("--faults", faults, "--seed", "9", "--speed", "0") as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[5]
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
        connection.request("GET", "/_dynawait/state")
        state = json.loads(connection.getresponse().read())
        connection.close()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert (state["seed"], state["speed"]) == (9, 0)
    assert state["faults"] == {"throttle": 1, "latency": [0, 0.001]}
    assert errors == ""


@pytest.mark.parametrize(
    ("option", "value", "problem"),
    [
        ("--faults", "bad_luck=1", "'bad_luck' is no fault; there are throttle, "),
        ("--faults", "throttle", "'throttle' is not of the form name=value"),
        ("--faults", "throttle=often", "throttle: 'often' is not a number"),
        ("--faults", "throttle=7", "throttle: 7.0 is not a probability"),
        ("--faults", "latency=3-1", "latency: (3.0, 1.0) is not a number of seconds"),
        ("--speed", "-1", "speed: -1.0 is not a number between 0 and 1000000"),
        ("--port", "70000", "port: 70000 is not between 0 and 65535"),
        ("--host", "nowhere.invalid", ""),
    ],
)
def test_the_command_line_refuses_nonsense(
    option: str, value: str, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What means nothing is an error of one line."""
    assert main(["--port", "0", option, value]) == 1
    output, errors = capsys.readouterr()
    assert output == ""
    assert errors.startswith(f"dynawait: {problem}")
    assert len(errors.splitlines()) == 1


def test_whoever_opens_the_server_to_others_is_warned() -> None:
    """Beyond loopback it says so, and the address that it prints can be used here."""
    with run_server("--host", "0.0.0.0") as process:  # noqa: S104 - is what is tested
        assert process.stdout is not None
        url = process.stdout.readline().split()[5]
        assert url.startswith("http://127.0.0.1:")
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
        connection.request("GET", "/")
        assert connection.getresponse().status == 200
        connection.close()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert errors.startswith("dynawait: warning: 0.0.0.0 is not loopback: ")
    assert len(errors.splitlines()) == 1


def test_a_port_in_use_is_named() -> None:
    """A port that is taken is an error of one line, not a stack trace."""
    with SimulatedServer() as server:
        port = server.url.rpartition(":")[2]
        command = [sys.executable, "-m", "dynawait.testing.server", "--port", port]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("dynawait: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_missing_waitress_names_the_remedy() -> None:
    """Without waitress the message says what to install."""
    program = (
        "import sys; sys.modules['waitress'] = None\n"
        "from dynawait.testing.server import main\n"
        "sys.exit(main(['--port', '0']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "pip install 'dynawait[testing]'" in done.stderr
