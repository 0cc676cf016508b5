"""The `dateline` command. Its commands are listed here and imported when they are called, so that it starts fast."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from cli.errors import named_errors
from cli.options import Options

_RUN, _SOURCES, _LOOK, _CARE = "Run", "Sources", "Look", "Take care"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One command: its module is `cli.commands.<name>`."""

    name: str
    panel: str
    help: str


COMMANDS = (
    Entry(name="demo", panel=_RUN, help="Run everything on a simulated press, offline."),
    Entry(name="up", panel=_RUN, help="Run everything on the real outlets of sources.toml."),
    Entry(name="deploy", panel=_RUN, help="Put the flows' deployments on a Prefect server."),
    Entry(name="ingest", panel=_RUN, help="Fetch what is due now, without a Prefect server."),
    Entry(name="backfill", panel=_RUN, help="Queue a source's older articles, from its sitemaps."),
    Entry(name="retry", panel=_RUN, help="Take refused URLs up again."),
    Entry(name="reextract", panel=_RUN, help="Read archived pages again with the extractor of today."),
    Entry(name="sources", panel=_SOURCES, help="Add, list, check and remove outlets."),
    Entry(name="rules", panel=_SOURCES, help="List and import rules for single sites."),
    Entry(name="status", panel=_LOOK, help="Show how things stand: ledger, queue, runs, trouble."),
    Entry(name="articles", panel=_LOOK, help="List, show and search articles."),
    Entry(name="extract", panel=_LOOK, help="Extract one page, and tell why it comes out as it does."),
    Entry(name="compare", panel=_LOOK, help="Tell what another extractor would change."),
    Entry(name="copies", panel=_LOOK, help="Show who else printed a story, who was first, and what differs."),
    Entry(name="history", panel=_LOOK, help="Show what was changed in an article, word by word."),
    Entry(name="why", panel=_LOOK, help="Tell everything known of one URL."),
    Entry(name="sql", panel=_LOOK, help="Ask the database in SQL."),
    Entry(name="export", panel=_LOOK, help="Write articles, or what changed since, to a file."),
    Entry(name="scorecard", panel=_LOOK, help="Compare the database with the truth of the simulated press."),
    Entry(name="doctor", panel=_CARE, help="Check that everything is as it should be."),
    Entry(name="settings", panel=_CARE, help="List the settings, their values and where they come from."),
    Entry(name="migrate", panel=_CARE, help="Bring the database to the schema of this version."),
    Entry(name="maintain", panel=_CARE, help="Do the daily upkeep now, without a Prefect server."),
    Entry(name="forget", panel=_CARE, help="Remove a URL or a source with all that is stored of it."),
)


class LazyGroup(TyperGroup):
    """Shows placeholders in the help, and imports a command when it is called; errors that have a name become one sentence."""

    def __init__(self, **attributes: Any) -> None:
        """Takes what TyperGroup takes."""
        super().__init__(**attributes)
        self.commands = {entry.name: _placeholder(entry) for entry in COMMANDS}

    def resolve_command(self, ctx: typer.Context, args: list[str]) -> tuple[Any, Any, list[str]]:  # type: ignore[override]  # typer.Context is the vendored one
        """The command that the arguments name, imported."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command and load(str(name)), rest

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]  # as above
        """Run the command; see `cli.errors`."""
        with named_errors(debug=ctx.params["debug"]):
            return super().invoke(ctx)


def load(name: str) -> Any:
    """The command of this name, imported."""
    command = get_command(import_module(f"cli.commands.{name}").app)
    command.name = name
    for each in (command, *getattr(command, "commands", {}).values()):
        each.help = _unwrapped(each.help or "")
    return command


def _unwrapped(text: str) -> str:
    """Its paragraphs, each on one line, for the terminal to wrap: Typer keeps the line ends of all but the first."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def _placeholder(entry: Entry) -> Any:
    stand_in = typer.Typer(add_completion=False)
    stand_in.command(name=entry.name, help=entry.help, rich_help_panel=entry.panel)(lambda: None)
    return get_command(stand_in)


app = typer.Typer(cls=LazyGroup, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")


@app.callback()
def _options(
    ctx: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback with an error.")] = False,
    demo: Annotated[bool, typer.Option("--demo", help="Work on the demo's data.")] = False,
) -> None:
    """Dateline: news articles from feeds and sitemaps to rows in Postgres, on a schedule."""
    ctx.obj = Options(debug=debug, demo=demo)


def main() -> None:
    """The entry point."""
    app(prog_name="dateline")
