// A day in bars of a quarter of an hour, with the same day of last week as a line behind them.

const WIDTH = 720;
const HEIGHT = 150;
const FLOOR = 128; // where the bars stand; the hours are written below
const LEFT = 30; // the scale is written here
const QUARTERS = 96;
const STEP = (WIDTH - LEFT) / QUARTERS;

/**
 * Draw into `svg`. `layers` are lists of { values, tone }, drawn one upon the other from the floor; `before` is last
 * week's list of values; `words` says what is to be seen to whoever cannot see it.
 */
export function drawBars(svg, { layers, before, words }) {
  const sums = layers[0].values.map((_, i) => layers.reduce((sum, { values }) => sum + (values[i] ?? 0), 0));
  const top = roundUp(Math.max(1, ...sums, ...before.map((value) => value ?? 0)));
  const high = (value) => ((value ?? 0) / top) * (FLOOR - 10);
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("aria-label", words);
  svg.replaceChildren(...scale(top), ...hours(), ...bars(layers, high), ...lastWeek(before, high));
}

function bars(layers, high) {
  const floors = [];
  return layers.flatMap(({ values, tone }) =>
    values.flatMap((value, i) => {
      if (!value) return [];
      const y = (floors[i] ?? FLOOR) - high(value);
      floors[i] = y;
      return draw("rect", { class: `bar-${tone}`, x: LEFT + i * STEP + 0.5, y, width: STEP - 1, height: high(value) });
    }),
  );
}

function lastWeek(before, high) {
  if (!before.some((value) => value)) return [];
  const points = before.flatMap((value, i) => {
    const y = FLOOR - high(value);
    return [`${LEFT + i * STEP},${y}`, `${LEFT + (i + 1) * STEP},${y}`];
  });
  return [draw("polyline", { class: "bar-before", points: points.join(" ") })];
}

function scale(top) {
  return [0, top / 2, top].flatMap((value) => {
    const y = FLOOR - (value / top) * (FLOOR - 10);
    const rule = draw("line", { class: "rule", x1: LEFT, x2: WIDTH, y1: y, y2: y });
    return [rule, written(String(value), LEFT - 4, y + 4, "end")];
  });
}

function hours() {
  return [0, 4, 8, 12, 16, 20, 24].map((hour) => {
    const anchor = hour === 24 ? "end" : "middle";
    return written(`${hour} 时`, LEFT + hour * 4 * STEP, HEIGHT - 6, anchor);
  });
}

function written(text, x, y, anchor) {
  const label = draw("text", { x, y, "text-anchor": anchor });
  label.textContent = text;
  return label;
}

function draw(name, attributes) {
  const shape = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [attribute, value] of Object.entries(attributes)) shape.setAttribute(attribute, value);
  return shape;
}

/** To 2, 4, 10, 20, 40, 100 ...: halves are whole numbers too. */
function roundUp(value) {
  let step = 1;
  while (true) {
    for (const factor of [2, 4, 10]) if (value <= factor * step) return factor * step;
    step *= 10;
  }
}
