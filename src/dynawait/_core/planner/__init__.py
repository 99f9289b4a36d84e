"""Pure planners: a state and a request in, a plan out."""

from __future__ import annotations

from .create import plan_create as plan_create
from .delete import plan_delete as plan_delete
from .indexes import plan_index_changes as plan_index_changes
from .update import plan_update as plan_update
