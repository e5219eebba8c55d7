"""The files of what callers hear, `prompts/LANGUAGE.toml`: the hotline's own language whole, and of those that callers
may choose as much as there is."""

from collections.abc import Iterable
from pathlib import Path

from ivr.errors import Invalid
from ivr.page import read_each
from ivr.profile import Profile
from ivr.prompts import OCCASIONS, Prompt
from ivr.sheets import read_toml, toml_value


def read_translations(folder: Path, profile: Profile) -> tuple[Prompt, ...]:
    """Of each language that callers may choose, the sentences that its file has."""
    others = sorted(file.stem for file in folder.glob("*.toml") if file.stem != profile.language)
    unused = next((name for name in others if name not in profile.languages), None)
    if unused:
        known = "、".join([profile.language, *profile.languages])
        raise Invalid(f"prompts/{unused}.toml：本热线的语言是 {known}，这个文件不会被用到，请移走或改名")
    return in_order(said for name in others for said in read_sentences(folder, name))


def in_order(sentences: Iterable[Prompt]) -> tuple[Prompt, ...]:
    """By language, and then by their place in a call."""
    places = list(OCCASIONS)
    return tuple(sorted(sentences, key=lambda said: (said.language, places.index(said.key))))


def read_sentences(folder: Path, language: str) -> list[Prompt]:
    """Each sentence of one language, given as a text, or as a table with text and audio."""
    spoken = f"{language}.toml"

    def read(sentence: tuple[str, object]) -> Prompt:
        key, given = sentence
        fields = given if isinstance(given, dict) else {"text": given}
        place = f"prompts/{spoken}「{key}」"
        surplus = fields.keys() - {"text", "audio"}
        if surplus:
            raise Invalid(f"{place}：只能有 text 和 audio，请删去 {'、'.join(sorted(surplus))}")
        return Prompt.read(fields | {"key": key, "language": language}, place)

    return read_each(read_toml(folder / spoken).items(), read)


def prompts_toml(prompts: Iterable[Prompt]) -> str:
    """As a file for people: each sentence below the occasion on which it is heard."""
    lines = []
    for prompt in prompts:
        text = toml_value(prompt.text)
        said = f"{{ text = {text}, audio = {toml_value(prompt.audio)} }}" if prompt.audio else text
        lines.append(f"# {OCCASIONS[prompt.key].when}\n{prompt.key} = {said}\n")
    return "".join(lines)
