"""`dateline sources`: the outlets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from cli.context import command_line
from cli.database import Desk, open_desk
from cli.errors import complain
from cli.options import JsonFlag, Yes, parse_zone
from cli.output import counted, note, print_json, print_table, say
from cli.outputfile import STANDARD_OUTPUT, open_output
from cli.sourcefile import NO_SOURCES, read_source_file
from pipeline.errors import UnknownItemError
from pipeline.opml import read_opml, write_opml
from pipeline.records import EndpointKind, EndpointSpec, Respect, SourceSpec
from pipeline.sources import read_sources, write_sources
from pipeline.store.sources import Sources

app = typer.Typer(add_completion=False, help="Add, list, check and remove outlets.", no_args_is_help=True)

_Slug = Annotated[str, typer.Argument(metavar="SLUG", help="The source's short name.")]


@app.command(name="list")
def list_(
    ctx: typer.Context,
    *,
    toml: Annotated[bool, typer.Option("--toml", help="Print them as a source file.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """List the sources in service."""
    with open_desk(ctx) as desk:
        found = Sources(desk.engine).all()
    if as_json:
        print_json(found)
    elif toml:
        typer.echo(write_sources(found), nl=False)
    elif not found:
        say(NO_SOURCES)
    else:
        rows = [(one.slug, one.name, one.country, one.language, one.media_type, _kinds(one), one.respect, one.enabled) for one in found]
        print_table("Sources", ("slug", "name", "country", "lang", "type", "endpoints", "respect", "enabled"), rows)


def _kinds(spec: SourceSpec) -> str:
    kinds = [endpoint.kind for endpoint in spec.endpoints]
    return ", ".join(f"{kind} {kinds.count(kind)}" if kinds.count(kind) > 1 else str(kind) for kind in EndpointKind if kind in kinds)


@app.command()
def sync(
    ctx: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Default: sources.toml here, else the one that Dateline brings.")
    ] = None,
    retire: Annotated[bool, typer.Option("--retire", help="Retire the sources that the file does not name.")] = False,
) -> None:
    """Bring the database to what a source file says. Sources that it does not name stay, without `--retire`."""
    specs = read_source_file(file)
    with open_desk(ctx) as desk:
        sources = Sources(desk.engine)
        before = {spec.slug for spec in sources.all()}
        _store(desk, specs)
        gone = sorted(before - {spec.slug for spec in specs}) if retire else []
        for slug in gone:
            sources.retire(slug)
    new = len({spec.slug for spec in specs} - before)
    say(f"{counted(len(specs), 'source')}: {new:,} new, {len(specs) - new:,} known" + (f", {len(gone):,} retired" if retire else ""))


def _store(desk: Desk, specs: tuple[SourceSpec, ...]) -> None:
    """Store sources, and say which endpoints another source has already."""
    sources = Sources(desk.engine)
    sources.sync(specs)
    stored = {spec.slug: {endpoint.url for endpoint in spec.endpoints} for spec in sources.all()}
    for spec in specs:
        for endpoint in spec.endpoints:
            if endpoint.url not in stored[spec.slug]:
                note(f"{spec.slug}: {endpoint.url} is polled for another source, and stays there")


@app.command()
def add(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="The site's home page, or any of its feeds.")],
    *,
    slug: Annotated[str | None, typer.Option("--slug", help="Default: made from the site's domain.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="Default: as the site calls itself.")] = None,
    language: Annotated[str | None, typer.Option("--language", help="Default: as the home page says.")] = None,
    country: Annotated[str | None, typer.Option("--country", help="Two capital letters (ISO 3166-1).")] = None,
    timezone: Annotated[
        str, typer.Option("--timezone", parser=parse_zone, help="IANA name; of dates that are printed without a zone.")
    ] = "UTC",
    respect: Annotated[Respect, typer.Option("--respect", help="How far rights reservations are heeded.")] = Respect.NONE,
    every: Annotated[bool, typer.Option("--all", help="Take every feed that is found, not the first ones.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be added, as lines for a source file.")] = False,
) -> None:
    """Add a site: its feeds and news sitemaps are found and read once, politely, and those that work are polled from now on."""
    from cli.probing import choose_endpoints, describe, probe, slug_of  # noqa: PLC0415  # brings the whole pipeline along, which the other commands need not wait for

    stated = SourceSpec(
        slug=slug or "unnamed",
        name=name or "unnamed",
        homepage="https://unnamed.invalid/",
        country=country,
        language=language,
        timezone=timezone,
        respect=respect,
        endpoints=(EndpointSpec(kind=EndpointKind.HOMEPAGE, url="https://unnamed.invalid/"),),
    )
    _checked(stated)  # before anybody is asked
    with open_desk(ctx) as desk:
        known = Sources(desk.engine).all()
        report = probe(desk, url)
        print_table(report.homepage, *describe(report.endpoints))
        spec = replace(
            stated,
            slug=slug or slug_of(report.homepage),
            name=name or report.facts.name or slug_of(report.homepage),
            homepage=report.homepage,
            language=language or report.facts.language,
            endpoints=choose_endpoints(report, every=every),
        )
        checked = _checked(spec)
        _refuse_known(spec, known)
        if not dry_run:
            _store(desk, (checked,))
    say()
    typer.echo(write_sources([spec]), nl=False)
    if not dry_run:
        say(f"Added as {spec.slug}. The next run polls it; `{command_line('ingest', demo=ctx.obj.demo)}` runs now.")


def _checked(spec: SourceSpec) -> SourceSpec:
    """The source as a source file would have it. Raises SourceFileError for a value that such a file may not hold."""
    return read_sources(write_sources([spec]), "the new source")[0]


def _refuse_known(spec: SourceSpec, known: Sequence[SourceSpec]) -> None:
    """Raise typer.BadParameter for a slug that is taken, or a site all of whose endpoints are polled for other sources."""
    if any(one.slug == spec.slug for one in known):
        raise typer.BadParameter(f"there is a source {spec.slug} already; give the new one another slug", param_hint="--slug")
    if taken := _all_taken(spec, _owners(known)):
        raise typer.BadParameter(f"all of its endpoints are polled already, for {taken}", param_hint="URL")


def _owners(known: Sequence[SourceSpec]) -> dict[str, str]:
    """The slug of the source for which each endpoint is polled, by its address."""
    return {endpoint.url: one.slug for one in known for endpoint in one.endpoints}


def _all_taken(spec: SourceSpec, owners: dict[str, str]) -> str:
    """The slugs of the sources that have all of its endpoints, in words; "" where one of them is free."""
    slugs = {owners.get(endpoint.url, "") for endpoint in spec.endpoints}
    return "" if "" in slugs else ", ".join(sorted(slugs))


@app.command()
def check(
    ctx: typer.Context,
    what: Annotated[str | None, typer.Argument(metavar="URL|SLUG", help="A site, a feed, or a source; default: all sources.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Read endpoints now and tell what each gives: its kind, entries, newest date, or what is wrong. Exit status 1 when something is."""
    from cli.probing import describe, probe, probe_sources  # noqa: PLC0415  # brings the whole pipeline along, which the other commands need not wait for

    with open_desk(ctx) as desk:
        if what is not None and "://" in what:
            reports = {what: probe(desk, what).endpoints}
        else:
            specs = [spec for spec in Sources(desk.engine).all() if what in (None, spec.slug)]
            if what is not None and not specs:
                raise UnknownItemError(f"source {what}; `dateline sources list` names them")
            if not specs:
                complain(NO_SOURCES)
                raise typer.Exit(1)
            reports = probe_sources(desk, specs)
    if as_json:
        print_json(reports)
    else:
        for title, endpoints in reports.items():
            print_table(title, *describe(endpoints))
    raise typer.Exit(1 if any(report.problem for endpoints in reports.values() for report in endpoints) else 0)


@app.command()
def remove(ctx: typer.Context, slug: _Slug, yes: Yes = False) -> None:
    """Take a source out of service. Its articles and history stay; `dateline forget` removes those, too."""
    with open_desk(ctx) as desk:
        sources = Sources(desk.engine)
        sources.source_id(slug)
        if not yes:
            typer.confirm(f"Stop polling {slug}?", abort=True)
        sources.retire(slug)
    say(f"{slug} is no longer polled.")


@app.command(name="import")
def import_(
    ctx: typer.Context, opml: Annotated[Path, typer.Argument(metavar="OPML", help="A list of feeds, from another feed reader.")]
) -> None:
    """Add the feeds of an OPML list; those of one site become one source.

    What is not added is named with the reason: a feed without a usable address, a site all of whose feeds are polled for other sources.
    Exit status 1 when the list has no usable feed.
    """
    listed = read_opml(opml.read_bytes())
    for line in listed.skipped:
        note(f"Skipped: {line}")
    if not listed.sources:
        complain(f"{opml}: {'none of its feeds can be used' if listed.skipped else 'it lists no feed'}")
        raise typer.Exit(1)
    with open_desk(ctx) as desk:
        fresh = _fresh(listed.sources, Sources(desk.engine).all())
        _store(desk, fresh)
    left = len(listed.sources) - len(fresh)
    say(f"{counted(len(fresh), 'source')} added" + (f", {left:,} known already" if left else ""))


def _fresh(specs: Sequence[SourceSpec], known: Sequence[SourceSpec]) -> tuple[SourceSpec, ...]:
    """Those that bring a new slug and a feed that nobody polls yet; says of the feeds of the others why they are not added."""
    slugs, owners = {one.slug for one in known}, _owners(known)
    for spec in specs:
        if spec.slug in slugs:
            for endpoint in spec.endpoints:
                if endpoint.url not in owners:
                    note(f"{spec.slug} is a source already, and {endpoint.url} is none of its feeds: a source file can add it")
        elif taken := _all_taken(spec, owners):
            note(f"{spec.slug}: all of its feeds are polled already, for {taken}")
    return tuple(spec for spec in specs if spec.slug not in slugs and not _all_taken(spec, owners))


@app.command()
def export(
    ctx: typer.Context,
    opml: Annotated[Path, typer.Argument(metavar="OPML", help="Where to; `-` is standard output.")] = STANDARD_OUTPUT,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file if it is there.")] = False,
) -> None:
    """Write the feeds of all sources as OPML, for other feed readers."""
    with open_desk(ctx) as desk:
        data = write_opml(Sources(desk.engine).all())
    with open_output(opml, overwrite=overwrite) as stream:
        stream.write(data)
