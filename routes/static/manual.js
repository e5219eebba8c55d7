// The API's own description, made readable. The token that is tried here stays in this page.

window.SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#manual",
  deepLinking: true,
  validatorUrl: null,
});
