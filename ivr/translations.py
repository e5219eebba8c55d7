"""What callers hear in the languages that they may choose: as much as somebody has written, the rest as all hear it."""

from dataclasses import replace

from pydantic import BaseModel, ConfigDict

from ivr.changes import change, digest, must_be_same
from ivr.errors import NotFound
from ivr.handbook import Handbook
from ivr.hotline import Hotline
from ivr.profile.languages import Language
from ivr.prompts import OCCASIONS, Prompt
from ivr.roles import Person
from ivr.sentences import in_order

# Said to officials and operators, or by a call of ours before anybody has chosen: there they are as all hear them.
NOT_FOR_CALLERS = frozenset(
    {
        "whisper",
        "caller_gone",
        "desk_phone",
        "ring_back_official",
        "ring_back_dialling",
        "ring_back_caller",
        "ring_back_unreached",
        "callback_not_reached",
    }
)


class Translated(BaseModel):
    """One sentence as all hear it, and in the language; `own` is empty where there is none in it. A change goes with
    the `basis`."""

    model_config = ConfigDict(frozen=True)

    key: str
    when: str
    variables: tuple[str, ...]
    text: str
    own: str
    basis: str


def translated(hotline: Hotline, language: str) -> list[Translated]:
    """All that a caller of this language may hear, in the order of a call. Raises NotFound."""
    language_of(hotline, language)
    own = {said.key: said.text for said in hotline.handbook.translations if said.language == language}
    return [
        Translated(
            key=said.key,
            when=OCCASIONS[said.key].when,
            variables=tuple(sorted(OCCASIONS[said.key].variables)),
            text=said.text,
            own=own.get(said.key, ""),
            basis=digest(own.get(said.key, "")),
        )
        for said in hotline.handbook.prompts.prompts
        if said.key not in NOT_FOR_CALLERS
    ]


def language_of(hotline: Hotline, name: str) -> Language:
    """Raises NotFound."""
    known = hotline.handbook.profile.languages
    if name not in known:
        raise NotFound(f"没有“{name}”这种语言：有 {'、'.join(known) or '（尚未设置）'}，在“设置”中新增")
    return known[name]


async def say_in(
    hotline: Hotline, language: str, key: str, text: str, *, by: Person, expected: str | None = None
) -> None:
    """From the next sentence on; an empty text is again as all hear it. Raises NotFound, Invalid, Conflict."""
    title = language_of(hotline, language).title
    if key not in OCCASIONS.keys() - NOT_FOR_CALLERS:
        raise NotFound(f"没有“{key}”这一句提示语，或来电人听不到它")
    text = text.strip()
    said = (
        Prompt.read({"key": key, "language": language, "text": text}, f"{title}提示语“{key}”")
        if text
        else None
    )

    def with_it(known: Handbook) -> Handbook:
        here = {one.key: one for one in known.translations if one.language == language}
        must_be_same(digest(here[key].text if key in here else ""), expected)
        others = [one for one in known.translations if (one.language, one.key) != (language, key)]
        return replace(known, translations=in_order([*others, said] if said else others))

    await change(hotline, f"{title}提示语“{OCCASIONS[key].when}”", by, with_it)
