"""What is said of a run that ends otherwise than it was meant to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .exits import CommandError, ExitCode, code_of, how_to_go_on, is_expected

if TYPE_CHECKING:
    import click

    from .output import Output


def say_usage(output: Output, error: click.ClickException) -> int:
    """Say what is wrong with the command line."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":  # as click has it since 8.2
        output.complain(error.format_message())
    else:
        if context is not None:
            output.complain(context.get_usage())
        output.complain(f"Error: {error.format_message()}")
    output.record(
        "error",
        error=type(error).__name__,
        message=error.format_message(),
        exit=int(ExitCode.USAGE),
    )
    return ExitCode.USAGE


def say_interrupted(output: Output, error: BaseException) -> int:
    """Say that it was interrupted, what is known of it, and how to go on."""
    first = error.__cause__ or error.__context__
    if isinstance(first, KeyboardInterrupt):  # click makes an Abort of it
        error = first
    what = str(error) or "Ctrl-C"
    notes = [*getattr(error, "__notes__", ()), how_to_go_on(error)]
    notes = [note for note in notes if note]
    output.complain("\n".join([f"Interrupted ({what}).", *notes]))
    code = int(ExitCode.INTERRUPTED)
    facts = getattr(error, "facts", {})
    output.record(
        "error", error="Interrupted", message=what, notes=notes, **facts, exit=code
    )
    return code


def say_failed(output: Output, error: Exception) -> int:
    """Say what went wrong; a traceback is for defects alone."""
    from .failures import facts_of, in_flags, words_for

    code = int(code_of(error))
    if not is_expected(error):
        import traceback

        output.complain("".join(traceback.format_exception(error)).rstrip())
        output.complain("This is a defect of dynawait: please report it.")
    else:
        output.complain(f"Error: {words_for(error)}")
    notes = [*getattr(error, "__notes__", ())]
    if isinstance(error, CommandError) and error.hint:
        notes.append(error.hint)
    for note in notes:
        output.complain(note)
    output.record(
        "error",
        error=type(error).__name__,
        message=in_flags(str(error)),
        notes=notes,
        **facts_of(error),
        exit=code,
    )
    return code
