// A mock server made with openapi-backend: `node backend.cjs FOLDER DOCUMENT PORT`. It routes and judges requests
// by the document, and answers the document's example.
const http = require("node:http");
const fs = require("node:fs");
const { createRequire } = require("node:module");

const [folder, document, port] = process.argv.slice(2);
const { OpenAPIBackend } = createRequire(`${folder}/`)("openapi-backend");

const send = (response, status, body) => {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
};
const definition = JSON.parse(fs.readFileSync(document, "utf-8"));
const api = new OpenAPIBackend({
  definition,
  ajvOpts: { strict: false, validateFormats: false },
  handlers: {
    notImplemented: (context, request, response) => {
      const { status, mock } = context.api.mockResponseForOperation(context.operation.operationId);
      send(response, status, mock);
    },
    validationFail: (context, request, response) => send(response, 400, context.validation.errors),
    unauthorizedHandler: (context, request, response) => send(response, 401, {}),
    notFound: (context, request, response) => send(response, 404, {}),
  },
});
for (const scheme of Object.keys(definition.components.securitySchemes)) {
  api.registerSecurityHandler(scheme, (context) => Object.keys(context.request.headers).length > 0);
}
api.init().then(() =>
  http
    .createServer((request, response) => {
      const [path, query] = request.url.split("?");
      const told = { method: request.method, path, query, body: undefined, headers: request.headers };
      api.handleRequest(told, request, response);
    })
    .listen(Number(port), "127.0.0.1"),
);
