"""The HTML of a mail, which can be had in two ways only: safe to show, or as text."""

import html
import re
from typing import Final

import nh3
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.html_engine import Inscriptis
from inscriptis.model.config import ParserConfig
from lxml import etree
from lxml import html as lxml_html

from keywords import markup

_DEEPEST: Final = 200
_MOST_TAGS: Final = 30_000
_MOST_ENTITIES: Final = 50_000
_MOST_WORK: Final = 2_000_000
"""Depth times number of tags; nh3's time grows with the square of the depth, and so could its answer."""
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)")
_UNCOUNTED_TAGS: Final = (
    "area base br col dd dt embed hr img input li link meta option p param source td th tr track wbr"
)
_UNCOUNTED: Final = frozenset(_UNCOUNTED_TAGS.split())
"""Tags that hold nothing, or that the next of their kind ends."""
_CONDITION: Final = re.compile(r"<!\[(?:if\b[^<>]{0,200}|endif)\]>", re.IGNORECASE)
"""Conditional signs of Outlook that are no comments to a browser; what stands in comments is for Outlook alone."""
_LONG_TAG: Final = re.compile(r"<[a-zA-Z/][^<>]{8000}")
_BARE_AMPERSAND: Final = re.compile(r"&(?![a-zA-Z#])")
_DATA: Final = re.compile(r"\bdata:[a-z/+.-]{0,60};base64,[A-Za-z0-9+/=\s%]{500,}", re.IGNORECASE)
_HEADING: Final = re.compile(r"<\?xml\b[^>]{0,500}\?>", re.IGNORECASE)
_FOREIGN: Final = re.compile(r'(<img\b(?:\s+[a-z-]+="[^"]*")*?\s+)src="(?!cid:)', re.IGNORECASE)
"""Any picture that is not plainly one of the mail: browsers read ` https:/host` and the like as addresses, too."""
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
"""What no XML holds, so that lxml refuses it in a text that is set."""
_SHOWN: Final = (
    "a abbr address article b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn div "
    "dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q rp "
    "rt ruby s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul "
    "var wbr"
)
_ATTRIBUTES: Final = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "blockquote": {"type"},
    "col": {"align", "span", "width"},
    "font": {"color", "face", "size"},
    "img": {"alt", "height", "src", "width"},
    "ol": {"start", "type"},
    "p": {"align"},
    "div": {"align"},
    "table": {"align", "bgcolor", "border", "cellpadding", "cellspacing", "width"},
    "td": {"align", "bgcolor", "colspan", "rowspan", "valign", "width"},
    "th": {"align", "bgcolor", "colspan", "rowspan", "valign", "width"},
    "tr": {"align", "bgcolor", "valign"},
}
_CLEANER: Final = nh3.Cleaner(
    tags=set(_SHOWN.split()),
    clean_content_tags={"script", "style", "title", "head", "noscript", "template", "iframe", "object", "svg", "math"},
    attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
    url_schemes={"http", "https", "mailto", "tel", "cid"},
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
    set_tag_attribute_values={"a": {"target": "_blank"}},
)
_TEXT: Final = ParserConfig(css=CSS_PROFILES["strict"], display_images=False, display_links=False)
_OPEN, _CLOSE = "\ue000", "\ue001"
"""Stand in the text where quotes begin and end."""
_UNSEEN: Final = (
    "//script | //style | //title | //noscript | //template | //head"
    " | //*[contains(translate(@style, ' ', ''), 'display:none')]"
)
_QUOTES: Final = "//blockquote[@type='cite' or contains(@class, 'gmail_quote') or contains(@class, 'cite')]"
_LINE: Final = re.compile(r"[^\n]*\n?")
_BLANK_LINES: Final = re.compile(r"\n(?:[ \t\u00a0]*\n){2,}")
_TRAILING: Final = re.compile(r"[ \t\u00a0]+$", re.MULTILINE)


class Html:
    """HTML that a stranger wrote. There is no way to it but these two."""

    __slots__ = ("_source",)

    def __init__(self, source: str) -> None:
        self._source: Final = source

    def __repr__(self) -> str:
        return f"Html({len(self._source)} characters)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Html) and self._source == other._source

    def __hash__(self) -> int:
        return hash(self._source)

    def safe(self) -> str:
        """HTML to show: no scripts, styles, forms, events or frames; links leave without a trace.

        Pictures are blocked (`data-blocked-src` holds their address), but for those of the mail (`cid:`). HTML that is
        nested beyond reason is given as text.
        """
        source = self._prepared()
        if not _reasonable(source):
            return of_text(_tidy(markup.plain(source)))
        return _FOREIGN.sub(r'\1data-blocked-src="', _CLEANER.clean(source))

    def text(self) -> str:
        """The text as it would be read, with `>` before lines that are marked as quoted."""
        source = self._prepared()
        if not _reasonable(source):
            return _tidy(markup.plain(source))
        try:
            tree = lxml_html.document_fromstring(source)
        except (etree.ParserError, ValueError):  # nothing but comments
            return ""
        if "&#" in source:
            _without_control(tree)
        for element in tree.xpath(_UNSEEN):
            if element.getparent() is not None:
                element.drop_tree()
        quoted = tree.xpath(_QUOTES)
        for element in quoted:
            element.text = f"{_OPEN}{element.text or ''}"
            element.append(_mark())
        text = Inscriptis(tree, _TEXT).get_text()
        return _tidy(_with_signs(text) if quoted else text)

    def _prepared(self) -> str:
        source = _CONTROL.sub("", _HEADING.sub("", self._source))
        if "[" in source:
            source = _CONDITION.sub("", source)
        if "&" in source:
            source = _BARE_AMPERSAND.sub("&amp;", source)
        source = _DATA.sub("data:,", source) if "data:" in source else source
        return source.replace(_OPEN, "").replace(_CLOSE, "")


def joined(pieces: list[str]) -> Html:
    """One HTML of several pieces, as Apple's mailer sends them between attachments."""
    return Html("\n".join(pieces))


def of_text(text: str) -> str:
    """HTML source of plain text, to stand between pieces of HTML."""
    return f"<pre>{html.escape(text)}</pre>"


def _reasonable(source: str) -> bool:
    """Whether the tags are few and flat enough for parsers that are slow with depth."""
    number = source.count("<")
    if number > _MOST_TAGS or source.count("&") > _MOST_ENTITIES or _LONG_TAG.search(source):
        return False
    if number < _DEEPEST:
        return True
    depth, deepest, tags = 0, 0, 0
    for closing, name in _TAG.findall(source):
        tags += 1
        if name.lower() in _UNCOUNTED:
            continue
        if closing:
            depth = max(0, depth - 1)
        else:
            depth += 1
            deepest = max(deepest, depth)
    return deepest <= _DEEPEST and deepest * tags <= _MOST_WORK


def _without_control(tree: etree._Element) -> None:
    """Take away control signs that stood as entities; lxml reads them and then refuses to write them."""
    for element in tree.iter():
        if element.text and _CONTROL.search(element.text):
            element.text = _CONTROL.sub("", element.text)
        if element.tail and _CONTROL.search(element.tail):
            element.tail = _CONTROL.sub("", element.tail)


def _mark() -> etree._Element:
    mark = etree.Element("span")
    mark.text = _CLOSE
    return mark


def _with_signs(text: str) -> str:
    """Lines between marks with a `>` for each level."""
    lines, depth = [], 0
    for line in text.split("\n"):
        opened, closed = line.count(_OPEN), line.count(_CLOSE)
        level = depth + opened
        bare = line.replace(_OPEN, "").replace(_CLOSE, "")
        only_mark = (opened or closed) and not bare.strip()
        if not only_mark:
            lines.append(f"{'>' * level} {bare}" if level else bare)
        depth = max(0, level - closed)
    return "\n".join(lines)


def _tidy(text: str) -> str:
    return _BLANK_LINES.sub("\n\n", _TRAILING.sub("", text.replace("\u00a0", " "))).strip("\n")
