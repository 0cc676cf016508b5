"""Reads the folder of per-site rules."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import SiteRuleError
from pipeline.extract.siterules import SiteRule, SiteRules, parse_rules


@dataclass(frozen=True, kw_only=True)
class RuleFolder:
    """What a folder of rules holds."""

    rules: SiteRules
    problems: tuple[str, ...]  # files that can't be read, and why: their rules are not applied


def read_rule_folder(folder: Path) -> RuleFolder:
    """The rules of every *.toml in a folder; none where there is no such folder. Of two rules for one host the last file's counts."""
    by_host: dict[str, SiteRule] = {}
    problems: list[str] = []
    for file in sorted(folder.glob("*.toml")):
        try:
            by_host |= {rule.host: rule for rule in parse_rules(file.read_text(encoding="utf-8"))}
        except (SiteRuleError, OSError, UnicodeDecodeError) as error:
            problems.append(f"{file.name}: {error}")
    return RuleFolder(rules=SiteRules(by_host=by_host), problems=tuple(problems))
