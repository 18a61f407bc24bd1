/**
 * Makes a site of the guide, in `.tmp/site`: a page of HTML for each page of markdown, in the order of docs/README.md. It
 * can be opened from the disk, or served by anything that serves files. Run it with `npm run docs`.
 */
import { createRequire } from "node:module";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Marked, type Tokens } from "marked";
import { headingAnchor } from "./heading-anchor.js";

// Not imported: its declarations would bring a browser's globals into every file of the repository.
const hljs = createRequire(import.meta.url)("highlight.js/lib/common") as {
  getLanguage(name: string): unknown;
  highlight(text: string, options: { readonly language: string }): { readonly value: string };
};

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, ".tmp", "site");
const GUIDE = "docs/README.md";

/** Files of markdown that the guide and the README lead to, and the page that each becomes. */
type Pages = ReadonlyMap<string, string>;

interface Entry {
  readonly label: string;
  readonly file: string;
}

interface Section {
  readonly title: string;
  readonly entries: readonly Entry[];
}

const STYLE = `
:root { color-scheme: light dark; --text: #1f2328; --faint: #59636e; --line: #d1d9e0; --ground: #ffffff; --code: #f6f8fa; --link: #0969da;
  --word: #cf222e; --string: #0a3069; --name: #6639ba; --number: #0550ae; }
@media (prefers-color-scheme: dark) {
  :root { --text: #f0f6fc; --faint: #9198a1; --line: #3d444d; --ground: #0d1117; --code: #151b23; --link: #4493f8;
    --word: #ff7b72; --string: #a5d6ff; --name: #d2a8ff; --number: #79c0ff; }
}
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.6 system-ui, sans-serif; color: var(--text); background: var(--ground); }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
.page { display: flex; max-width: 80rem; margin: 0 auto; }
nav { flex: 0 0 15rem; padding: 1.5rem 1rem; font-size: 14px; }
nav ul { list-style: none; margin: 0 0 1rem; padding: 0; }
nav strong { color: var(--faint); }
nav [aria-current] { color: var(--text); font-weight: 600; }
main { flex: 1; min-width: 0; padding: 1.5rem; }
pre, table { overflow-x: auto; }
pre { padding: 1rem; border-radius: 6px; background: var(--code); font-size: 14px; line-height: 1.45; }
code { font-family: ui-monospace, SFMono-Regular, Menlo, monospace; font-size: 0.875em; }
pre code { font-size: inherit; }
:not(pre) > code { padding: 0.15em 0.3em; border-radius: 4px; background: var(--code); }
table { display: block; border-collapse: collapse; font-size: 15px; }
th, td { padding: 0.35rem 0.7rem; border: 1px solid var(--line); text-align: left; vertical-align: top; }
img { max-width: 100%; }
footer { display: flex; justify-content: space-between; margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); }
.hljs-comment { color: var(--faint); }
.hljs-keyword, .hljs-operator { color: var(--word); }
.hljs-string, .hljs-regexp, .hljs-attr { color: var(--string); }
.hljs-title, .hljs-built_in, .hljs-variable { color: var(--name); }
.hljs-number, .hljs-literal { color: var(--number); }
@media (max-width: 50rem) { .page { display: block; } }
`;

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

/** The lists of the guide, by its headings. */
function sectionsOf(guide: string): readonly Section[] {
  return guide
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const links = [...section.matchAll(/^- \[(.+?)\]\((.+?\.md)\)/gm)];
      const entries = links.map(([, label = "", link = ""]) => ({ label, file: join(dirname(GUIDE), link) }));
      return { title: section.split("\n")[0] ?? "", entries };
    })
    .filter(({ entries }) => entries.length > 0);
}

/** `docs/sending.md` becomes `sending.html`, and the README of the repository the first page. */
function pageOf(file: string): string {
  if (file === "README.md") return "index.html";
  if (file === GUIDE) return "guide.html";
  const name = basename(file, ".md").toLowerCase();
  return file.startsWith("bench/") ? `bench-${name}.html` : `${name}.html`;
}

/** Where a link of a file leads on the site. */
function target(link: string, file: string, pages: Pages): string {
  if (/^[a-z]+:|^#/.test(link)) return link;
  const [path = "", anchor] = link.split("#");
  const linked = join(dirname(file), path);
  if (linked.startsWith("docs/images/")) return relative("docs", linked);
  const page = pages.get(linked);
  if (page === undefined) throw new Error(`${file} leads to ${linked}, which is no page of the site.`);
  return anchor === undefined ? page : `${page}#${anchor}`;
}

function htmlOf(file: string, pages: Pages): string {
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }: Tokens.Heading) {
        return `<h${depth} id="${headingAnchor(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      code({ text, lang = "" }: Tokens.Code) {
        const [language = ""] = lang.split(" ");
        const code = hljs.getLanguage(language) ? hljs.highlight(text, { language }).value : escaped(text);
        return `<pre><code>${code}</code></pre>\n`;
      },
      html({ text }: Tokens.HTML | Tokens.Tag) {
        return text.startsWith("<!--")
          ? ""
          : text.replaceAll(/(?<=(?:src|srcset)=")[^"]+/g, (link) => target(link, file, pages));
      },
    },
    walkTokens(token) {
      if (token.type !== "link") return;
      const link = token as Tokens.Link;
      link.href = target(link.href, file, pages);
    },
  });
  return marked.parse(read(file), { async: false });
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function navigation(sections: readonly Section[], file: string): string {
  const link = ({ label, file: linked }: Entry): string =>
    `<li><a href="${pageOf(linked)}"${linked === file ? ' aria-current="page"' : ""}>${escaped(label)}</a></li>`;
  const top = link({ label: "@auraconnect/webhooks", file: "README.md" });
  const lists = sections.map(({ title, entries }) => {
    return `<strong>${escaped(title)}</strong><ul>${entries.map(link).join("")}</ul>`;
  });
  return `<nav><ul>${top}</ul>${lists.join("")}</nav>`;
}

/** The pages before and after, in the order of the guide. */
function neighbours(entries: readonly Entry[], file: string): string {
  const index = entries.findIndex((entry) => entry.file === file);
  if (index === -1) return "";
  const link = (entry: Entry | undefined, words: (label: string) => string): string =>
    entry === undefined ? "<span></span>" : `<a href="${pageOf(entry.file)}">${words(escaped(entry.label))}</a>`;
  const before = link(entries[index - 1], (label) => `← ${label}`);
  return `<footer>${before}${link(entries[index + 1], (label) => `${label} →`)}</footer>`;
}

function documentOf(file: string, sections: readonly Section[], pages: Pages): string {
  const title = /^# (.+)$/m.exec(read(file))?.[1] ?? file;
  const entries = sections.flatMap((section) => section.entries);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<div class="page">
${navigation(sections, file)}
<main>
${htmlOf(file, pages)}${neighbours(entries, file)}
</main>
</div>
</body>
</html>
`;
}

const sections = sectionsOf(read(GUIDE));
const files = [
  "README.md",
  GUIDE,
  "CHANGELOG.md",
  ...new Set(sections.flatMap(({ entries }) => entries.map(({ file }) => file))),
];
const pages: Pages = new Map(files.map((file) => [file, pageOf(file)]));

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
cpSync(join(root, "docs", "images"), join(folder, "images"), { recursive: true });
for (const [file, page] of pages) writeFileSync(join(folder, page), documentOf(file, sections, pages));
console.log(`✓ ${pages.size} pages: open ${relative(root, join(folder, "index.html"))}`);
