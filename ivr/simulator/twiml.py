"""Reading TwiML as strictly as Twilio does.

What is not XML, or not a <Response>, is refused. A word that nobody knows is only noted, because Twilio only
warns of it: the note is what tests assert to be absent.
"""

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

from ivr.simulator.errors import TwimlRefused
from ivr.simulator.grammar import NOT_PLAYED, VOICE, Grammar

LONGEST_SPEECH = 4_096  # characters in one <Say>
UTF8_BOM = b"\xef\xbb\xbf"
SPOKEN = ("Say",)  # what stands inside is speech with SSML, not verbs


@dataclass(frozen=True, slots=True)
class Verb:
    """An element of a document. Attributes that cannot be read count as absent, as Twilio's do."""

    name: str
    attributes: dict[str, str]
    text: str
    inside: tuple["Verb", ...] = ()

    def get(self, attribute: str, usual: str = "") -> str:
        return self.attributes.get(attribute, usual)

    def whole(self, attribute: str, usual: int) -> int:
        value = self.get(attribute).strip()
        return int(value) if value.isdigit() else usual

    def flag(self, attribute: str, usual: bool) -> bool:
        return {"true": True, "false": False}.get(self.get(attribute).lower(), usual)

    def words(self, attribute: str, usual: str) -> frozenset[str]:
        return frozenset(self.get(attribute, usual).split())


@dataclass(frozen=True, slots=True)
class Document:
    verbs: tuple[Verb, ...]
    notes: tuple[str, ...] = ()  # each a 12200 warning


def read(body: bytes, url: str, grammar: Grammar = VOICE) -> Document:
    """The document in this body; TwimlRefused (12100, 12102, 12200, 13320,
    13521) if Twilio would not play it.
    """
    if body.startswith(UTF8_BOM):
        raise TwimlRefused(12100, url, "It starts with a byte order mark.")
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - expat itself stops entities that grow
    except ElementTree.ParseError as broken:
        raise TwimlRefused(12100, url, f"{broken}.") from broken
    if root.tag != "Response":
        raise TwimlRefused(12102, url, f"It is <{root.tag}>.")
    notes: list[str] = []
    response = _verb(root, url, notes, grammar)
    return Document(response.inside, tuple(notes))


def _verb(element: ElementTree.Element, url: str, notes: list[str], grammar: Grammar) -> Verb:
    known = grammar.attributes_of(element.tag)
    notes.extend(
        f"<{element.tag}> has no attribute {name!r}." for name in element.attrib if name not in known
    )
    speech = element.tag in SPOKEN
    verb = Verb(
        name=element.tag,
        attributes={name: value for name, value in element.attrib.items() if name in known},
        text="".join(element.itertext() if speech else [element.text or ""]).strip(),
        inside=() if speech else tuple(_inside(element, url, notes, grammar)),
    )
    if speech and len(verb.text) > LONGEST_SPEECH:
        raise TwimlRefused(13521, url)
    return verb


def _inside(element: ElementTree.Element, url: str, notes: list[str], grammar: Grammar) -> list[Verb]:
    verbs = []
    for child in element:
        if child.tag in grammar.allowed_inside(element.tag):
            verbs.append(_verb(child, url, notes, grammar))
        elif child.tag in NOT_PLAYED:
            raise TwimlRefused(12200, url, f"<{child.tag}> is Twilio's, but this exchange does not play it.")
        elif element.tag == "Gather":
            raise TwimlRefused(13320, url, f"It holds <{child.tag}>.")
        else:
            notes.append(f"<{element.tag}> cannot hold <{child.tag}>.")
    return verbs
