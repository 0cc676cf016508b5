"""The program of a child process: `python -m pipeline.steps.child PARENT MEMORY_BYTES CPU_SECONDS`. It knows the tasks of a Workshop."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pipeline.discover.document import read_document
from pipeline.discover.shapes import KnownShapes
from pipeline.discover.wire import reading_to_json
from pipeline.extract.article import extract
from pipeline.extract.charset import decode_html
from pipeline.extract.child import Task, serve
from pipeline.extract.explain import explain
from pipeline.extract.explained import EXPLAINED
from pipeline.extract.wire import job_from_json, result_to_json
from pipeline.records import EndpointKind


def extract_page(arguments: Mapping[str, Any], body: bytes) -> bytes:
    """A page's article or refusal, as JSON; `arguments` are a Job's."""
    job = job_from_json(arguments)
    return result_to_json(extract(decode_html(body, job.content_type), job.context))


def explain_page(arguments: Mapping[str, Any], body: bytes) -> bytes:
    """The same with its reasons: an Explained as JSON."""
    job = job_from_json(arguments)
    return EXPLAINED.dump_json(explain(decode_html(body, job.content_type), job.context))


def read_endpoint(arguments: Mapping[str, Any], body: bytes) -> bytes:
    """A feed's, sitemap's or home page's Reading, as JSON."""
    return reading_to_json(
        read_document(
            EndpointKind(arguments["kind"]),
            body,
            url=arguments["url"],
            content_type=arguments["content_type"],
            now=datetime.fromisoformat(arguments["now"]),
            zone=arguments["zone"],
            homepage=arguments["homepage"],
            known=KnownShapes(articles=frozenset(arguments["articles"]), others=frozenset(arguments["others"])),
        )
    )


TASKS: Mapping[str, Task] = {"extract": extract_page, "explain": explain_page, "read": read_endpoint}


def main(tasks: Mapping[str, Task]) -> None:
    """Serve `tasks` with the limits on the command line."""
    parent, memory_bytes, cpu_seconds = sys.argv[1:4]
    serve(tasks, parent=int(parent), memory_bytes=int(memory_bytes), cpu_seconds=float(cpu_seconds))


if __name__ == "__main__":
    main(TASKS)
