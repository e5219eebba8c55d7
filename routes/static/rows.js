// Rows that stay: each is made once for its key and filled again, so that what has the keyboard's focus keeps it.

import { partsOf } from "./page.js";

/** Rows of `body`, out of the template with this id. Returns draw(items, keyOf, fill(parts, item, row)). */
export function rowsOf(body, template) {
  const rows = new Map();
  return (items, keyOf, fill) => {
    const wanted = new Set(items.map(keyOf));
    for (const [key, { row }] of rows) {
      if (wanted.has(key)) continue;
      row.remove();
      rows.delete(key);
    }
    items.forEach((item, place) => {
      const { row, parts } = rows.get(keyOf(item)) ?? add(rows, keyOf(item), template);
      fill(parts, item, row);
      if (body.children[place] !== row) body.insertBefore(row, body.children[place] ?? null);
    });
  };
}

function add(rows, key, template) {
  const row = template.content.firstElementChild.cloneNode(true);
  const made = { row, parts: partsOf(row) };
  rows.set(key, made);
  return made;
}
