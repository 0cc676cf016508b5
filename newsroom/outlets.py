"""Reads the outlets of the press from outlets.toml and gives them their origins."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from newsroom.records import Edition, FeedKind, Form, MapKind, Metadata, Outlet, Reserves, Section

OUTLETS_FILE = Path(__file__).with_name("outlets.toml")


def load_outlets(templates: Sequence[str]) -> tuple[Outlet, ...]:
    """All outlets of the press, without origins; the page templates are dealt out in turn, so that each is used."""
    with OUTLETS_FILE.open("rb") as file:
        table = tomllib.load(file)
    return tuple(
        _outlet(entry, sections=table["sections"], template=templates[number % len(templates)])
        for number, entry in enumerate(table["outlet"])
    )


def _outlet(entry: Mapping[str, Any], *, sections: Mapping[str, Mapping[str, str]], template: str) -> Outlet:
    language, country, timezone, media_type = entry["where"]
    json_ld, open_graph, microdata = (Form(form) for form in entry["metadata"])
    kind, window = entry["feed"]
    return Outlet(
        slug=entry["slug"],
        name=entry["name"],
        language=language,
        country=country,
        timezone=timezone,
        media_type=media_type,
        template=template,
        metadata=Metadata(json_ld=json_ld, open_graph=open_graph, microdata=microdata, canonical=entry.get("canonical", True)),
        sections=tuple(Section(slug=slug, name=name) for slug, name in sections[language].items()),
        path_pattern=entry["path"],
        feed=FeedKind(kind),
        feed_window=window,
        maps=MapKind(entry["maps"]),
        editions=tuple(Edition(name) for name in entry.get("editions", ["www"])),
        tls=entry.get("tls", False),
        crawl_delay=entry.get("crawl_delay", 0.1),
        agency=entry.get("agency"),
        homepage_listed=entry.get("homepage_listed", False),
        reserves=Reserves(entry["reserves"]) if "reserves" in entry else None,
    )


def with_origins(outlet: Outlet, ports: Mapping[str, int]) -> Outlet:
    """`outlet` with the origin of each edition; `ports` maps host names to ports."""
    scheme = "https" if outlet.tls else "http"
    hosts = ((edition, outlet.host(edition)) for edition in outlet.editions)
    return replace(outlet, origins=tuple((edition, f"{scheme}://{host}:{ports[host]}") for edition, host in hosts))


def host_names(outlets: tuple[Outlet, ...]) -> tuple[str, ...]:
    """Every host name of the press, in a fixed order."""
    return tuple(outlet.host(edition) for outlet in outlets for edition in outlet.editions)
