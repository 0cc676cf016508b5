"""`dateline rules`: rules for single sites."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.context import settings_of
from cli.errors import complain
from cli.options import JsonFlag
from cli.output import counted, print_json, print_table, say
from pipeline.errors import SiteRuleError, UnknownItemError
from pipeline.extract.ftr import Imported, parse_ftr
from pipeline.extract.siterules import SELECTING, SiteRule, to_toml
from pipeline.steps.siterules import read_rule_folder

_NO_RULES = frozenset({"global.txt", "LICENSE.txt", "README.txt"})

app = typer.Typer(add_completion=False, help="List and import rules for single sites.", no_args_is_help=True)


@app.command(name="list")
def list_(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """List the rules, what each selects, and until when it is trusted. Exit status 1 when a file can't be read."""
    found = read_rule_folder(settings_of(ctx).site_rules_folder)
    rules = sorted(found.rules.by_host.values(), key=lambda rule: rule.host.lstrip("."))
    expired = {rule.host for rule in found.rules.expired(datetime.now(UTC).date())}
    if as_json:
        print_json({"rules": rules, "expired": sorted(expired), "problems": found.problems})
    else:
        lines = [(rule.host, _selects(rule), rule.mark, _until(rule, rule.host in expired), rule.note) for rule in rules]
        print_table("", ("host", "selects", "mark", "valid until", "note"), lines)
        if not rules:
            say(f"No rules in {settings_of(ctx).site_rules_folder}.")
    for problem in found.problems:
        complain(problem)
    raise typer.Exit(1 if found.problems else 0)


@app.command(name="import")
def import_(
    ctx: typer.Context,
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="A folder of ftr-site-config's files (example.org.txt), or one of them.")
    ],
    host: Annotated[list[str] | None, typer.Option("--host", metavar="HOST", help="Only this one; may be given several times.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace rules that are there.")] = False,
) -> None:
    """Take over rules of ftr-site-config: each becomes a TOML file in the folder of rules.

    Directives that are not followed here (further pages, headers, logins) are named. Rows that are there are read again by `reextract`.
    Exit status 1 when nothing was taken over.
    """
    target = settings_of(ctx).site_rules_folder
    imported = _read(folder, {_bare(name) for name in host or ()})
    target.mkdir(parents=True, exist_ok=True)
    written = 0
    for one in imported:
        file = target / f"{one.rule.host.lstrip('.')}.toml"
        if file.exists() and not overwrite:
            complain(f"{file} is there already: --overwrite replaces it")
            continue
        file.write_text(to_toml([one.rule]), encoding="utf-8")
        written += 1
        ignored = f"; not followed here: {', '.join(one.ignored)}" if one.ignored else ""
        say(f"{one.rule.host}: {_selects(one.rule)}{ignored}")
    say(f"{counted(written, 'rule')} imported into {target}.")
    raise typer.Exit(0 if written else 1)


def _read(folder: Path, hosts: set[str]) -> list[Imported]:
    if not folder.exists():
        raise UnknownItemError(f"{folder}: neither a folder nor a file")
    files = sorted(folder.glob("*.txt")) + sorted(folder.glob(".*.txt")) if folder.is_dir() else [folder]
    wanted = [file for file in files if file.name not in _NO_RULES and (not hosts or _bare(file.name.removesuffix(".txt")) in hosts)]
    if not wanted:
        of_hosts = f" of {', '.join(sorted(hosts))}" if hosts else ""
        raise UnknownItemError(f"a rule{of_hosts} in {folder}; the files of ftr-site-config are called example.org.txt")
    imported: dict[str, Imported] = {}
    for file in wanted:
        try:
            one = parse_ftr(file.name, file.read_text(encoding="utf-8", errors="replace"))
            imported[one.rule.host] = one
        except SiteRuleError as error:
            complain(str(error))
    return list(imported.values())


def _bare(name: str) -> str:
    return name.lower().lstrip(".").removeprefix("www.")


def _selects(rule: SiteRule) -> str:
    fields = [name for name in (*SELECTING, "strip", "strip_id_or_class", "replace") if getattr(rule, name)]
    return ", ".join(fields)


def _until(rule: SiteRule, is_expired: bool) -> str:
    if rule.valid_until is None:
        return ""
    return f"{rule.valid_until}{' (expired)' if is_expired else ''}"
