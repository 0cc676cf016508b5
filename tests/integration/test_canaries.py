"""Ten secrets sent through every way of failing: none is in a log or in a table, but for the addresses themselves (FAULTS 18).

What Prefect is told of them is looked at in tests/flows/test_ingest_flow.py.
"""

from __future__ import annotations

import logging

import pytest
from asking import rows
from leaky_site import ADDRESSES, CANARY, SECRETS, Leaky, leaking, places
from site_on_loopback import drain, serving, site_settings
from sqlalchemy import Engine

from pipeline.settings import Settings


async def test_ten_canaries_sing_nowhere(engine: Engine, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    assert SECRETS.count(CANARY) == 10
    caplog.set_level(logging.DEBUG)
    here = site_settings(settings).model_copy(update={"max_tries": 1, "rights_files": True})
    async with serving(Leaky()) as site:
        await drain(engine, here, leaking(site, "/away.xml", "/broken.xml"))
    assert CANARY not in caplog.text
    assert places(engine, "news") <= ADDRESSES
    outcomes = {row.outcome for row in rows(engine, "SELECT outcome FROM url")}
    assert len(outcomes) >= 7, "each page failed in its own way"
    assert rows(engine, "SELECT count(*) AS n FROM fetch_log WHERE url LIKE '%***%'")[0].n > 10
