"""The other hotlines of this installation, to which a queue may pass its callers on."""

from ivr.directory import Line
from ivr.hotline import Hotline
from ivr.keys import root


async def why_not(hotline: Hotline, target: str) -> str:
    """Why nobody can be passed on to `target`, a hotline and one of its published numbers; empty if they can."""
    name, number = target.split()
    if name == hotline.name:
        return "不能转到本热线自己：要转到别的队列，请用 overflow_to"
    if name not in hotline.settings.hotline_hotlines:
        others = [one for one in hotline.settings.hotline_hotlines if one != hotline.name]
        return f"本系统没有热线 {name}：可以转到 {'、'.join(others) or '（没有别的热线）'}"
    stored = await hotline.store.ask("HGET", root(name) + "directory", number)
    if stored is None or Line.model_validate_json(stored).withdrawn_on is not None:
        return f"{number} 不是热线 {name} 在用的公布号码：请改为它号码簿中的一个"
    return ""


async def astray(hotline: Hotline) -> list[tuple[str, str]]:
    """Queues that pass callers on to where nobody is, and where that is: it may have been there when it was set."""
    targets = {name: queue.pass_on_to for name, queue in hotline.handbook.profile.queues.items()}
    return [(name, to) for name, to in targets.items() if to and await why_not(hotline, to)]
