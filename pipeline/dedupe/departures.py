"""What a look at a known article came to: as it was, edited, deleted openly or not, replaced, back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from pipeline.dedupe.sametext import shared_words
from pipeline.records import NOT_TO_BE_SHOWN, Article, AttemptOutcome, Finished, MovedAway, NotModified, Outcome, Postponed, Refused
from pipeline.urls import is_home_page, same_page_form

SECOND_LOOK = timedelta(hours=1)  # after a first sign that may be no more than a bad hour of the site
_OTHER_ARTICLE = 0.45  # of the words: two articles of one outlet share a third, an article rewritten from end to end more than half
_OPEN = "soft 404"  # how the quality gate names a page that says that the article is not there
_LIKE_HOME = "list page"

_GONE = {
    AttemptOutcome.GONE: "gone",
    AttemptOutcome.SOFT_GONE: "soft_gone",
    AttemptOutcome.REPLACED: "replaced",
    AttemptOutcome.WITHDRAWN: "withdrawn",
}
_WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class LookedAt:
    """What is known of the article, beside its text."""

    title: str
    body: str
    status: str  # live, gone, soft_gone, replaced, withdrawn
    url: str  # canonical
    suspected: bool  # the last look found signs of a soft deletion
    target: int | None = None  # the article that the URL it redirects to is known as
    article_id: int


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the look came to."""

    outcome: AttemptOutcome
    detail: str | None = None
    suspicion: str | None = None  # with POSTPONED: what another look has to settle

    @property
    def status(self) -> str | None:
        """The status that the article has now; None: as before."""
        return _GONE.get(self.outcome)


def judge_look(known: LookedAt, item: Finished, *, is_edited: Callable[[Article], bool]) -> Verdict:
    """The verdict on one look. `is_edited` is asked only where the page shows the article.

    404, 410 and a page that says so are deletions at once, and so is a permanent redirect to the home page; what a site in trouble shows
    too (a passing redirect home, a list or an empty page) is one when a second look finds it again; anything else is no deletion.
    """
    verdict = _of_result(known, item, is_edited)
    if verdict.suspicion and (known.suspected or known.status == "soft_gone"):
        verdict = Verdict(outcome=AttemptOutcome.SOFT_GONE, detail=verdict.suspicion)
    if verdict.status is not None and known.status in (verdict.status, _WITHDRAWN):
        return Verdict(outcome=AttemptOutcome.UNCHANGED, detail=verdict.detail)
    return verdict


def _of_result(known: LookedAt, item: Finished, is_edited: Callable[[Article], bool]) -> Verdict:
    result = item.result
    if isinstance(result, Postponed):
        return Verdict(outcome=AttemptOutcome.POSTPONED, detail=result.detail)
    if isinstance(result, MovedAway):
        return _of_redirect(known, item, result)
    landed = item.aliases[-1] if item.aliases else None
    if landed is not None and is_home_page(landed) and not is_home_page(item.request.url):
        return _led_home(landed, for_good=item.for_good)
    if isinstance(result, Refused):
        return _of_refusal(result)
    if isinstance(result, Article) and _is_another(known, result, landed, item):
        return Verdict(outcome=AttemptOutcome.REPLACED, detail=f"shows {result.title!r}" if landed is None else f"redirects to {landed}")
    if isinstance(result, Article) and is_edited(result):
        return Verdict(outcome=AttemptOutcome.REVISED)
    if isinstance(result, NotModified):
        return _still_there(known, "304")
    return Verdict(outcome=AttemptOutcome.UNCHANGED if known.status == "live" else AttemptOutcome.RESTORED)


def _still_there(known: LookedAt, detail: str) -> Verdict:
    """The verdict where the article is at its address but its page was not read: whether it may be shown again is not known then."""
    same = known.status in ("live", _WITHDRAWN)
    return Verdict(outcome=AttemptOutcome.UNCHANGED if same else AttemptOutcome.RESTORED, detail=detail)


def _of_refusal(refused: Refused) -> Verdict:
    named = f"{refused.outcome}: {refused.detail}"
    if refused.outcome is Outcome.HTTP_GONE:
        return Verdict(outcome=AttemptOutcome.GONE, detail=refused.detail)
    if refused.outcome is Outcome.RIGHTS and refused.detail.startswith(NOT_TO_BE_SHOWN):
        return Verdict(outcome=AttemptOutcome.WITHDRAWN, detail=refused.detail)
    if refused.outcome is Outcome.NON_ARTICLE and refused.detail.startswith(_OPEN):
        return Verdict(outcome=AttemptOutcome.SOFT_GONE, detail=refused.detail)
    doubtful = refused.outcome is Outcome.TOO_SHORT or (refused.outcome is Outcome.NON_ARTICLE and refused.detail.startswith(_LIKE_HOME))
    return Verdict(outcome=AttemptOutcome.POSTPONED, detail=named, suspicion=named if doubtful else None)


def _of_redirect(known: LookedAt, item: Finished, moved: MovedAway) -> Verdict:
    if is_home_page(moved.target) and not is_home_page(item.request.url):
        return _led_home(moved.target, for_good=moved.permanent)
    detail = f"redirects to {moved.target}"
    if known.target is None:
        return Verdict(outcome=AttemptOutcome.POSTPONED, detail=detail)
    if known.target != known.article_id:
        return Verdict(outcome=AttemptOutcome.REPLACED, detail=detail)
    return _still_there(known, detail)


def _led_home(target: str, *, for_good: bool) -> Verdict:
    detail = f"redirects to the home page {target}"
    if for_good:
        return Verdict(outcome=AttemptOutcome.SOFT_GONE, detail=detail)
    return Verdict(outcome=AttemptOutcome.POSTPONED, detail=detail, suspicion=detail)


def _is_another(known: LookedAt, article: Article, landed: str | None, item: Finished) -> bool:
    """Whether the page is of another article: it lies, or says that it lies, at another address, and reads otherwise."""
    here = landed or article.claimed_url
    if here is None or any(same_page_form(here, own) for own in (known.url, item.request.url)):
        return False
    return shared_words(f"{known.title} {known.body}", f"{article.title} {article.body}") < _OTHER_ARTICLE
