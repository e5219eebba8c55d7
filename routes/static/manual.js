// The API's own description, made readable. The token that is tried here stays in this page.

window.SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#manual",
  deepLinking: false, // its links would stand inside of buttons
  docExpansion: "none", // a hundred routes at once are slow to draw and hard to read
  filter: true,
  validatorUrl: null,
});
