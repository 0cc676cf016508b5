"""What Dateline is told of the press: endpoints, a source file, and the settings that let it in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from newsroom.records import Edition, FeedKind, MapKind, Outlet
from pipeline.records import EndpointKind, EndpointSpec, Respect, SourceSpec

RESOLVER_FILE = "resolver.json"
AUTHORITY_FILE = "authority.pem"
_FEEDS = {
    FeedKind.RSS: ("/feed.xml", "application/rss+xml"),
    FeedKind.ATOM: ("/atom.xml", "application/atom+xml"),
    FeedKind.JSONFEED: ("/feed.json", "application/feed+json"),
}
_MAPS = {
    MapKind.NEWS: (EndpointKind.NEWS_SITEMAP, "/news-sitemap.xml"),
    MapKind.PLAIN: (EndpointKind.SITEMAP, "/sitemap.xml"),
    MapKind.INDEX: (EndpointKind.SITEMAP_INDEX, "/sitemap-index.xml"),
}


@dataclass(frozen=True, kw_only=True)
class FeedAddress:
    """Where an outlet's feed is, and its media type."""

    url: str
    media_type: str


def feed_address(outlet: Outlet) -> FeedAddress | None:
    """The outlet's feed; on the host feeds. where it has one."""
    if outlet.feed not in _FEEDS:
        return None
    path, media_type = _FEEDS[outlet.feed]
    edition = Edition.FEEDS if Edition.FEEDS in outlet.editions else Edition.WWW
    return FeedAddress(url=outlet.origin(edition) + path, media_type=media_type)


def map_endpoints(outlet: Outlet) -> tuple[EndpointSpec, ...]:
    """The outlet's sitemap, if it has one."""
    if outlet.maps not in _MAPS:
        return ()
    kind, path = _MAPS[outlet.maps]
    return (EndpointSpec(kind=kind, url=outlet.origin() + path),)


def source_spec(outlet: Outlet) -> SourceSpec:
    """An outlet as a source of Dateline."""
    feed = feed_address(outlet)
    feeds = () if feed is None else (EndpointSpec(kind=EndpointKind(outlet.feed.value), url=feed.url),)
    home = (EndpointSpec(kind=EndpointKind.HOMEPAGE, url=outlet.origin() + "/"),) if outlet.homepage_listed else ()
    return SourceSpec(
        slug=outlet.slug,
        name=outlet.name,
        homepage=outlet.origin() + "/",
        country=outlet.country,
        language=outlet.language,
        timezone=outlet.timezone,
        media_type=outlet.media_type,
        respect=Respect.NONE,
        endpoints=(*feeds, *map_endpoints(outlet), *home),
    )


def sources_toml(sources: Sequence[SourceSpec]) -> str:
    """A source file for Dateline with all outlets."""
    return "# The outlets of the simulated press\n\n" + "\n".join(_source_toml(spec) for spec in sources)


def _source_toml(spec: SourceSpec) -> str:
    # A JSON string is a TOML basic string as long as it escapes no more than JSON must.
    names = ("slug", "name", "homepage", "country", "language", "timezone", "media_type", "respect")
    lines = [f"{name} = {json.dumps(getattr(spec, name), ensure_ascii=False)}" for name in names]
    endpoints = [f"    {{kind = {json.dumps(one.kind)}, url = {json.dumps(one.url)}}}," for one in spec.endpoints]
    return "\n".join(["[[source]]", *lines, "endpoints = [", *endpoints, "]", ""])


def settings_env(folder: Path) -> str:
    """The settings (environment variables) with which Dateline reaches a press that lives in `folder`."""
    return (
        f"DATELINE_RESOLVER_FILE={folder / RESOLVER_FILE}\nDATELINE_EXTRA_CA_FILE={folder / AUTHORITY_FILE}\n"
        "DATELINE_ALLOW_LOOPBACK=true\nDATELINE_ALLOW_ANY_PORT=true\n"
    )
