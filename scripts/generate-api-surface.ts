import { readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import ts from "typescript";
import type { Generated } from "./generated-files.js";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Where the declarations of the source go, folder by folder as there. */
const emitted = join(root, ".tmp", "api");

const INTRODUCTION = `// Made by \`npm run generate\`: the public face of this package. Whatever changes here, users can see.
//
// First what each door exports; then the declaration of each of those, once, and of what they are made of, by the file it
// is in. Comments and private members are left out. Nothing reads this file but reviewers.
`;

const printer = ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed });

/** `api/surface.d.ts`: what each door exports, and how it is declared. */
export async function generateApiSurface(): Promise<Generated> {
  const doors = doorNames();
  emitDeclarations(doors);
  const program = ts.createProgram(
    doors.map((door) => join(emitted, "doors", `${door}.d.ts`)),
    compilerOptions(),
  );
  const surface = new Surface(program.getTypeChecker());
  const lists = doors.map((door) => {
    const names = surface.addDoor(program.getSourceFile(join(emitted, "doors", `${door}.d.ts`))!);
    const entry = door === "index" ? "@auraconnect/webhooks" : `@auraconnect/webhooks/${door}`;
    return [`// ${entry}`, ...names.map((name) => `//   ${name}`), ""].join("\n");
  });
  const text = [INTRODUCTION, ...lists, surface.print()].join("\n");
  return {
    ownedFolder: "api",
    files: new Map([["api/surface.d.ts", await format(text, { parser: "typescript", printWidth: 120 })]]),
  };
}

function doorNames(): readonly string[] {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly exports: object };
  return Object.keys(exports)
    .filter((entry) => !entry.includes(".json"))
    .map((entry) => (entry === "." ? "index" : entry.slice(2)));
}

function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile.bind(ts.sys)) as {
    readonly config: { readonly compilerOptions: object };
  };
  return ts.convertCompilerOptionsFromJson({ ...config.compilerOptions, paths: {} }, root).options;
}

function emitDeclarations(doors: readonly string[]): void {
  rmSync(emitted, { recursive: true, force: true });
  const options: ts.CompilerOptions = {
    ...compilerOptions(),
    ...{ noEmit: false, declaration: true, emitDeclarationOnly: true },
    ...{ rootDir: join(root, "src"), outDir: emitted },
  };
  const program = ts.createProgram(
    doors.map((door) => join(root, "src", "doors", `${door}.ts`)),
    options,
  );
  const { emitSkipped, diagnostics } = program.emit();
  if (emitSkipped || diagnostics.length > 0) {
    const messages = diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
    throw new Error(`The declarations cannot be made; see \`npm run check:types\`.\n${messages.join("\n")}`);
  }
}

/** Declarations that can be reached from the doors. */
class Surface {
  /** By file, and there by name; a name may have several, such as overloads. */
  readonly #files = new Map<string, Map<string, Set<ts.Statement>>>();

  constructor(private readonly checker: ts.TypeChecker) {}

  /** Adds what a door exports, with all that it is made of. Answers the names, those that are only types marked so. */
  addDoor(door: ts.SourceFile): readonly string[] {
    const module = this.checker.getSymbolAtLocation(door);
    if (module === undefined) throw new Error(`${door.fileName} exports nothing.`);
    return this.checker
      .getExportsOfModule(module)
      .map((exported) => {
        const symbol = this.#resolved(exported);
        this.#add(symbol);
        return (symbol.flags & ts.SymbolFlags.Value) === 0 ? `type ${exported.name}` : exported.name;
      })
      .sort(byBareName);
  }

  print(): string {
    const files = [...this.#files].sort(([one], [other]) => (one < other ? -1 : 1));
    return files
      .map(([file, names]) => {
        const declarations = [...names].sort(([one], [other]) => (one < other ? -1 : 1));
        const texts = declarations.flatMap(([, statements]) => [...statements].map(printed));
        return [`// src/${file.replace(/\.d\.ts$/, ".ts")}\n`, ...texts, ""].join("\n");
      })
      .join("\n");
  }

  #resolved(symbol: ts.Symbol): ts.Symbol {
    return (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : this.checker.getAliasedSymbol(symbol);
  }

  #add(symbol: ts.Symbol): void {
    for (const declaration of symbol.declarations ?? []) {
      const statement = statementOf(declaration);
      if (statement === undefined) continue;
      const file = relative(emitted, statement.getSourceFile().fileName);
      if (file.startsWith("..")) continue;
      const names = this.#files.get(file) ?? new Map<string, Set<ts.Statement>>();
      const statements = names.get(symbol.name) ?? new Set();
      if (statements.has(statement)) continue;
      this.#files.set(file, names.set(symbol.name, statements.add(statement)));
      this.#addNamesIn(statement);
    }
  }

  #addNamesIn(node: ts.Node): void {
    if (ts.isIdentifier(node)) {
      const symbol = this.checker.getSymbolAtLocation(node);
      if (symbol !== undefined) this.#add(this.#resolved(symbol));
    }
    ts.forEachChild(node, (child) => {
      if (!isPrivate(child)) this.#addNamesIn(child);
    });
  }
}

/** The statement of a file that a declaration is; undefined for what is inside of another, such as a property. */
function statementOf(declaration: ts.Declaration): ts.Statement | undefined {
  const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  return !ts.isSourceFile(node) && ts.isSourceFile(node.parent) && ts.isStatement(node) ? node : undefined;
}

function isPrivate(node: ts.Node): boolean {
  return (
    ts.canHaveModifiers(node) && (ts.getCombinedModifierFlags(node as ts.Declaration) & ts.ModifierFlags.Private) > 0
  );
}

function printed(statement: ts.Statement): string {
  const visible = ts.isClassDeclaration(statement) ? withoutPrivate(statement) : statement;
  return printer.printNode(ts.EmitHint.Unspecified, visible, statement.getSourceFile());
}

function withoutPrivate(node: ts.ClassDeclaration): ts.ClassDeclaration {
  const members = node.members.filter((member) => !isPrivate(member));
  const { modifiers, name, typeParameters, heritageClauses } = node;
  return ts.factory.updateClassDeclaration(node, modifiers, name, typeParameters, heritageClauses, members);
}

function byBareName(one: string, other: string): number {
  return one.replace(/^type /, "") < other.replace(/^type /, "") ? -1 : 1;
}
