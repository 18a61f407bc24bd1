import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { runInNewContext } from "node:vm";
import { sign } from "@auraconnect/webhooks/signature";
import { describe, expect, test } from "vitest";
import { documentedText } from "../protocol/documented-example.js";
import { codeUnder, page } from "./page.js";

const text = page("webhooks.md");
const secret = "clé secrète 🔑";
const body = Buffer.from(documentedText("order.created.json").replace("ORD-2025-001", "Crème brûlée 🍮"));
const signature = sign(body, secret);
const digest = signature.slice("sha256=".length);

describe("the JavaScript verifier of the contract", () => {
  const verify = runInNewContext(`${codeUnder(text, "### JavaScript", "javascript")}\nverifyWebhookSignature`, {
    require: createRequire(import.meta.url),
    Buffer,
  }) as (payload: Uint8Array, signature: string, secret: string) => boolean;

  test("accepts what is signed, and nothing else", () => {
    expect(verify(body, signature, secret)).toBe(true);
    expect(verify(body, sign(body, "another secret"), secret)).toBe(false);
    expect(verify(Buffer.concat([body, Buffer.from(" ")]), signature, secret)).toBe(false);
  });

  test("throws, as the page says, where the header has another length", () => {
    expect(() => verify(body, digest, secret)).toThrow();
  });
});

const python = spawnSync("python3", ["--version"]).status === 0;
if (!python) console.warn("The Python verifier of docs/webhooks.md is not tried: there is no python3.");

describe.skipIf(!python)("the Python verifier of the contract", () => {
  const code = codeUnder(text, "### Python", "python");

  /** Runs the verifier over headers, each with the answer it gives or the error it raises. */
  function verifyAll(headers: readonly (string | null)[], key = secret, signed: Uint8Array = body): readonly unknown[] {
    const program = `${code}
import base64, json, sys

given = json.load(sys.stdin)
answers = []
for header in given["headers"]:
    try:
        answers.append(verify_webhook_signature(base64.b64decode(given["body"]), header, given["secret"]))
    except Exception as error:
        answers.append(type(error).__name__)
print(json.dumps(answers))
`;
    const input = JSON.stringify({ headers, secret: key, body: Buffer.from(signed).toString("base64") });
    const { status, stdout, stderr } = spawnSync("python3", ["-c", program], { input, encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    return JSON.parse(stdout) as readonly unknown[];
  }

  test("accepts what is signed", () => {
    expect(verifyAll([signature])).toEqual([true]);
  });

  test("answers false for everything else, and raises nothing", () => {
    const others = [
      null,
      "",
      digest,
      `sha1=${digest}`,
      `sha256=${digest.toUpperCase()}`,
      `${signature}00`,
      `${signature}, ${signature}`,
      sign(body, "another secret"),
      "sha256=ä🔑",
      "sha256=\ud800",
    ];
    expect(verifyAll(others)).toEqual(others.map(() => false));
    expect(verifyAll([signature], secret, Buffer.concat([body, Buffer.from(" ")]))).toEqual([false]);
  });

  test("refuses to work with an empty secret", () => {
    expect(verifyAll([signature], "")).toEqual(["ValueError"]);
  });
});
