"""`dateline demo`: everything on the simulated press."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.local import run_locally
from flows.local import PressOptions, demo_settings, press_folder
from newsroom.house import read_press_file
from pipeline.errors import DataFolderError
from pipeline.settings import Settings, load_settings

app = typer.Typer(add_completion=False)


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the first run, with a scorecard.")] = False,
    articles: Annotated[int, typer.Option("--articles", min=1, max=1000, help="Of each outlet at the start.")] = 16,
    speed: Annotated[float, typer.Option("--speed", min=0.01, help="How much faster than life the press publishes.")] = 1.0,
    seed: Annotated[int, typer.Option("--seed", help="The press's texts and events follow from it.")] = 1,
) -> None:
    """Run everything on a simulated press, offline: Postgres, Prefect with its UI, a worker, 27 outlets that publish.

    A first run loads what is there, then shifts follow on schedule until Ctrl-C. With `--once` it ends after the first run; the exit
    status is 0 only when the ledger balances and the scorecard holds. `dateline --demo COMMAND` looks at the demo's data.
    """
    settings, press = demo_settings(load_settings()), PressOptions(articles=articles, speed=speed, seed=seed)
    _refuse_another_press(settings, press)
    raise typer.Exit(run_locally(settings, press=press, once=once))


def _refuse_another_press(settings: Settings, press: PressOptions) -> None:
    """A press can go on where it was, but its rows can't be judged by another press's truth. Raises DataFolderError."""
    former = read_press_file(press_folder(settings))
    if former is not None and any(getattr(former.script, name) != getattr(press, name) for name in ("articles", "speed", "seed")):
        was = f"--articles {former.script.articles} --speed {former.script.speed:g} --seed {former.script.seed}"
        raise DataFolderError(f"{settings.data_folder} holds a demo with {was}: go on with it, or remove the folder")
