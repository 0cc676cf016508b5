"""What can go wrong, as types: the class says whether trying again can help, its docstring is the message."""

from __future__ import annotations


class DatelineError(Exception):
    """Something went wrong in Dateline"""

    def __init__(self, detail: str = "") -> None:
        """`detail` names what and where; it follows the class's own sentence."""
        self.detail = detail
        sentence = (type(self).__doc__ or "").strip().splitlines()[0].rstrip(".")
        super().__init__(f"{sentence}: {detail}" if detail else sentence)


class RetryableError(DatelineError):
    """It may work when it is tried again"""


class PermanentError(DatelineError):
    """Trying again will not help"""


# -- set-up and use -----------------------------------------------------------------


class SettingsError(PermanentError):
    """A setting is not usable"""


class SourceFileError(PermanentError):
    """The source file has a mistake"""


class SiteRuleError(PermanentError):
    """A rule for a site has a mistake"""


class DataFolderError(PermanentError):
    """The data folder can't be used"""


class PortInUseError(PermanentError):
    """A port that is needed is taken by another program"""


class MissingToolError(PermanentError):
    """A tool that is needed is not installed"""


class ServiceDiedError(RetryableError):
    """A process that Dateline started ended by itself"""


class PrefectDownError(RetryableError):
    """The Prefect server does not answer"""


# -- the database -------------------------------------------------------------------


class DatabaseDownError(RetryableError):
    """The database does not answer"""


class DatabaseRefusedError(PermanentError):
    """The database refuses what was asked of it"""


class SchemaMismatchError(PermanentError):
    """The database's schema is not the one this version of Dateline works with"""


class BatchesBrokeOffError(PermanentError):
    """Too many batches broke off"""


class LeaseLostError(RetryableError):
    """Another worker holds this host now, so nothing was written"""


class HostBusyError(RetryableError):
    """The host can't be asked now"""


class KeyCollisionError(PermanentError):
    """Two different canonical URLs share the first 63 bits of their sha256"""


class UnknownItemError(PermanentError):
    """There is no such thing"""


class AmbiguousItemError(PermanentError):
    """More than one thing is meant by it"""


class WithheldItemError(PermanentError):
    """It is not shown any more"""


class WrongItemError(PermanentError):
    """It is not what is asked for here"""


# -- fetching: raised at the choke points, turned into Refused or Postponed by the step


class UnsafeAddressError(PermanentError):
    """The address is not one that a news fetcher may connect to"""


class UnsafeUrlError(PermanentError):
    """The URL is not one that may be fetched"""


class BodyTooLargeError(PermanentError):
    """The body is larger than the cap"""


class BodyUndecodableError(PermanentError):
    """The body can't be decoded"""


class ExchangeTimeoutError(RetryableError):
    """The exchange did not end before its total deadline"""


class ExchangeFailedError(RetryableError):
    """The exchange broke before a response began"""


class KeptConnectionError(ExchangeFailedError):
    """The connection, kept from an earlier exchange, was closed before a response began"""


class DisallowedError(PermanentError):
    """The site keeps this robot away"""


class NoDocumentError(RetryableError):
    """The answer is no document"""


class ResponseCutError(RetryableError):
    """The response broke off after its head"""


class LeaseTooShortError(RetryableError):
    """Too little of the host's lease is left to send another request"""


# -- reading what was fetched -------------------------------------------------------


class FeedUnreadableError(PermanentError):
    """The document is not a feed, sitemap or page that can be read"""


class ChildKilledError(RetryableError):
    """The child process died while it worked on this document"""


class ChildLimitError(PermanentError):
    """The document took more time or memory than a child process may use"""


# -- the archive ---------------------------------------------------------------------


class ArchiveRecordError(PermanentError):
    """The archive has no such record"""
