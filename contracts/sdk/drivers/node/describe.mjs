// Tells what an npm SDK declares of an operation: its part of the driver, for `describe`.
//
// Which method is the operation's, and which members of its argument are parameters of it, is seen by what
// crosses the wire: it calls them against a server of its own. What types say is read from the declarations
// (.d.ts) by the TypeScript compiler, which stands beside the SDK.

import { createServer } from "node:http";
import { join } from "node:path";

// Types of TypeScript tell neither integers from other numbers nor date-times from other text.
const EXPRESSES = [];
const REFUSAL = '{"success": false, "errors": [], "messages": [], "result": null}';
const TEXT = "probe4711";
const NUMBER = 4711;
// What is only mentioned as deprecated is something else.
const DEPRECATED = /^\W*(deprecated|nonfunctional)\b|\bis (now )?(deprecated|nonfunctional)\b|\bend of life\b/im;

// Says that the package declares nothing.
class NothingDeclaredError extends Error {}

// Tells the call of the operation, its parameters and the type of its answer; an empty call is none.
export async function describe(sdk, request) {
  const server = await listening();
  try {
    const client = sdk.client({ credentials: request.credentials, base_url: server.url }, {});
    for (const name of sdk.methods(request.operation)) {
      const probe = new Probe(client, name, request, server.heard);
      if (!(await probe.sends())) continue;
      const declarations = new Declarations(sdk);
      const signature = declarations.signature(name.split("."), Object.keys(request.path_parameters));
      if (!signature) continue;
      return {
        call: `client.${name}`,
        expresses: EXPRESSES,
        parameters: await probe.parameters(declarations, signature),
        answer: declarations.tell(declarations.returned(signature)),
      };
    }
  } catch (error) {
    if (error instanceof NothingDeclaredError) return { not_described: error.message };
    throw error;
  } finally {
    server.close();
  }
  return { call: "", expresses: EXPRESSES, parameters: [], answer: { kind: "any" } };
}

// Starts a server on this machine that refuses everything; `heard` is the list of what it hears.
async function listening() {
  const heard = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url, "http://localhost");
    heard.push([request.method, url.pathname, Object.fromEntries(url.searchParams)]);
    request.resume();
    response.writeHead(404, { "Content-Type": "application/json" }).end(REFUSAL);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, heard, close };
}

// Calls one method and sees what that sends.
class Probe {
  constructor(client, name, request, heard) {
    const names = name.split(".");
    this.resource = names.slice(0, -1).reduce((found, part) => found[part], client);
    this.method = names.at(-1);
    this.verb = request.operation.method;
    this.segments = request.operation.path.split("/").filter(Boolean);
    this.given = request.path_parameters;
    this.heard = heard;
  }

  // Says whether the method sends the operation.
  async sends() {
    const found = await this.send(this.given);
    return found !== null && Object.entries(this.given).every(([name, value]) => found.path[name] === value);
  }

  // Gives the values in the path and in the query of the request that a call sends, null for another.
  async send(values) {
    this.heard.length = 0;
    try {
      await this.resource[this.method](values);
    } catch {
      // The server refuses; what was sent is all that counts.
    }
    if (this.heard.length !== 1 || this.heard[0][0] !== this.verb) return null;
    const sent = this.heard[0][1].split("/").filter(Boolean).slice(-this.segments.length);
    if (sent.length !== this.segments.length) return null;
    const path = {};
    for (const [index, wanted] of this.segments.entries()) {
      if (wanted.startsWith("{")) path[wanted.slice(1, -1)] = decodeURIComponent(sent[index]);
      else if (wanted !== sent[index]) return null;
    }
    return { path, query: this.heard[0][2] };
  }

  // Gives the members that put something into the path or the query; others are the SDK's own.
  async parameters(declarations, signature) {
    const usual = await this.send(this.given);
    const found = [];
    for (const { name: argument, type, required, deprecated } of declarations.argument(signature)) {
      for (const [place, name] of await this.filled(argument, type, usual)) {
        found.push({ in: place, name, argument, type, required, absent: false, deprecated });
      }
    }
    return found;
  }

  // Names the places that change with a member: of two values, one at least is not the default.
  async filled(argument, type, usual) {
    for (const value of samples(type)) {
      const sent = (await this.send({ ...this.given, [argument]: value })) ?? usual;
      const filled = ["path", "query"].flatMap((place) =>
        Object.keys(sent[place])
          .filter((name) => sent[place][name] !== usual[place][name])
          .map((name) => [place, name]),
      );
      if (filled.length) return filled;
    }
    return [];
  }
}

// Gives values of a type that are easily told from others, two where a type has but a few.
function samples(type) {
  if (type.kind === "union") return type.of.flatMap(samples).slice(0, 2);
  if (type.kind === "literal") return type.values;
  if (type.kind === "number") return [NUMBER];
  if (type.kind === "date-time") return [new Date(Date.UTC(2001, 1, 3, 4, 5, 6))];
  return type.kind === "boolean" ? [true, false] : [TEXT];
}

// The declarations of an SDK, as the compiler reads them.
class Declarations {
  constructor(sdk) {
    this.ts = sdk.require("typescript");
    const { ModuleKind, ModuleResolutionKind, ScriptTarget } = this.ts;
    const options = {
      module: ModuleKind.Node16,
      moduleResolution: ModuleResolutionKind.Node16,
      target: ScriptTarget.ES2022,
      // Without it neither null nor undefined would be seen in a type.
      strict: true,
      skipLibCheck: true,
      types: [],
    };
    const from = join(process.cwd(), "gate.cts");
    const found = this.ts.resolveModuleName(
      sdk.package, from, options, this.ts.sys, undefined, undefined, ModuleKind.CommonJS,
    ).resolvedModule;
    // A module without declarations is found as the JavaScript that it is.
    if (!found || !/\.d\.[cm]?ts$/.test(found.resolvedFileName)) {
      throw new NothingDeclaredError(`${sdk.package} has no declarations`);
    }
    const file = found.resolvedFileName;
    const program = this.ts.createProgram([file], options);
    this.checker = program.getTypeChecker();
    this.client = this.clientType(program.getSourceFile(file));
    this.above = [];
  }

  // Gives the type of an instance of the class that the package exports first of all.
  clientType(file) {
    const module = this.checker.getSymbolAtLocation(file);
    const exported = this.checker.getExportsOfModule(module);
    let symbol = exported.find((one) => one.name === "default") ?? this.checker.resolveExternalModuleSymbol(module);
    if (symbol.flags & this.ts.SymbolFlags.Alias) symbol = this.checker.getAliasedSymbol(symbol);
    return this.checker.getDeclaredTypeOfSymbol(symbol);
  }

  // Gives the signature of a method, by its names from the client on: the one that takes these members.
  signature(names, members) {
    let type = this.client;
    for (const name of names) {
      const symbol = this.checker.getPropertyOfType(type, name);
      if (!symbol) return null;
      type = this.checker.getTypeOfSymbol(symbol);
    }
    const takes = (signature) => {
      const found = this.argument(signature).map((member) => member.name);
      return members.every((name) => found.includes(name));
    };
    return type.getCallSignatures().find(takes) ?? type.getCallSignatures()[0];
  }

  // Gives the members of the object that a signature takes first.
  argument(signature) {
    const first = signature.getParameters()[0];
    if (!first) return [];
    const type = this.checker.getNonNullableType(this.checker.getTypeOfSymbol(first));
    return Object.entries(this.members(type)).map(([name, member]) => ({ name, ...member }));
  }

  // Gives the type of what whoever calls and waits gets.
  returned(signature) {
    const type = this.checker.getReturnTypeOfSignature(signature);
    return this.checker.getAwaitedType(type) ?? type;
  }

  // Tells a type, and what is below it, in the words of the protocol; one that contains itself is told once.
  tell(type) {
    const whole = this.checker.typeToString(type, undefined, this.ts.TypeFormatFlags.NoTruncation);
    const text = whole.replace(/ \| undefined$/, "");
    if (this.above.includes(type)) return { kind: "any", text };
    this.above.push(type);
    try {
      return { text, ...this.told(type) };
    } finally {
      this.above.pop();
    }
  }

  told(type) {
    const { TypeFlags } = this.ts;
    const is = (flags) => (type.flags & flags) !== 0;
    if (is(TypeFlags.Boolean)) return { kind: "boolean" };
    if (is(TypeFlags.BooleanLiteral)) return { kind: "literal", values: [type.intrinsicName === "true"] };
    if (type.isUnion()) return this.toldUnion(type);
    if (type.isStringLiteral() || type.isNumberLiteral()) return { kind: "literal", values: [type.value] };
    if (is(TypeFlags.StringLike)) return { kind: "string" };
    if (is(TypeFlags.NumberLike)) return { kind: "number" };
    if (is(TypeFlags.BigIntLike)) return { kind: "integer" };
    if (is(TypeFlags.Null)) return { kind: "null" };
    if (type.isIntersection() && !type.types.every((part) => part.flags & TypeFlags.Object)) {
      // `string & {}` is how a text with some known values is written.
      return this.tell(type.types.find((part) => !(part.flags & TypeFlags.Object)));
    }
    const constraint = type.isTypeParameter() ? this.checker.getBaseConstraintOfType(type) : undefined;
    if (constraint) return this.tell(constraint);
    return is(TypeFlags.Object | TypeFlags.Intersection) ? this.toldObject(type) : { kind: "any" };
  }

  toldUnion(type) {
    const { TypeFlags } = this.ts;
    const isTruth = (part) => part.flags & TypeFlags.BooleanLiteral;
    const parts = type.types.filter((part) => !(part.flags & (TypeFlags.Undefined | TypeFlags.Void)));
    const isWhole = parts.filter(isTruth).length === 2;
    const of = parts.filter((part) => !(isWhole && isTruth(part))).map((part) => this.tell(part));
    if (isWhole) of.push({ kind: "boolean", text: "boolean" });
    return of.length === 1 ? of[0] : { kind: "union", of };
  }

  toldObject(type) {
    if (this.checker.isArrayLikeType(type)) {
      const items = this.checker.getIndexTypeOfType(type, this.ts.IndexKind.Number);
      return { kind: "array", items: items ? this.tell(items) : { kind: "any" } };
    }
    if (type.symbol?.name === "Date") return { kind: "date-time" };
    return { kind: "object", members: this.members(type) };
  }

  // Gives the members of an object that are public and hold a value, by name.
  members(type) {
    const { ModifierFlags, SymbolFlags } = this.ts;
    const members = {};
    for (const symbol of this.checker.getPropertiesOfType(type)) {
      const declaration = symbol.valueDeclaration ?? symbol.declarations?.[0];
      const flags = declaration ? this.ts.getCombinedModifierFlags(declaration) : 0;
      const isHidden =
        flags & (ModifierFlags.Private | ModifierFlags.Protected) ||
        (declaration?.name && !this.ts.isIdentifier(declaration.name) && !this.ts.isStringLiteral(declaration.name));
      const of = this.checker.getTypeOfSymbol(symbol);
      if (isHidden || symbol.flags & SymbolFlags.Method || of.getCallSignatures().length) continue;
      members[symbol.name] = {
        type: this.tell(of),
        required: !(symbol.flags & SymbolFlags.Optional),
        absent: false,
        deprecated: this.isDeprecated(symbol),
      };
    }
    return members;
  }

  // Says whether the documentation of a member calls it deprecated.
  isDeprecated(symbol) {
    const text = this.ts.displayPartsToString(symbol.getDocumentationComment(this.checker));
    const tags = symbol.getJsDocTags(this.checker).map((tag) => tag.name);
    return tags.includes("deprecated") || DEPRECATED.test(text);
  }
}
