// Drives an npm SDK as the gate says; the protocol is told in README.md one folder up.
//
// It runs in the folder in which the SDK is installed, and uses nothing but the SDK and Node.js.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const VERSION = 2;
const MAX_TEXT = 300;
// So long a call may still last when the gate is gone.
const GRACE_MS = 5000;
const NOWHERE = "http://127.0.0.1:9";
const UNITS = { base_url: ["baseURL", 1], max_retries: ["maxRetries", 1], timeout_s: ["timeout", 1000] };

// Takes from a name what languages write differently.
const plain = (name) => name.toLowerCase().replace(/[^a-z0-9]/g, "");

// Says that the package is none whose client could be made: nothing can be asked of it.
class NoClientError extends Error {}

class Sdk {
  constructor(packageName) {
    this.require = createRequire(join(process.cwd(), "package.json"));
    this.package = packageName;
    // Not by `require`: a package need not export it.
    const about = join(process.cwd(), "node_modules", packageName, "package.json");
    this.version = JSON.parse(readFileSync(about, "utf8")).version;
    const exported = this.imported();
    this.clientClass = exported.default ?? exported;
    if (typeof this.clientClass !== "function") throw new NoClientError("it exports no class of a client");
    this.errors = [...Object.values(exported), ...Object.values(this.clientClass)].filter(isErrorClass);
    this.clients = new Map();
  }

  imported() {
    try {
      return this.require(this.package);
    } catch (error) {
      throw new NoClientError(`it cannot be imported (${toldShortly(error)})`);
    }
  }

  // Gives a client; one that was made for the same settings and environment is used again.
  client(wanted, environment) {
    const key = JSON.stringify([wanted, environment]);
    if (!this.clients.has(key)) this.clients.set(key, new this.clientClass(this.settings(wanted)));
    return this.clients.get(key);
  }

  settings(wanted) {
    const settings = {};
    for (const [name, value] of Object.entries(wanted.credentials ?? {})) settings[camel(name)] = value;
    for (const [ours, [theirs, factor]] of Object.entries(UNITS)) {
      if (ours in wanted) settings[theirs] = factor === 1 ? wanted[ours] : wanted[ours] * factor;
    }
    return settings;
  }

  // Gives a client to look at: an object with methods, or with objects that have some.
  probed(wanted) {
    let client;
    try {
      client = this.client(wanted, {});
    } catch (error) {
      throw new NoClientError(`its client cannot be made (${toldShortly(error)})`);
    }
    const isClient = methodsOf(client).length || Object.values(client).some((one) => one && typeof one === "object");
    if (!isClient) throw new NoClientError("what it exports makes nothing that has methods");
    return client;
  }

  // Names the methods that may be the operation's, likeliest first.
  methods(operation) {
    // Without credentials no client may be made; none of these ever leaves.
    const credentials = Object.fromEntries(operation.credentials.map((name) => [name, "none"]));
    const client = this.probed({ credentials, base_url: NOWHERE });
    const segments = operation.path.split("/").filter((part) => part && !part.startsWith("{"));
    const words = operation.id.split(/[^A-Za-z0-9]+/).map(plain);
    const found = [...resources(client, segments, [])].sort((one, other) => other[0].length - one[0].length);
    const names = found.flatMap(([trail, resource]) =>
      methodsOf(resource)
        .sort((one, other) => words.includes(plain(other)) - words.includes(plain(one)))
        .map((name) => [...trail, name].join(".")),
    );
    return [...new Set(names)];
  }
}

// Writes an error on one line.
const toldShortly = (error) => clipped(String(error).replace(/\s+/g, " "));

// Gives the beginning of a text, cut between words.
function clipped(text) {
  if (text.length <= MAX_TEXT) return text;
  return `${text.slice(0, MAX_TEXT).replace(/(\S)\s+\S*$/, "$1")} …`;
}

const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

const isErrorClass = (value) => typeof value === "function" && value.prototype instanceof Error;

// Yields the resources below one whose names follow the segments of the path, some left out.
function* resources(resource, segments, trail) {
  yield [trail, resource];
  for (const [index, segment] of segments.entries()) {
    for (const [name, child] of Object.entries(resource)) {
      const isResource = child !== null && typeof child === "object" && plain(name) === plain(segment);
      if (isResource) yield* resources(child, segments.slice(index + 1), [...trail, name]);
    }
  }
}

// Names the methods of a resource; those of classes above the last two are of no operation.
function methodsOf(resource) {
  const names = [];
  let level = Object.getPrototypeOf(resource);
  while (level && Object.getPrototypeOf(level) !== Object.prototype && level !== Object.prototype) {
    names.push(...Object.getOwnPropertyNames(level).filter((name) => name !== "constructor"));
    level = Object.getPrototypeOf(level);
  }
  return names.filter((name) => !name.startsWith("_") && typeof resource[name] === "function");
}

function methodOf(client, dotted) {
  const names = dotted.split(".");
  const resource = names.slice(0, -1).reduce((found, name) => found[name], client);
  return resource[names.at(-1)].bind(resource);
}

// Sets environment variables until the function has ended.
async function withEnvironment(variables, work) {
  const before = { ...process.env };
  Object.assign(process.env, variables);
  try {
    return await work();
  } finally {
    for (const name of Object.keys(variables)) {
      if (name in before) process.env[name] = before[name];
      else delete process.env[name];
    }
  }
}

class Driver {
  constructor(sdk) {
    this.sdk = sdk;
  }

  async hello(request) {
    try {
      const methods = this.sdk.methods(request.operation);
      const sdk = { package: this.sdk.package, version: this.sdk.version };
      return { ...ABOUT, sdk, modes: ["default"], clients: ["async"], methods };
    } catch (error) {
      if (error instanceof NoClientError) return new Clientless(error.message).hello();
      throw error;
    }
  }

  // Calls the method once, and tells what it returned or raised.
  async call(request) {
    const answer = {};
    const environment = request.environment ?? {};
    try {
      await withEnvironment(environment, async () => {
        const client = this.sdk.client(request.client, environment);
        const absent = Object.fromEntries((request.absent ?? []).map((name) => [name, undefined]));
        const returned = methodOf(client, request.method)({ ...request.arguments, ...absent });
        if (request.walk) {
          answer.identities = [];
          await walk(returned, request.walk, answer.identities);
        } else {
          answer.returned = tellMembers(await returned, request.members);
        }
      });
    } catch (error) {
      answer.raised = tellError(error, this.sdk.errors, request.members ?? []);
    }
    return answer;
  }

  async describe(request) {
    const here = dirname(fileURLToPath(import.meta.url));
    const { describe } = await import(pathToFileURL(join(here, "describe.mjs")));
    return describe(this.sdk, request);
  }
}

const ABOUT = { version: VERSION, language: "node", runtime: `Node.js ${process.versions.node}` };

// Answers for a package that has no client.
class Clientless {
  constructor(reason) {
    this.reason = reason;
  }

  async hello() {
    return { ...ABOUT, no_client: this.reason };
  }
}

// Reads a list to its end, or as far as the gate wants, and notes what identifies each item.
async function walk(returned, wanted, identities) {
  for await (const item of returned) {
    identities.push(wanted.identity.reduce((value, name) => value[name], item));
    if (identities.length >= wanted.limit) return;
  }
}

// Tells an answer: the members of these names, or all where it is no object.
function tellMembers(value, names) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return tell(value);
  const members = names.filter((name) => value[name] !== undefined).map((name) => [name, tell(value[name])]);
  return { object: Object.fromEntries(members), class: value.constructor?.name ?? "" };
}

// Tells a value and its type in the words of the protocol.
function tell(value) {
  if (value === null || value === undefined) return { null: true };
  if (typeof value === "boolean") return { boolean: value };
  if (typeof value === "bigint" || Number.isInteger(value)) return { integer: BigInt(value).toString() };
  if (typeof value === "number") return { number: String(value) };
  if (typeof value === "string") return { string: value };
  if (value instanceof Date) return toldDate(value);
  if (Array.isArray(value)) return { array: value.map(tell) };
  if (typeof value !== "object") return { other: clipped(String(value)), class: typeof value };
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const name = value.constructor === Object ? "" : (value.constructor?.name ?? "");
  return { object: Object.fromEntries(members.map(([key, member]) => [key, tell(member)])), class: name };
}

// Tells a date; an invalid one, or one of a year with more than four digits, has no text of the protocol.
function toldDate(value) {
  const text = Number.isNaN(value.getTime()) ? String(value) : value.toISOString();
  return /^\d{4}-/.test(text) ? { "date-time": text } : { other: text, class: "Date" };
}

// Tells an error: its class and those above it, whether it is the SDK's own, its status, and which members of an
// answer of these names it shows.
function tellError(error, own, names) {
  const classes = [];
  const shown = names.filter((name) => !["undefined", "function"].includes(typeof error?.[name]));
  for (let level = error; level && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    if (Object.hasOwn(level, "constructor")) classes.push(level.constructor.name);
  }
  return {
    class: error?.constructor?.name ?? typeof error,
    classes,
    is_own: own.some((one) => error instanceof one),
    status: Number.isInteger(error?.status) ? error.status : null,
    message: clipped(String(error?.message ?? error)),
    problems: [],
    ...(shown.length ? { members: Object.fromEntries(shown.map((name) => [name, tell(error[name])])) } : {}),
  };
}

// What the SDK prints goes to standard error.
for (const name of ["log", "info", "debug"]) console[name] = (...said) => console.error(...said);

const { values } = parseArgs({ options: { package: { type: "string" } } });
const driver = made(values.package);
const lines = createInterface({ input: process.stdin });
// A call that still lasts when the gate is gone is ended soon after.
lines.once("close", () => setTimeout(() => process.exit(1), GRACE_MS).unref());
for await (const line of lines) {
  const request = JSON.parse(line);
  const answer = await driver[request.do](request);
  process.stdout.write(`${JSON.stringify({ id: request.id, ...answer })}\n`);
}

function made(packageName) {
  try {
    return new Driver(new Sdk(packageName));
  } catch (error) {
    if (error instanceof NoClientError) return new Clientless(error.message);
    throw error;
  }
}
