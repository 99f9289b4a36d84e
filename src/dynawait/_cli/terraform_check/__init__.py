"""Checks of Terraform's plans, before they are applied.

A plan is read (`plans`), every table in it becomes a `TableChange` (`tables`), rules
look at these (`rules`), waivers excuse what was agreed on (`waivers`), and a report
says what is left (`reports`). Nothing here knows a client; `rules.live` gets states.
"""
