"""The parts of the page: what is said of the account, its tables, and their calls."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..view import CallView, PartView, PhaseView, StateView, TableView

_MOST_TABLES = 200
_LONGEST = 120
_CALM = frozenset({"ACTIVE", "ENABLED"})
_BAD = ("INACCESSIBLE", "ARCHIV", "FAILED", "NOT_AUTHORIZED", "DEGRADED")
_SHORT, _MINUTE, _HOUR, _DAY = 10, 60, 3_600, 86_400


def facts(state: StateView, url: str) -> str:
    """Return what holds for the whole account."""
    speed = f"{state.speed:g}&times;" if state.speed else "stands still, moved by hand"
    faults = ", ".join(
        f"{name} {_shown(value)}" for name, value in state.faults.items()
    )
    moment = state.moment.replace("T", " ").replace("+00:00", " UTC")
    items = (
        ("Endpoint", f"<code>{_text(url)}</code>"),
        ("Time", f"<time>{_text(moment)}</time> (+{duration(state.time)})"),
        ("Speed", speed),
        ("Seed", _text(str(state.seed))),
        ("Faults", _text(faults or "none")),
    )
    inner = "".join(
        f"<div><dt>{term}</dt><dd>{what}</dd></div>" for term, what in items
    )
    return f'<dl id="facts" class="facts">{inner}</dl>'


def tables(shown: Sequence[TableView], url: str) -> str:
    """Return a card for each table."""
    if not shown:
        return f'<div id="tables">{_no_tables(url)}</div>'
    cards = "".join(_card(table) for table in shown[:_MOST_TABLES])
    if len(shown) > _MOST_TABLES:
        cards += f'<p class="empty">… and {len(shown) - _MOST_TABLES} more.</p>'
    return f'<div id="tables">{cards}</div>'


def recent_calls(state: StateView) -> str:
    """Return the latest calls, the last one first."""
    if not state.calls:
        text = '<p class="empty">Nobody has called yet.</p>'
        return f'<div id="calls" class="sheet">{text}</div>'
    rows = "".join(_call(call) for call in state.calls)
    heads = _heads("Time", "Operation", "Table", "Region", "Outcome")
    inner = f"<table><thead>{heads}</thead><tbody>{rows}</tbody></table>"
    return f'<div id="calls" class="sheet">{inner}</div>'


def duration(seconds: float) -> str:
    """Return a length of time as people say it, in one or two units."""
    if seconds < _SHORT:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for unit, name, below, smaller in (
        (_DAY, "d", _HOUR, "h"),
        (_HOUR, "h", _MINUTE, "min"),
        (_MINUTE, "min", 1, "s"),
    ):
        if whole >= unit:
            rest = whole % unit // below
            return f"{whole // unit:,} {name}" + (f" {rest} {smaller}" if rest else "")
    return f"{whole} s"


def _card(table: TableView) -> str:
    billing = "on demand" if table.billing_mode == "PAY_PER_REQUEST" else "provisioned"
    items = "1 item" if table.item_count == 1 else f"{table.item_count:,} items"
    about = [table.region, f"key {table.keys}", billing, items]
    if table.deletion_protected:
        about.append("protected from deletion")
    rows = "".join(_part(part) for part in table.parts)
    heads = _heads("Part", "Name", "Keys", "Status", "Under way")
    parts = f"<table><thead>{heads}</thead><tbody>{rows}</tbody></table>"
    return (
        f'<article data-table="{_text(table.name)}">'
        f'<div class="title"><h3>{_text(table.name)}</h3>{_badge(table.status)}</div>'
        f'<p class="about">{_text(" · ".join(about))}</p>'
        f"{''.join(map(_phase, table.phases))}{parts if table.parts else ''}</article>"
    )


def _part(part: PartView) -> str:
    phases = "".join(map(_phase, part.phases))
    return (
        f"<tr><td>{part.kind}</td><td>{_text(part.name)}</td><td>{_text(part.keys)}"
        f"</td><td>{_badge(part.status)}</td><td>{phases}</td></tr>"
    )


def _phase(phase: PhaseView) -> str:
    name = _text(phase.name)
    if phase.fraction is None or phase.remaining is None:
        bar, left = f'<progress aria-label="{name}"></progress>', "no end in sight"
    else:
        value = f'max="1" value="{phase.fraction:.4f}"'
        bar = f'<progress aria-label="{name}" {value}></progress>'
        left = f"{phase.fraction:.0%}, {duration(phase.remaining)} left"
    return (
        f'<div class="phase"><span class="name">{name}</span>{bar}'
        f'<span class="left">{left}</span></div>'
    )


def _call(call: CallView) -> str:
    kind = "ok" if call.went_well else "no"
    return (
        f'<tr><td class="time">+{duration(call.time)}</td>'
        f"<td>{_text(call.operation)}</td><td>{_text(call.table)}</td>"
        f"<td>{_text(call.region)}</td>"
        f'<td class="{kind}">{_text(call.outcome)}</td></tr>'
    )


def _badge(status: str) -> str:
    kind = " calm" if status in _CALM else ""
    kind = " bad" if any(word in status for word in _BAD) else kind
    return f'<span class="state{kind}">{_text(status)}</span>'


def _heads(*names: str) -> str:
    return f"<tr>{''.join(f'<th>{name}</th>' for name in names)}</tr>"


def _no_tables(url: str) -> str:
    example = (
        f'client = boto3.client("dynamodb", endpoint_url="{url}")\n'
        'client.create_table(TableName="orders", ...)'
    )
    return (
        '<article><p class="empty">No tables yet. Point any SDK at this address:</p>'
        f"<pre><code>{_text(example)}</code></pre></article>"
    )


def _shown(value: object) -> str:
    return f"{value[0]:g} to {value[1]:g}" if isinstance(value, tuple) else f"{value}"


def _text(text: str) -> str:
    return escape(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")
