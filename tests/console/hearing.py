"""Ears for the tests: what a page really receives and plays, measured apart from anything the page says of itself."""

from playwright.async_api import BrowserContext, Page

EARS = """
window.ears = [];
window.elements = new Set();
const context = new AudioContext();
class Listened extends RTCPeerConnection {
  constructor(...options) {
    super(...options);
    this.addEventListener("track", ({ track }) => {
      const ear = new AnalyserNode(context, { fftSize: 32768 });
      new MediaStreamAudioSourceNode(context, { mediaStream: new MediaStream([track]) }).connect(ear);
      window.ears.push({ ear, connection: this, track });
    });
  }
}
window.RTCPeerConnection = Listened;
const sound = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
  window.elements.add(this);
  return sound.call(this);
};
window.peaks = () => {
  context.resume();
  const open = window.ears.filter(({ connection }) => connection.connectionState === "connected");
  return open.map(({ ear }) => {
    const samples = new Float32Array(ear.fftSize);
    ear.getFloatTimeDomainData(samples);
    return samples.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  });
};
"""
AUDIBLE = 0.005
PATIENCE = 30_000  # milliseconds; several browsers with sound are much for a small machine
LOOKS = (
    12  # a tenth of a second between each: longer than from one beep of the pretended microphone to the next
)


async def give_ears(seat: BrowserContext) -> None:
    """Pages opened here from now on can be asked what reaches them."""
    await seat.add_init_script(EARS)


async def hears(page: Page, others: int) -> None:
    """So many others are heard, and no more, for long enough that somebody else who speaks would have been heard."""
    await page.evaluate("window.looks = []")
    await page.wait_for_function(
        """([others, audible, looks]) => {
            window.looks = [...window.looks, window.peaks()].slice(-looks);
            const lines = Math.max(...window.looks.map((look) => look.length));
            const loudest = (line) => Math.max(...window.looks.map((look) => look[line] ?? 0));
            const heard = Array.from({ length: lines }, (_, line) => loudest(line)).filter((peak) => peak > audible);
            return window.looks.length === looks && heard.length === others;
        }""",
        arg=[others, AUDIBLE, LOOKS],
        polling=100,
        timeout=PATIENCE,
    )


async def plays(page: Page, file: str) -> None:
    """A sound file of this name is being played, and not to itself."""
    await page.wait_for_function(
        """(file) => [...window.elements].some(
            (each) => each.currentSrc.includes(file) && !each.paused && !each.muted && each.currentTime > 0,
        )""",
        arg=file,
        polling=20,
    )
