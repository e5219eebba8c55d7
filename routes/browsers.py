"""What a browser says of itself, in the two words by which somebody knows it again: “Chrome，Windows”."""

# Each names those it descends from as well, so the youngest stand first.
BROWSERS = {
    "MicroMessenger": "微信",
    "HuaweiBrowser": "华为浏览器",
    "Edg": "Edge",
    "EdgA": "Edge",
    "EdgiOS": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "HeadlessChrome": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "OpenHarmony": "鸿蒙",
    "HarmonyOS": "鸿蒙",
    "Android": "安卓",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


def known_as(agent: str) -> str:
    """Of a User-Agent header; a program that is no browser keeps its own name."""
    browser = next((words for mark, words in BROWSERS.items() if f"{mark}/" in agent), "")
    system = next((words for mark, words in SYSTEMS.items() if mark in agent), "")
    return "，".join(filter(None, (browser, system))) or agent.partition("/")[0] or "不详"
