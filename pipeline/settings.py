"""One frozen settings object. Every field is read from the environment variable DATELINE_<NAME> or from `.env`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipeline.errors import SettingsError

Seconds = Annotated[float, Field(ge=0)]


class Settings(BaseSettings):
    """Dateline's settings, with their defaults."""

    model_config = SettingsConfigDict(env_prefix="DATELINE_", env_file=".env", frozen=True, extra="ignore")

    data_folder: Path = Field(Path("data"), description="where the embedded Postgres, the archive and logs live")
    database_url: SecretStr | None = Field(
        None, description="a Postgres server to use in place of the embedded one: postgresql://user:password@host:port/name"
    )
    archive_url: str | None = Field(
        None, description="where WARC files go: any fsspec URL; default: the folder `archive` in the data folder"
    )
    site_rules: Path | None = Field(
        None, description="a folder of rules for single sites (*.toml); default: the folder `site-rules` in the data folder"
    )

    user_agent: Annotated[str, Field(min_length=1)] = Field(
        "Dateline/0.1 (+https://example.org/dateline-contact)", description="sent with every request; put your own contact URL into it"
    )
    robots_token: Annotated[str, Field(min_length=1)] = Field(
        "Dateline", description="the product token that robots.txt rules are matched against"
    )
    default_delay_seconds: Seconds = Field(
        2.0, description="between the end of a host's response and the next request to it, where robots.txt states no crawl-delay"
    )
    crawl_delay_cap_seconds: Seconds = Field(60.0, description="a robots.txt crawl-delay above this counts as this")
    ignore_pace: bool = Field(False, description="no delay between requests to a host, for measuring on loopback only")
    total_deadline_seconds: Annotated[float, Field(gt=0)] = Field(30.0, description="one exchange, from connecting to the last byte")
    page_cap_bytes: Annotated[int, Field(gt=0)] = Field(10_000_000, description="decoded size of an article page at the most")
    feed_cap_bytes: Annotated[int, Field(gt=0)] = Field(10_000_000, description="decoded size of a feed or home page at the most")
    sitemap_cap_bytes: Annotated[int, Field(gt=0)] = Field(
        50_000_000, description="decoded size of a sitemap at the most (sitemaps.org: 50 MB)"
    )
    allow_loopback: bool = Field(False, description="let requests go to loopback addresses (the simulated press); never in production")
    allow_any_port: bool = Field(False, description="let requests go to ports other than 80 and 443")
    resolver_file: Path | None = Field(
        None, description="a JSON file of host names to addresses that answers before the system's resolver (the simulated press)"
    )
    extra_ca_file: Path | None = Field(None, description="a PEM file of authorities trusted beside the system's (the simulated press)")

    # 900 s spend 15.5 requests a feed and day on 83 real feeds, for a mean delay of 16 minutes; 1,800 s 8.0 and 31; 3,600 s 4.4 and 58.
    poll_interval_seconds: Annotated[float, Field(gt=0)] = Field(
        900.0,
        description="the time between polls of an endpoint with one new entry an hour; four times as many entries halve it. "
        "Twice this spends about half the requests on twice the delay",
    )
    poll_floor_seconds: Seconds = Field(900.0, description="an endpoint is polled at most this often")
    poll_ceiling_seconds: Seconds = Field(43_200.0, description="an endpoint is polled at least this often")
    full_get_every: Annotated[int, Field(ge=0)] = Field(
        24, description="every n-th poll asks without validators and compares by hash; 0: never"
    )
    horizon_days: Annotated[float, Field(gt=0)] = Field(3.0, description="sitemap entries older than this are counted, not queued")
    rights_files: bool = Field(
        True,
        description="ask each origin once a day for /.well-known/tdmrep.json and /ai.txt, and record what they reserve with its articles",
    )
    recheck: bool = Field(True, description="look at loaded articles again for edits")
    recheck_looks: Annotated[float, Field(ge=0, le=500)] = Field(
        6.0,
        description="the budget of rechecks: how often an article of which nothing is known is looked at again, dense in its first hours",
    )
    recheck_days: Annotated[float, Field(gt=0)] = Field(7.0, description="age up to which an article is looked at again, in days")
    max_tries: Annotated[int, Field(ge=1)] = Field(6, description="tries of a URL that fails with server errors or timeouts")
    back_off_seconds: Seconds = Field(
        300.0, description="the wait after the first failed try of a URL; three times as long after each further one"
    )

    shifts: Annotated[int, Field(ge=1)] = Field(1, description="how many ingest runs work at once")
    shift_seconds: Seconds = Field(300.0, description="how long a scheduled ingest run works; also the interval of its schedule")
    lanes: Annotated[int, Field(ge=1, le=20)] = Field(8, description="batches that one run works at once")
    batch_hosts: Annotated[int, Field(ge=1)] = Field(6, description="hosts leased to one batch at the most")
    batch_pages: Annotated[int, Field(ge=1)] = Field(100, description="URLs of one host in one batch at the most")
    lease_seconds: Annotated[float, Field(ge=1)] = Field(120.0, description="how long a batch owns its hosts")
    drain_patience_seconds: Seconds = Field(20.0, description="a drain waits for what falls due within this time, then ends")
    load_within_seconds: Seconds = Field(5.0, description="an extracted article waits this long for its chunk at the most")
    load_chunk: Annotated[int, Field(ge=1)] = Field(50, description="articles loaded in one transaction at the most")

    extractor_processes: Annotated[int, Field(ge=1)] = Field(2, description="child processes that extract")
    extract_deadline_seconds: Annotated[float, Field(gt=0)] = Field(10.0, description="a child that works longer on a page is killed")
    extract_memory_bytes: Annotated[int, Field(gt=0)] = Field(1_500_000_000, description="address space of a child at the most")
    extract_recycle_pages: Annotated[int, Field(gt=0)] = Field(2_000, description="a child is replaced after this many pages")
    hide_furniture: bool = Field(
        True,
        description="leave lines out of new articles' texts that have returned on the outlet's pages for two weeks and in ten stories "
        "(table furniture); what was left out stays in the row's evidence",
    )
    min_words: Annotated[int, Field(ge=0)] = Field(50, description="an article has at least this many words (CJK: characters / 2)")

    archive_endpoints: bool = Field(
        False, description="archive the documents of feeds, sitemaps and home pages too, each time that they have changed"
    )
    fetch_log_days: Annotated[int, Field(ge=1)] = Field(90, description="fetch_log rows are kept this long")
    archive_days: Annotated[int, Field(ge=0)] = Field(0, description="WARC files are kept this long; 0: for ever")

    postgres_port: int = Field(0, description="port of the embedded Postgres; 0: a free one, kept in the data folder")
    prefect_port: int = Field(4200, description="port of the Prefect server and its UI, on 127.0.0.1")

    @property
    def archive_root(self) -> str:
        """The fsspec URL or path under which WARC files lie."""
        return self.archive_url or str(self.data_folder / "archive")

    @property
    def site_rules_folder(self) -> Path:
        """Where rules for single sites lie."""
        return self.site_rules or self.data_folder / "site-rules"

    def delay_seconds(self, crawl_delay_seconds: float | None) -> float:
        """The pace of a host: between the end of a response and the next request, in seconds, given its robots.txt's crawl-delay."""
        if self.ignore_pace:
            return 0.0
        if crawl_delay_seconds is None:
            return self.default_delay_seconds
        return min(crawl_delay_seconds, self.crawl_delay_cap_seconds)


def load_settings(**overrides: object) -> Settings:
    """Read the settings from the environment; `overrides` win (used by commands and tests).

    Raises SettingsError that names the variable and what is wrong with it.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks each value
    except ValidationError as error:
        first = error.errors()[0]
        name = "DATELINE_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(f"{name}: {first['msg']}") from None
