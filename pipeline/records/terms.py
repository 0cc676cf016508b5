"""The closed lists: every word that a column, a setting or a decision may hold."""

from __future__ import annotations

from enum import StrEnum


class EndpointKind(StrEnum):
    """What an endpoint's document is."""

    RSS = "rss"
    ATOM = "atom"
    JSONFEED = "jsonfeed"
    NEWS_SITEMAP = "news_sitemap"
    SITEMAP = "sitemap"
    SITEMAP_INDEX = "sitemap_index"
    HOMEPAGE = "homepage"


class Purpose(StrEnum):
    """Why a request is made; the `kind` of a fetch_log row and the `purpose` of an attempt."""

    ENDPOINT = "endpoint"
    ARTICLE = "article"
    RECHECK = "recheck"
    ROBOTS = "robots"
    RIGHTS = "rights"
    PROBE = "probe"


class Outcome(StrEnum):
    """The one final outcome of a URL. The comment is what `docs/schema.md` says of it."""

    LOADED = "loaded"  # its page is a row of `article`
    DUPLICATE = "duplicate"  # another URL of an article that is already a row; `article_id` points to it
    REDIRECTED = "redirected"  # answers with a redirect to another host's URL, which is queued in its place
    ROBOTS = "robots"  # robots.txt disallows it
    RIGHTS = "rights"  # the publisher reserves its rights and the source's `respect` setting heeds that
    HTTP_GONE = "http_gone"  # 404 or 410
    HTTP_ERROR = "http_error"  # another 4xx, or server errors until the tries were used up
    BLOCKED = "blocked"  # 401, 403, 451 or a bot check
    PAYWALLED = "paywalled"  # only a teaser is served
    NON_HTML = "non_html"  # a PDF, an image, a video file …
    NON_ARTICLE = "non_article"  # a list, section, home, login, cookie or error page
    TOO_SHORT = "too_short"  # the text is shorter than an article
    BAD_PAGE = "bad_page"  # the page can't be read within its limits of time, memory and size
    TOO_OLD = "too_old"  # reserved: entries published before the horizon are counted with their endpoint and become no URL
    UNSAFE_URL = "unsafe_url"  # points to an address that may not be fetched
    TIMEOUT = "timeout"  # did not answer in time until the tries were used up
    GAVE_UP = "gave_up"  # killed its extractor three times while it was alone with it
    FORGOTTEN = "forgotten"  # removed by `dateline forget`; never fetched again


class AttemptOutcome(StrEnum):
    """What one attempt at a URL came to, beside the final outcomes: the ends that leave the URL as it is."""

    POSTPONED = "postponed"  # will be tried again: `detail` says why, `url.not_before` when
    RETURNED = "returned"  # reserved: what goes back to the queue untried leaves no attempt
    UNCHANGED = "unchanged"  # a recheck found the article as it was
    REVISED = "revised"  # a recheck found an edit; a revision row was written
    GONE = "gone"  # a recheck found the article deleted: 404 or 410
    SOFT_GONE = "soft_gone"  # a recheck found an error, list or empty page in the article's place, or was led to the home page
    REPLACED = "replaced"  # a recheck was led to another article, or shown one
    WITHDRAWN = "withdrawn"  # a recheck found that its publisher does not let it be shown any more, and the source's `respect` heeds that
    RESTORED = "restored"  # a recheck found a deleted article back


class QualityFlag(StrEnum):
    """What stood out in a page that passed the quality gate. The comment is what `docs/schema.md` says of it."""

    SHORT = "short"  # under 150 words
    UNDATED = "undated"  # nothing says when it was published
    TEASER = "teaser"  # short, and the page says that only payers may read the rest
    NO_ARTICLE_MARKUP = "no_article_markup"  # neither JSON-LD nor og:type calls it an article
    MOJIBAKE = "mojibake"  # letters that went through a wrong charset are left in it
    MOJIBAKE_MENDED = "mojibake_mended"  # its letters had gone through a wrong charset, and were taken back
    HYDRATED = "hydrated"  # its text stands in data for the page's scripts; without them a reader sees none of it
    SITE_RULE_MISSED = "site_rule_missed"  # a selector of the site's rule found nothing


class IncidentKind(StrEnum):
    """What is wrong: the kind of an incident. The comment is what `docs/schema.md` says of it."""

    SILENT = "silent"  # a source publishes nothing, for longer than its own weekday and hour explain
    VOLUME_DROP = "volume_drop"  # a source publishes far less than on these weekdays and hours before
    VOLUME_JUMP = "volume_jump"  # a source publishes far more than on these weekdays and hours before
    ENDPOINT_FAILING = "endpoint_failing"  # a feed, sitemap or page can't be read, several times in a row
    ENDPOINT_RETIRED = "endpoint_retired"  # a feed, sitemap or page ended by itself (410, or it says so) and is not polled any more
    ROBOTS_CHANGED = "robots_changed"  # a host's robots.txt allows us something else than before
    GAP = "gap"  # two polls of an endpoint did not overlap: entries may have been missed
    TEMPLATE_DRIFT = "template_drift"  # a source's pages are built differently and yield less than before
    OWN_OUTAGE = "own_outage"  # our own network was down; nothing is held against anybody


class RebuildOutcome(StrEnum):
    """What re-extracting one article from the archive came to."""

    REWRITTEN = "rewritten"  # columns of its row differ
    UNCHANGED = "unchanged"  # none does
    REFUSED = "refused"  # the quality gate would not take the page now; the row stays as it was
    UNREADABLE = "unreadable"  # the archive does not give the response (any more)


class Respect(StrEnum):
    """How far a source's rights reservations are heeded (recorded in any case)."""

    NONE = "none"
    TDM = "tdm"
    ALL = "all"


class Precision(StrEnum):
    """How exact a printed date is."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"


class Access(StrEnum):
    """Whether readers must pay."""

    FREE = "free"
    METERED = "metered"
    PAID = "paid"
    UNKNOWN = "unknown"
