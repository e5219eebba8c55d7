// The server's clock, as far as this page can know it, and how durations are written.
//
// Everything on the desk counts from moments that the server gave. An office computer may be minutes off.

export class ServerClock {
  #ahead = 0; // of performance.now(), which nobody can set back

  /** The server said just now that it is `now` (milliseconds since 1970). */
  set(now) {
    this.#ahead = now - performance.now();
  }

  now() {
    return performance.now() + this.#ahead;
  }
}

/** 75,200 ms → “01:15”; an hour and more → “1:01:15”. */
export function span(milliseconds) {
  const whole = Math.max(0, Math.floor(milliseconds / 1000));
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const clock = `${two(minutes)}:${two(seconds)}`;
  return hours ? `${hours}:${clock}` : clock;
}

const two = (n) => String(n).padStart(2, "0");
