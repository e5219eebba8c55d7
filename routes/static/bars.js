// A day in bars of a quarter of an hour, with the same day of last week as a line behind them.

const LEFT = 30; // the scale is written here
const TOP = 10;
const BELOW = 22; // the hours are written here
const QUARTERS = 96;
const HOUR = 4; // quarters
const NARROW = 420; // every eighth hour is enough

/**
 * Draw into `svg`, as large as it stands on the page: letters keep their size on any screen. `layers` are lists of
 * { values, tone }, drawn one upon the other from the floor; `before` is last week's list of values; `words` says what
 * is to be seen to whoever cannot see it.
 */
export function drawBars(svg, { layers, before, words }) {
  const { width, height } = svg.getBoundingClientRect();
  const sums = layers[0].values.map((_, i) => layers.reduce((sum, { values }) => sum + (values[i] ?? 0), 0));
  const top = roundUp(Math.max(1, ...sums, ...before.map((value) => value ?? 0)));
  const floor = height - BELOW;
  const across = (quarters) => LEFT + (quarters * (width - LEFT)) / QUARTERS;
  const high = (value) => ((value ?? 0) / top) * (floor - TOP);
  const place = { width, height, floor, across, high };
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("aria-label", words);
  svg.replaceChildren(...scale(top, place), ...hours(place), ...bars(layers, place), ...lastWeek(before, place));
}

function bars(layers, { floor, across, high }) {
  const floors = [];
  const width = across(1) - across(0) - 1;
  return layers.flatMap(({ values, tone }) =>
    values.flatMap((value, i) => {
      if (!value) return [];
      const y = (floors[i] ?? floor) - high(value);
      floors[i] = y;
      return draw("rect", { class: `bar-${tone}`, x: across(i) + 0.5, y, width, height: high(value) });
    }),
  );
}

function lastWeek(before, { floor, across, high }) {
  if (!before.some((value) => value)) return [];
  const points = before.flatMap((value, i) => {
    const y = floor - high(value);
    return [`${across(i)},${y}`, `${across(i + 1)},${y}`];
  });
  return [draw("polyline", { class: "bar-before", points: points.join(" ") })];
}

function scale(top, { width, floor, high }) {
  return [0, top / 2, top].flatMap((value) => {
    const y = floor - high(value);
    const rule = draw("line", { class: "rule", x1: LEFT, x2: width, y1: y, y2: y });
    return [rule, written(String(value), LEFT - 4, y + 4, "end")];
  });
}

function hours({ width, height, across }) {
  const told = width < NARROW ? [0, 8, 16, 24] : [0, 4, 8, 12, 16, 20, 24];
  return told.map((hour) => {
    const anchor = hour === 24 ? "end" : "middle";
    return written(`${hour} 时`, across(hour * HOUR), height - 6, anchor);
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
