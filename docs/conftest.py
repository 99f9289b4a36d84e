"""Run the examples of the pages, each as a test of its own."""

from __future__ import annotations

from tests.docs.page_examples import examples

pytest_collect_file = examples().pytest()
