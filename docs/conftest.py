"""Run the examples of the pages, each as a test of its own."""

from __future__ import annotations

from tests.docs.page_examples import examples

# For the mark, which an example uses.
pytest_plugins = ["dynawait.testing.fixtures"]
pytest_collect_file = examples().pytest()
