"""What a hotline learns when a newer release takes over: the sentences that the older one did not say.

They are taken from the folder that this release ships, and are edited like any other from then on. Whatever else is new
has a default in its model.
"""

import json
from pathlib import Path

from ivr.handbook import CALENDAR, HOTLINES, Sections, read_folder
from ivr.prompts import OCCASIONS


def completed(name: str, sections: Sections) -> Sections:
    """With every sentence that this release needs; the same sections if nothing is missing, or nothing is there."""
    stored = sections.get("prompts", {})
    if not stored:
        return sections
    language = json.loads(sections["profile"]["language"])
    missing = {key for key in OCCASIONS if f"{language}:{key}" not in stored}
    if not missing:
        return sections
    shipped = read_folder(_folder(name), CALENDAR).prompts.prompts
    added = {f"{said.language}:{said.key}": said.model_dump_json() for said in shipped if said.key in missing}
    return {**sections, "prompts": {**stored, **added}}


def _folder(name: str) -> Path:
    """Its own. A hotline that lives in the store alone borrows the words of the first that ships."""
    return HOTLINES / name if (HOTLINES / name).is_dir() else min(HOTLINES.iterdir())
