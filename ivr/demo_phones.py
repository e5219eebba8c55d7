"""The phones of officials in a demonstration: most answer, and some show what a caller meets when nobody does."""

import aiohttp

from ivr.hotline import Hotline

ANSWERS, BY_HAND = "answers_and_presses_1", "by_hand"
OTHERWISE = {
    "市教育局局长": "declined",  # in a meeting, as in the report that this hotline was made after
    "市财政局局长": "busy",
    "市公安局局长": "no_answer",
    "市民政局局长": "switched_off",
    "市自然资源和规划局局长": "voicemail",
    "市生态环境局局长": "invalid",
}
ANSWERED_IN_THE_BOOTH = {"市教育局局长"}  # whose duty phone rings until a visitor picks it up


async def give_phones(company: str, hotline: Hotline) -> None:
    """Every phone that a post or its duty office has is registered with the phone company, and does as it should."""
    async with aiohttp.ClientSession(company) as http:
        for line in hotline.handbook.directory.lines:
            on_duty = BY_HAND if line.post in ANSWERED_IN_THE_BOOTH else ANSWERS
            for phone, whose, behaviour in (
                (line.own_phone, "本人手机", OTHERWISE.get(line.post, ANSWERS)),
                (line.second_phone, "第二电话", ANSWERS),
                (line.duty_phone, "值班电话", on_duty),
            ):
                if phone:
                    name = f"{hotline.handbook.profile.city} {line.display_name} {whose}"
                    what = {"name": name, "behaviour": behaviour, "landline": phone == line.duty_phone}
                    async with http.put(f"/simulator/phones/{phone}", json=what) as answer:
                        answer.raise_for_status()
