"""XML from strangers: no entities, no DTD, no network, no huge trees; elements are handed out one by one and emptied after use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO

from lxml import etree

from pipeline.errors import FeedUnreadableError

XML_NAMESPACE = "{http://www.w3.org/XML/1998/namespace}"


class BrokenXmlError(FeedUnreadableError):
    """The document is not well-formed XML"""


class XmlWalk:
    """One pass over a document."""

    def __init__(self, body: bytes, tags: Sequence[str], *, encoding: str | None = None) -> None:
        """Prepare to hand out each element with one of these tags ("{*}item": in any namespace). `encoding` overrides the document's.

        Raises FeedUnreadableError for a document that declares entities: bombs and doors to the server's files; no real feed needs them.
        """
        declared = body.find(b"<!ENTITY")
        if declared >= 0 and 0 <= body.find(b"<!DOCTYPE") < declared:
            raise FeedUnreadableError("it declares XML entities")
        self._events = etree.iterparse(
            BytesIO(body),
            events=("end",),
            tag=tuple(tags),
            encoding=encoding,
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )

    def elements(self) -> Iterator[etree._Element]:
        """The elements in document order, complete; each is emptied when the next is asked for, so memory stays at one of them.

        Raises BrokenXmlError where the XML breaks off or breaks a rule, FeedUnreadableError where it exceeds libxml2's limits.
        """
        try:
            for _, element in self._events:
                yield element
                element.clear()
        except etree.XMLSyntaxError as error:
            reason = str(error)
            if error.code == etree.ErrorTypes.ERR_RESOURCE_LIMIT or "depth" in reason or "huge" in reason.lower():
                raise FeedUnreadableError(f"it exceeds the limits of the XML reader: {reason}") from None
            raise BrokenXmlError(reason) from None
        except (LookupError, ValueError) as error:  # an encoding that nobody knows
            raise BrokenXmlError(str(error)) from None

    @property
    def root(self) -> etree._Element | None:
        """The root element, as far as it has been read."""
        return self._events.root


def split_name(element: etree._Element) -> tuple[str, str]:
    """(namespace, local name) of an element; the namespace is "" where there is none."""
    namespace, _, name = str(element.tag).rpartition("}")
    return namespace.removeprefix("{"), name


def text_of(element: etree._Element | None) -> str:
    """All text inside of an element; "" for none."""
    return "" if element is None else "".join(element.itertext())
