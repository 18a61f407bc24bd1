/**
 * Measures this package beside what it can be compared with, on one machine in one run.
 *
 *     npm run bench
 *     npm run bench -- --part latency --quick
 *     npm run bench -- --part throughput --contender ceiling --contender sqlite --rounds 5
 *
 * Writes what it measured into bench/results.md, each part in a section of its own. Ends with code 1 where something of ours
 * could not be measured at all.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chooseContenders } from "./choose-contenders.js";
import { describeMachine } from "./machine.js";
import type { Part, PartOrder, PartResult, Verdict } from "./part.js";
import { parts } from "./parts/index.js";
import { writeSection } from "./results-file.js";
import { has, startServers } from "./servers.js";
import { markdownTable, plainTable } from "./table.js";

const { values } = parseArgs({
  options: {
    part: { type: "string", multiple: true, default: Object.keys(parts) },
    contender: { type: "string", multiple: true, default: [] },
    store: { type: "string", multiple: true, default: [] },
    rounds: { type: "string", default: "3" },
    quick: { type: "boolean", default: false },
    output: { type: "string", default: fileURLToPath(new URL("results.md", import.meta.url)) },
  },
});

const chosen = chooseContenders(values.contender, values.store);
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error("--rounds is a whole number from 1.");
const servers = await startServers(new Set([...chosen.values()].flatMap(({ needs }) => needs ?? [])));
try {
  const machine = await describeMachine(servers);
  const verdicts: Verdict[] = [];
  for (const name of values.part) verdicts.push(...(await runPart(name, machine)));
  console.log(`\n${verdicts.map(verdictLine).join("\n")}`);
  if (verdicts.some(({ holds }) => holds === null)) process.exitCode = 1;
} finally {
  await servers.stop();
}

async function runPart(name: string, machine: string): Promise<readonly Verdict[]> {
  const part = parts[name];
  if (part === undefined) throw new Error(`--part is one of ${Object.keys(parts).join(", ")}, not ${name}.`);
  const takingPart = [...chosen].filter(([, entry]) => part.takesPart(entry));
  const absent = takingPart.filter(([, { needs }]) => needs !== null && !has(servers, needs));
  const order: PartOrder = {
    servers,
    contenders: takingPart.filter((entry) => !absent.includes(entry)).map(([contender]) => contender),
    scale: values.quick ? "quick" : "full",
    rounds,
    say: (line) => {
      console.log(`  ${line}`);
    },
  };
  const about = [
    part.describe(order),
    ...absent.map(([contender, { needs }]) => `${contender} is missing: there is no ${needs ?? "server"} here.`),
  ].join(" ");
  console.log(`\n${part.title}. ${about}\n`);
  const result = await part.run(order);
  console.log(`\n${plainTable(result.columns, result.rows)}`);
  await writeSection(values.output, name, sectionOf(part, about, result, machine));
  return result.verdicts;
}

function sectionOf(part: Part, about: string, result: PartResult, machine: string): string {
  const given = process.argv.slice(2);
  const command = ["npm run bench", ...(given.length > 0 ? ["--", ...given] : [])].join(" ");
  const day = new Date().toISOString().slice(0, 10);
  return [
    `## ${part.title}`,
    `\`${command}\`, ${day}. ${about}`,
    machine,
    markdownTable(result.columns, result.rows),
    ...(result.verdicts.length === 0 ? [] : [result.verdicts.map((verdict) => `- ${verdictLine(verdict)}`).join("\n")]),
  ].join("\n\n");
}

function verdictLine({ holds, says }: Verdict): string {
  return `${holds === true ? "✓" : "✗"} ${says}`;
}
