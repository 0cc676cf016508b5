"""What re-extracting shows, in the Prefect UI and in the terminal. Pure."""

from __future__ import annotations

from collections import Counter

from pipeline.records import RebuildOutcome
from pipeline.steps.reextract import Progress


def rebuild_line(progress: Progress) -> str:
    """One line: "120 rewritten, 60 unchanged, 2 refused, 0 unreadable; 1,000 were up to date"."""
    total = progress.total
    counts = [f"{total[outcome]:,} {outcome}" for outcome in RebuildOutcome]
    overtaken = [f"{progress.overtaken:,} changed meanwhile"] if progress.overtaken else []
    return f"{', '.join([*counts, *overtaken])}; {progress.passed:,} were up to date"


def rebuild_table(progress: Progress) -> list[dict[str, str | int]]:
    """A line for each outlet: the column names are keys."""
    return [
        {
            "outlet": source,
            **{outcome.value: outcomes[outcome] for outcome in RebuildOutcome},
            "fields": ", ".join(f"{name} {count:,}" for name, count in progress.fields[source].most_common()),
        }
        for source, outcomes in sorted(progress.outcomes.items())
    ]


def rebuild_summary(title: str, progress: Progress, *, seconds: float) -> str:
    """The summary of a run in Markdown: what changed, by field, and which rows stay although this extractor would not have let them in."""
    done = sum(progress.total.values())
    pace = f", {done / seconds:.1f} articles/s" if seconds > 0 and done else ""
    lines = [f"## {title[:1].upper()}{title[1:]}", "", f"**{rebuild_line(progress)}** in {seconds:,.0f} s{pace}.", ""]
    fields = sum(progress.fields.values(), Counter[str]())
    if fields:
        lines += ["| field | articles |", "|---|---:|", *(f"| {name} | {count:,} |" for name, count in fields.most_common()), ""]
    if progress.kept:
        lines += ["### Rows that stay as they were", "", *(f"- `{one.url}`: {_words(one.detail)}" for one in progress.kept)]
    return "\n".join(lines) + "\n"


def _words(detail: str | None) -> str:
    return " ".join((detail or "").split()).replace("`", "'")
