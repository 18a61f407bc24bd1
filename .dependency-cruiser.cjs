/**
 * The rings, innermost first. A ring imports only itself and rings above it in this list.
 * docs/architecture.md says what lives in each.
 */
const RINGS = [
  "errors.ts",
  "error-table.ts",
  "protocol",
  "domain",
  "ports",
  "sender",
  "receiver",
  "management",
  "client",
  "adapters",
  "hosts",
  "testing",
  "doors",
];

/** Rings that are rooms beside each other rather than one above the other. */
const STRANGERS = [
  ["sender", "receiver"],
  ["adapters", "sender"],
  ["adapters", "receiver"],
  ["adapters", "hosts"],
];

const at = (ring) => (ring.endsWith(".ts") ? `^src/${ring.replace(".", "\\.")}$` : `^src/${ring}/`);

const inward = RINGS.slice(0, -1).map((ring, index) => ({
  name: `${ring}-imports-inward`,
  severity: "error",
  comment: `src/${ring} imports only rings above it in the list of docs/architecture.md`,
  from: { path: at(ring) },
  to: {
    path: RINGS.slice(index + 1)
      .map(at)
      .join("|"),
  },
}));

const strangers = STRANGERS.flatMap(([a, b]) => [
  { name: `${a}-not-${b}`, severity: "error", from: { path: at(a) }, to: { path: at(b) } },
  { name: `${b}-not-${a}`, severity: "error", from: { path: at(b) }, to: { path: at(a) } },
]);

module.exports = {
  forbidden: [
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    ...inward,
    ...strangers,
    {
      name: "adapters-are-strangers",
      severity: "error",
      comment: "an adapter knows the ports and no other adapter",
      from: { path: "^src/adapters/([^/]+)/" },
      to: { path: "^src/adapters/", pathNot: "^src/adapters/$1/" },
    },
    {
      name: "domain-is-pure",
      severity: "error",
      comment: "no I/O, clock or random in the rules",
      from: { path: "^src/domain/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "signature-has-no-dependency",
      severity: "error",
      from: { path: "^src/protocol/(standard-)?signature\\.ts$" },
      to: { dependencyTypes: ["npm"] },
    },
    {
      name: "client-runs-anywhere",
      comment: "in browsers too: no module of Node's, and no schema library; types may come from anywhere",
      severity: "error",
      from: { path: "^src/(client/|management/routes\\.ts$|errors\\.ts$)" },
      to: { dependencyTypes: ["core", "npm"], dependencyTypesNot: ["type-only"], pathNot: "node_modules/p-retry/" },
    },
    {
      name: "client-knows-routes-only",
      severity: "error",
      comment: "it goes into browsers; what words a refusal is small and needs nothing",
      from: { path: "^src/client/" },
      to: {
        path: "^src/",
        pathNot: "^src/(client/|management/routes\\.ts$|errors\\.ts$|domain/(quote|nearest)\\.ts$)",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "frameworks-and-drivers-stay-outside",
      severity: "error",
      comment: "only an adapter knows a driver",
      from: { path: "^src/(protocol|domain|ports|sender|receiver|management|hosts)/" },
      to: {
        path: "node_modules/(undici|better-sqlite3|ioredis|pg|redis|express|fastify)/",
        dependencyTypesNot: ["type-only"],
      },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { extensions: [".ts", ".js"], conditionNames: ["import", "require", "node", "default"] },
  },
};
