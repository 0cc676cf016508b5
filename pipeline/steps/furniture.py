"""Keeps what is known as the outlets' furniture, and hands it to those who read pages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Engine

from pipeline.blocks import Snapshots
from pipeline.settings import Settings
from pipeline.store import furnishing
from pipeline.watch.recurrence import MASKED_DAYS, MASKED_STORIES, is_hidden


@dataclass(frozen=True, kw_only=True)
class FurnitureReport:
    """What counting came to."""

    days: int  # that were counted
    outlets: int  # whose new pages will be read otherwise


def renew_furniture(engine: Engine, *, now: datetime) -> FurnitureReport:
    """Count the days that are over and bring the lists up to date. Needs the rights of the tables' owner."""
    days = furnishing.count_blocks(engine, now=now)
    outlets = furnishing.renew_furniture(engine, is_hidden, stories=MASKED_STORIES, days=MASKED_DAYS, now=now) if days else 0
    return FurnitureReport(days=days, outlets=outlets)


def read_snapshots(settings: Settings, engine: Engine) -> Snapshots:
    """What pages are to be read with. Settings that hide nothing hold for new pages: known articles are read as before. Blocks."""
    snapshots = furnishing.read_snapshots(engine)
    return snapshots if settings.hide_furniture else replace(snapshots, current={})
