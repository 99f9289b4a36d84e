"""Terraform's own locks, and the runs of Terraform that leave them behind."""
