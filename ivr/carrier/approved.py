"""Templates that a domestic gateway has approved, and which of them says what we want to say.

Networks in China send no free words: a text is a template that somebody there has read, and values for its variables.
So the words, as they would arrive, are looked for among the templates: what lies between a template's own words are
the values. Rules: https://help.aliyun.com/zh/sms/user-guide/message-template-specifications
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from config.settings import Unset

LONGEST_VALUE = 35
LONGEST_TEMPLATE = 500
NAMES_REFUSED = frozenset({"email", "mobile", "id", "nick", "site"})
_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,24}")
_CODE = re.compile(r"SMS_\d+")
_SIGNED = re.compile(r"【([^【】]+)】(.+)", re.DOTALL)


class Approved(NamedTuple):
    """A template: its code at the gateway, and what words look like that it says."""

    code: str
    own_words: int  # how many characters are not variables
    pattern: re.Pattern[str]


class Matched(NamedTuple):
    """What is sent in place of the words. `too_long` names the variables whose values no gateway takes."""

    code: str
    values: dict[str, str]
    too_long: list[str]


def read(templates: Mapping[str, str]) -> tuple[Approved, ...]:
    """Those with the most words of their own first. Raises Unset, naming the one that no gateway has approved."""
    found = [_approved(code, text) for code, text in templates.items()]
    return tuple(sorted(found, key=lambda one: -one.own_words))


def match(templates: tuple[Approved, ...], words: str) -> Matched | None:
    """The template that says these words; None if none does."""
    for template in templates:
        if found := template.pattern.fullmatch(words):
            values = found.groupdict()
            too_long = [name for name, value in values.items() if len(value) > LONGEST_VALUE]
            return Matched(template.code, values, too_long)
    return None


def unsigned(text: str) -> tuple[str, str]:
    """Signature and words of a text; ("", text) for one without."""
    found = _SIGNED.fullmatch(text)
    return (found[1], found[2]) if found else ("", text)


def _approved(code: str, text: str) -> Approved:
    names = _VARIABLE.findall(text)
    own = _VARIABLE.sub("", text)
    wrong = {
        "the code is SMS_ and digits": not _CODE.fullmatch(code),
        "a variable is ${name}, of up to 25 letters, digits and _": not all(map(_NAME.fullmatch, names))
        or "{" in own
        or "}" in own,
        f"no variable is called {', '.join(sorted(NAMES_REFUSED))}": bool(NAMES_REFUSED & set(names)),
        "a variable stands once": len(set(names)) < len(names),
        "between two variables there are words": "}${" in text,
        "【】 is put in front by the gateway": "【" in text or "】" in text,
        f"it has words of its own, and {LONGEST_TEMPLATE} characters at most": len(own) < 4
        or len(text) > LONGEST_TEMPLATE,
    }
    if broken := [rule for rule, is_broken in wrong.items() if is_broken]:
        raise Unset(f"ALIYUN_SMS_TEMPLATES is wrong: {code}: {'; '.join(broken)}")
    parts = _VARIABLE.split(text)  # own words and names, in turn
    pattern = "".join(f"(?P<{part}>.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
    return Approved(code, len(own), re.compile(pattern, re.DOTALL))
