// A new API token is shown this once, and never leaves the page but by whoever copies it.

import { ask } from "./api.js";
import { byId, partsOf, write } from "./page.js";

const form = byId("new-token");
const parts = partsOf(form);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { id, role } = form.elements;
  const scope = [...form.querySelectorAll("[name=scope]:checked")].map((box) => box.value).join(" ");
  write(parts.refused, "");
  try {
    const wish = { id: id.value.trim(), role: role.value, scope };
    const { token } = await ask("POST", form.dataset.address, wish);
    write(parts.token, token);
    parts.granted.hidden = false;
    form.reset();
  } catch (refused) {
    write(parts.refused, refused.message);
  }
});
