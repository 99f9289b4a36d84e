"""Checks of Checkov that `dynawait terraform check` makes."""
