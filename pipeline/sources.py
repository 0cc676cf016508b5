"""Reads and writes the list of sources, `sources.toml`. Text in, records out."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline.errors import SourceFileError, UnsafeUrlError
from pipeline.records import EndpointKind, EndpointSpec, Respect, SourceSpec
from pipeline.text import LANGUAGE, clean_line
from pipeline.urls import normalise

_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_MEDIA_TYPES = ("agency", "newspaper", "broadcaster", "magazine", "online")
_FIELDS = ("slug", "name", "homepage", "country", "language", "timezone", "media_type", "respect", "enabled", "recheck_looks", "endpoints")
_TABLE = re.compile(r"^[ \t]*\[\[\s*source\s*\]\]", re.MULTILINE)
_NAME_CHARS = 200
_MOST_LOOKS = 500

Choice = TypeVar("Choice", bound=StrEnum)


def read_sources(text: str, file: str) -> tuple[SourceSpec, ...]:
    """The sources of a TOML text; `file` is its name for messages.

    Raises SourceFileError for the first mistake, with file, line, source and field.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SourceFileError(f"{file}: {error}") from None  # the message holds line and column
    unknown = [key for key in document if key != "source"]
    if unknown or not isinstance(document.get("source", []), list):
        raise SourceFileError(
            f"{file}, line {_line_of(text, 0, (unknown or ['source'])[0])}: only [[source]] tables are known here, not {unknown!r}"
        )
    starts = [found.start() for found in _TABLE.finditer(text)]
    tables = document.get("source", [])
    places = [_Place(text=text, file=file, start=starts[n] if len(starts) == len(tables) else 0, number=n + 1) for n in range(len(tables))]
    specs = tuple(_source(table, place) for table, place in zip(tables, places, strict=True))
    _refuse_duplicates(specs, places)
    return specs


class _Place:
    """Where in the file a source stands, to say so in an error."""

    def __init__(self, *, text: str, file: str, start: int, number: int) -> None:
        self.text, self.file, self.start, self.number = text, file, start, number
        self.slug = ""

    def error(self, field: str, problem: str, *, value: str | None = None) -> SourceFileError:
        """The error for a field; `value` finds the line when the field stands more than once."""
        line = _line_of(self.text, self.start, field, value)
        source = f"source {self.slug!r}" if self.slug else f"source number {self.number}"
        return SourceFileError(f"{self.file}, line {line}, {source}, field {field!r}: {problem}")


def _line_of(text: str, start: int, field: str, value: str | None = None) -> int:
    """The line of a field, or of a value, in the table that starts at `start`; the table's own line when it isn't there."""
    following = _TABLE.search(text, start + 2)
    end = following.start() if following else len(text)
    found = None
    if value:
        found = re.compile(re.escape(json.dumps(value, ensure_ascii=False)[1:-1])).search(text, start, end)
    found = found or re.compile(rf"^\s*\"?{re.escape(field)}\"?\s*=", re.MULTILINE).search(text, start, end)
    found = found or re.compile(rf"\b{re.escape(field)}\b").search(text, start, end)
    table = text[start:end]
    position = found.end() if found else start + len(table) - len(table.lstrip())
    return text.count("\n", 0, position) + 1


def _source(table: object, place: _Place) -> SourceSpec:
    if not isinstance(table, Mapping):
        raise place.error("source", "has to be a table: [[source]]")
    slug = table.get("slug")
    if not isinstance(slug, str) or not _SLUG.fullmatch(slug):
        raise place.error("slug", "1 to 63 of a-z, 0-9, '.', '_' and '-' are needed, the first a letter or digit")
    place.slug = slug
    for key in table:
        if key not in _FIELDS:
            raise place.error(str(key), f"is not known; known are {', '.join(_FIELDS)}")
    return SourceSpec(
        slug=slug,
        name=_string(table, "name", place, required=True) or slug,
        homepage=_url(_string(table, "homepage", place, required=True) or "", "homepage", place),
        country=_pattern(table, "country", _COUNTRY, "two capital letters (ISO 3166-1)", place),
        language=_pattern(table, "language", LANGUAGE, "a language code of two or three letters (BCP 47)", place),
        timezone=_timezone(table, place),
        media_type=_media_type(table, place),
        respect=_choice(table, "respect", Respect, place) or Respect.NONE,
        enabled=_enabled(table, place),
        recheck_looks=_recheck_looks(table, place),
        endpoints=tuple(_endpoints(table.get("endpoints", []), place)),
    )


def _string(table: Mapping[str, Any], field: str, place: _Place, *, required: bool = False) -> str | None:
    value = table.get(field)
    if value is None and not required:
        return None
    if not isinstance(value, str) or not clean_line(value):
        raise place.error(field, "is missing" if value is None else "has to be a text that is not empty")
    return clean_line(value, _NAME_CHARS) if field == "name" else value


def _url(value: str, field: str, place: _Place) -> str:
    try:
        return normalise(value)
    except UnsafeUrlError as error:
        raise place.error(field, str(error), value=value) from None


def _pattern(table: Mapping[str, Any], field: str, pattern: re.Pattern[str], wanted: str, place: _Place) -> str | None:
    value = _string(table, field, place)
    if value is not None and not pattern.fullmatch(value):
        raise place.error(field, f"{value!r} is not {wanted}")
    return value


def _timezone(table: Mapping[str, Any], place: _Place) -> str:
    name = _string(table, "timezone", place)
    try:
        return str(ZoneInfo(name or "UTC"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise place.error("timezone", f"{name!r} is not an IANA time zone like 'Europe/Belgrade'") from None


def _media_type(table: Mapping[str, Any], place: _Place) -> str | None:
    value = _string(table, "media_type", place)
    if value is not None and value not in _MEDIA_TYPES:
        raise place.error("media_type", f"{value!r} is none of {', '.join(_MEDIA_TYPES)}")
    return value


def _choice(table: Mapping[str, Any], field: str, choices: type[Choice], place: _Place) -> Choice | None:
    value = table.get(field)
    if value is None:
        return None
    if value not in list(choices):
        raise place.error(field, f"{value!r} is none of {', '.join(choices)}", value=value if isinstance(value, str) else None)
    return choices(value)


def _enabled(table: Mapping[str, Any], place: _Place) -> bool:
    value = table.get("enabled", True)
    if not isinstance(value, bool):
        raise place.error("enabled", "has to be true or false")
    return value


def _recheck_looks(table: Mapping[str, Any], place: _Place) -> int | None:
    value = table.get("recheck_looks")
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST_LOOKS):
        raise place.error("recheck_looks", f"has to be a whole number from 0 to {_MOST_LOOKS}")
    return value


def _endpoints(listed: object, place: _Place) -> Iterator[EndpointSpec]:
    if not isinstance(listed, list):
        raise place.error("endpoints", "has to be a list of { kind = …, url = … }")
    for endpoint in listed:
        if not isinstance(endpoint, Mapping) or set(endpoint) != {"kind", "url"}:
            raise place.error("endpoints", "each one has to be { kind = …, url = … }")
        kind, url = _choice(endpoint, "kind", EndpointKind, place), endpoint["url"]
        if kind is None or not isinstance(url, str):
            raise place.error("url", "has to be a text")
        yield EndpointSpec(kind=kind, url=_url(url, "url", place))


def _refuse_duplicates(specs: Iterable[SourceSpec], places: Iterable[_Place]) -> None:
    slugs: set[str] = set()
    owners: dict[str, str] = {}
    for spec, place in zip(specs, places, strict=True):
        if spec.slug in slugs:
            raise place.error("slug", "is there twice")
        slugs.add(spec.slug)
        for endpoint in spec.endpoints:
            if endpoint.url in owners:
                raise place.error("url", f"{endpoint.url} is an endpoint of {owners[endpoint.url]!r} already", value=endpoint.url)
            owners[endpoint.url] = spec.slug


def write_sources(specs: Iterable[SourceSpec]) -> str:
    """The sources as a TOML text that `read_sources` reads back as the same records."""
    return "\n".join(_written(spec) for spec in specs)


def _written(spec: SourceSpec) -> str:
    fields = {"slug": spec.slug, "name": spec.name, "homepage": spec.homepage, "country": spec.country, "language": spec.language}
    fields |= {
        "timezone": spec.timezone,
        "media_type": spec.media_type,
        "respect": None if spec.respect is Respect.NONE else spec.respect.value,
    }
    lines = ["[[source]]", *(f"{field} = {_quoted(value)}" for field, value in fields.items() if value is not None)]
    if not spec.enabled:
        lines.append("enabled = false")
    if spec.recheck_looks is not None:
        lines.append(f"recheck_looks = {spec.recheck_looks}")
    if spec.endpoints:
        lines += ["endpoints = [", *(f'  {{ kind = "{one.kind}", url = {_quoted(one.url)} }},' for one in spec.endpoints), "]"]
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")  # JSON's escapes are TOML's; DEL is bare in JSON only
