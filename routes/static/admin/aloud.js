// Words read by a voice of this browser: the carrier's own will sound different.

export function readAloud(text, language = "zh-CN") {
  speechSynthesis.cancel();
  const words = new SpeechSynthesisUtterance(text);
  words.lang = language;
  speechSynthesis.speak(words);
}
