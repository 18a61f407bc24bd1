import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../../", import.meta.url));
const file = `${root}.tmp/many-event-types.ts`;

/** How each event type of a catalogue is written down: its schema alone, or with words and a sample. */
export type Form = "short" | "long";

/** A catalogue of this many event types, and both sides made with it. */
export function faces(types: number, form: Form = "short"): string {
  return `
    import { z } from "zod";
    import { memoryStore } from "@auraconnect/webhooks/memory";
    import { createReceiver } from "@auraconnect/webhooks/receiver";
    import { createSender, defineEvents } from "@auraconnect/webhooks/sender";
    export const events = defineEvents({ ${list(types, form === "short" ? shortDefinition : longDefinition)} });
    export const sender = createSender({ store: memoryStore(), events });
    export const receiver = createReceiver({ secret: "a secret that is long enough", events });
  `;
}

/** Publishes one event. */
export const onePublish = `await sender.publish("group_0.event_0", ${sampleOf(0)});`;

/** What looks at all events, and at the payload of one. */
export const wholeCatalog = `
  receiver.on("*", (event) => event.type === "group_0.event_0" && event.data.object.value_0.toFixed());
  const event = await receiver.verify({ header: {}, body: "" });
  if (event.type === "group_0.event_0") event.data.object.value_0.toFixed();
  const [result] = await sender.publishMany([
    { type: "group_0.event_0", object: ${sampleOf(0)}, accountId: "a" },
  ]);
  if (result?.event.type === "group_0.event_0") result.event.data.object.value_0.toFixed();
  await sender.webhooks.create({ url: "https://example.com", events: ["group_0.event_0", "group_0.*", "*"] });
`;

/** Publishes every third type, with options and without, and handles two of three and every group. */
export function everyDay(types: number): string {
  return list(types, (name, index) => {
    const given = index % 2 === 0 ? "" : `, { accountId: "a", id: "evt_${index}", attributes: { a: 1 } }`;
    const group = `receiver.on("${groupOf(index)}.*", (event) => event.data.object.id + event.type);`;
    const use =
      index % 3 === 0
        ? `await sender.publish("${name}", ${sampleOf(index)}${given});`
        : `receiver.on("${name}", (event, context) => [event.data.object.value_${index}.toFixed(), context.rawBody]);`;
    return index % 10 === 0 ? use + group : use;
  });
}

/** The same schemas without a catalogue, and every payload used as {@link everyDay} uses it: what zod itself costs. */
export function payloadsAlone(types: number): string {
  return `
    import { z } from "zod";
    const schemas = { ${list(types, (name, index) => `"${name}": ${schemaOf(index)},`)} };
    ${list(types, (name, index) =>
      index % 3 === 0
        ? `export const payload_${index}: z.input<(typeof schemas)["${name}"]> = ${sampleOf(index)};`
        : `export const handle_${index} = (payload: z.input<(typeof schemas)["${name}"]>) => payload.value_${index}.toFixed();`,
    )}
  `;
}

function list(types: number, write: (name: string, index: number) => string): string {
  return Array.from({ length: types }, (_, index) => write(`${groupOf(index)}.event_${index}`, index)).join("\n");
}

function shortDefinition(name: string, index: number): string {
  return `"${name}": ${schemaOf(index)},`;
}

function longDefinition(name: string, index: number): string {
  return `"${name}": { object: ${schemaOf(index)}, description: "It happened.", sample: ${sampleOf(index)} },`;
}

function groupOf(index: number): string {
  return `group_${Math.floor(index / 10)}`;
}

function schemaOf(index: number): string {
  return `z.object({ id: z.string(), value_${index}: z.number(), lines: z.array(z.object({ id: z.int(), note: z.string().optional() })) })`;
}

function sampleOf(index: number): string {
  return `{ id: "a", value_${index}: 1, lines: [{ id: 1 }] }`;
}

/** What checking one program gave. */
export interface Checked {
  readonly errors: readonly string[];
  /** Types that the compiler made of generic ones: the same on every machine, however busy. */
  readonly instantiations: number;
  /** By the clock or by the processor, whichever is less: other programs add to the one, collector threads to the other. */
  readonly durationMs: number;
}

/**
 * A type checker for such programs. Files but the program itself are read once, so that a measurement is of the program
 * and of what it makes the checker do.
 */
export function typeChecker(): (source: string) => Checked {
  const options = readOptions();
  const host = ts.createCompilerHost(options);
  const readFile = host.getSourceFile.bind(host);
  const files = new Map<string, ts.SourceFile | undefined>();
  let program = "";
  host.fileExists = (name) => name === file || existsSync(name);
  host.getSourceFile = (name, ...rest) => {
    if (name === file) return ts.createSourceFile(file, program, ts.ScriptTarget.ES2022, true);
    if (!files.has(name)) files.set(name, readFile(name, ...rest));
    return files.get(name);
  };
  return (source) => {
    program = source;
    const compiled = ts.createProgram([file], options, host);
    const [before, startedAt] = [process.cpuUsage(), performance.now()];
    const diagnostics = compiled.getSemanticDiagnostics(compiled.getSourceFile(file));
    const { user, system } = process.cpuUsage(before);
    return {
      errors: diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
      instantiations: compiled.getInstantiationCount(),
      durationMs: Math.min(performance.now() - startedAt, (user + system) / 1_000),
    };
  };
}

function readOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, (name) => ts.sys.readFile(name)) as { config: unknown };
  return ts.parseJsonConfigFileContent({ ...(config as object), files: [] }, ts.sys, root).options;
}
