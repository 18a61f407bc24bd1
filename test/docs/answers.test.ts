import { ERRORS } from "@auraconnect/webhooks";
import { describe, expect, test } from "vitest";
import { page, tableUnder } from "./page.js";

const codes: Readonly<Record<string, { readonly status: number }>> = ERRORS;
const known = Object.keys(ERRORS);

describe("the answers in receiving.md", () => {
  const rows = tableUnder(page("receiving.md"), "## What is answered").filter(([, code]) => code !== "");

  test.each(rows)("%s %s has its status", (status, code) => {
    expect(codes[code]?.status).toBe(Number(status));
  });

  test("are all that a receiver has", () => {
    const receiving = known.slice(0, known.indexOf("event_invalid"));
    expect(rows.map(([, code]) => code).sort()).toEqual([...receiving, "event_invalid", "payload_too_large"].sort());
  });
});

test("the errors in sending.md are codes of the table", () => {
  const named = tableUnder(page("sending.md"), "## Errors").flatMap(([cell = ""]) => cell.split(" "));
  expect(named.filter((code) => !known.includes(code))).toEqual([]);
  expect(named.length).toBeGreaterThan(5);
});
