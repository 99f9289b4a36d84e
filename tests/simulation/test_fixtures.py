"""The fixtures, in test suites of their own."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

PREAMBLE = """
    import pytest
    from dynawait.testing import Durations, Faults

    TABLE = {
        "TableName": "orders",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
"""


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """A suite whose conftest.py asks for the fixtures."""
    pytester.makeini("[pytest]")  # wherever its folder is, no other settings hold
    pytester.makeconftest('pytest_plugins = ["dynawait.testing.fixtures"]')
    return pytester


def run(suite: pytest.Pytester, body: str, *options: str) -> pytest.RunResult:
    """Run a suite of one module."""
    suite.makepyfile(PREAMBLE + body)
    given = ("-p", "no:cacheprovider", "-W", "error", "--strict-markers", *options)
    return suite.runpytest_inprocess(*given)


def test_each_test_has_its_own_dynamodb(suite: pytest.Pytester) -> None:
    """What one test creates is not there in the next, and time is virtual."""
    result = run(
        suite,
        """
    @pytest.mark.parametrize("again", [1, 2])
    def test_create(simulated_dynamodb, again):
        client = simulated_dynamodb.client()
        client.create_table(**TABLE)
        simulated_dynamodb.clock.advance(60)
        assert simulated_dynamodb.tables["orders"]["TableStatus"] == "ACTIVE"

    @pytest.mark.dynawait(durations=Durations(table_create=100))
    def test_durations(simulated_dynamodb):
        simulated_dynamodb.client().create_table(**TABLE)
        simulated_dynamodb.clock.advance(99)
        assert simulated_dynamodb.tables["orders"]["TableStatus"] == "CREATING"
    """,
    )
    result.assert_outcomes(passed=3)


def test_a_failure_tells_seed_and_calls(suite: pytest.Pytester) -> None:
    """The report of a failed test holds the seed, and a line for each call."""
    body = """
    def test_fails(simulated_dynamodb):
        client = simulated_dynamodb.client()
        client.create_table(**TABLE)
        with pytest.raises(client.exceptions.ResourceInUseException):
            client.create_table(**TABLE)
        simulated_dynamodb.clock.advance(12.5)
        client.describe_table(TableName="orders")
        assert False

    @pytest.mark.xfail(strict=False)
    def test_that_called_nobody(simulated_dynamodb):
        assert False

    def test_passes(simulated_dynamodb):
        simulated_dynamodb.client().list_tables()
    """
    result = run(suite, body, "--dynawait-seed=77")
    result.assert_outcomes(passed=1, failed=1, xfailed=1)
    result.stdout.fnmatch_lines(
        [
            "*- simulated DynamoDB -*",
            "seed 77: run it again with --dynawait-seed=77",
            "       0.000  CreateTable orders: ok",
            "       0.000  CreateTable orders: ResourceInUseException",
            "      12.500  DescribeTable orders: ok",
        ]
    )
    result.stdout.no_fnmatch_line("*ListTables*")


def test_a_long_history_is_cut(suite: pytest.Pytester) -> None:
    """Of very many calls the report holds the last ones."""
    result = run(
        suite,
        """
    def test_fails(simulated_dynamodb):
        client = simulated_dynamodb.client()
        for number in range(300):
            client.list_tables(Limit=1 + number % 100)
        assert False

    def test_without_calls(simulated_dynamodb):
        assert False
    """,
    )
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["... 100 calls before these", "no calls were made"])


def test_a_test_meets_the_same_faults_again(suite: pytest.Pytester) -> None:
    """The seed follows from the test's name, unless the option sets another."""
    body = """
    @pytest.mark.dynawait(faults=Faults(throttle=0.5))
    @pytest.mark.parametrize("name", ["one", "two"])
    def test_faults(simulated_dynamodb, name):
        client = simulated_dynamodb.client()
        for _ in range(40):
            try:
                client.list_tables()
            except client.exceptions.ThrottlingException:
                pass
        outcomes = [call.outcome[0] for call in simulated_dynamodb.calls]
        print(f"<{name}: {''.join(outcomes)}>")
    """

    def drawn(*options: str) -> list[str]:
        result = run(suite, body, "-s", *options)
        result.assert_outcomes(passed=2)
        found = [line.partition("<")[2].partition(">")[0] for line in result.outlines]
        return [line for line in found if line]

    first = drawn()
    assert len(first) == 2
    assert first[0][5:] != first[1][5:]
    assert drawn() == first
    assert drawn("--dynawait-seed=5") == drawn("--dynawait-seed=5") != first


def test_the_server_runs_during_the_test(suite: pytest.Pytester) -> None:
    """A boto3 client meets a server whose seconds fly; afterwards it is gone."""
    result = run(
        suite,
        """
    import time
    import boto3

    def connect(server):
        return boto3.client(
            "dynamodb",
            endpoint_url=server.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    urls = []

    def test_create(dynamodb_server):
        urls.append(dynamodb_server.url)
        client = connect(dynamodb_server)
        client.create_table(**TABLE)
        client.get_waiter("table_exists").wait(
            TableName="orders", WaiterConfig={"Delay": 0.05}
        )
        client.close()

    @pytest.mark.dynawait(durations=Durations(table_create=1e9))
    def test_by_hand(dynamodb_server):
        dynamodb_server.speed = 0
        client = connect(dynamodb_server)
        client.create_table(**TABLE)
        dynamodb_server.advance(1e9)
        described = client.describe_table(TableName="orders")["Table"]
        assert described["TableStatus"] == "ACTIVE"
        client.close()

    def test_fails(dynamodb_server):
        client = connect(dynamodb_server)
        client.list_tables()
        client.close()
        assert urls == []
    """,
    )
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*- simulated DynamoDB server -*", "*ListTables : ok"])


def test_a_module_can_ask_for_them_too(pytester: pytest.Pytester) -> None:
    """Named by a test module alone, the fixtures work without the option."""
    pytester.makeini("[pytest]")
    pytester.makepyfile(
        """
        pytest_plugins = ["dynawait.testing.fixtures"]

        def test_list(simulated_dynamodb):
            assert simulated_dynamodb.client().list_tables()["TableNames"] == []
        """
    )
    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)
