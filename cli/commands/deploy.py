"""`dateline deploy`: the flows' deployments."""

from __future__ import annotations

import asyncio
import os
from typing import Annotated

import httpx
import typer

from cli.context import settings_of
from cli.output import say
from flows.deployments import deploy as put_deployments
from flows.deployments import read_deployments
from pipeline.errors import PrefectDownError, SettingsError

NotifyOption = Annotated[
    str | None,
    typer.Option(metavar="TYPE/NAME", help="A notification block of the Prefect server that is told of incidents: slack-webhook/newsroom"),
]

app = typer.Typer(add_completion=False)


@app.command()
def deploy(ctx: typer.Context, notify: NotifyOption = None) -> None:
    """Put the work pool, the deployments of prefect.yaml and the automations on the Prefect server of PREFECT_API_URL. Safe to repeat."""
    url = os.environ.get("PREFECT_API_URL")
    if not url:
        raise SettingsError("PREFECT_API_URL: name the Prefect server, as http://127.0.0.1:4200/api; `dateline up` deploys to its own")
    try:
        asyncio.run(put_deployments(settings_of(ctx), notify=notify))
    except httpx.HTTPError as error:
        raise PrefectDownError(f"{url}: {str(error) or type(error).__name__}") from error
    for deployment in read_deployments():
        say(f"{deployment.name}: {deployment.description}")
