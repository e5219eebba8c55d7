"""That a page speaks Chinese: which other words stand on it, and numbers that nobody could read out."""

import re

from playwright.async_api import Page

# What is known by no other name: programs, formats, protocols, headers, and the words for them.
KNOWN = {
    *("Chrome", "Linux", "Excel", "XLSX", "CSV", "JSON", "WAV", "MP3", "SIP", "TwiML", "VoiceUrl", "Valkey"),
    *("To", "ForwardedFrom", "SipUser", "SipHeader", "nanning", "bozhou"),
    *("queue", "closed", "full", "unstaffed", "waited_too_long"),
}
# What is copied as it stands: a variable, an address, an identifier of the carrier or of a delivery, a case's number.
AS_IT_STANDS = re.compile(
    r"\{\w+\}|(?:https?:/)?/[\w./:-]*|sip:\S+|[\w.]+\.example\.[\w.]+|\bCA[0-9a-f…]+|\bGD-[0-9-]+"
    r"|\b[0-9a-f]{12}-\d+-\d+\b"
)
WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]+|\+86\d{5,}")

# The words that people see or have read to them. Code stays what it is, and so does what somebody types.
SAID = """(() => {
  const own = 'code, pre, kbd, script, .hash, input, textarea';
  const said = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { parentElement: parent, data } = texts.currentNode;
    if (!parent.closest(own) && (parent.closest('option') || parent.checkVisibility())) said.push(data);
  }
  for (const name of ['aria-label', 'placeholder', 'alt'])
    for (const one of document.querySelectorAll(`[${name}]`)) said.push(one.getAttribute(name));
  return said;
})()"""


async def foreign_words(page: Page) -> dict[str, str]:
    """Each word that is not Chinese and has a Chinese name, or number without groups, and where it stands."""
    found = {}
    for text in await page.evaluate(SAID):
        for word in WORD.findall(AS_IT_STANDS.sub(" ", text)):
            if word not in KNOWN:
                found[word] = text.strip()
    return found
