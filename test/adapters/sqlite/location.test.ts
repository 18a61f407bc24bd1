import { describe, expect, test } from "vitest";
import { sqliteIdempotency, sqliteStore } from "@auraconnect/webhooks/sqlite";
import { thrownBy } from "../../protocol/thrown-by.js";
import { hostileBut } from "../../support/hostile-values.js";

describe.each([
  ["sqliteStore", sqliteStore as (options?: unknown) => unknown],
  ["sqliteIdempotency", sqliteIdempotency as (options?: unknown) => unknown],
])("%s", (name, make) => {
  test.each([...hostileBut(), ["undefined", undefined] as const])(
    "refuses to be given %s, and repeats none of it",
    (_, given) => {
      const error = thrownBy(() => make(given));
      expect(error.code).toBe("option_invalid");
      expect(error.message).not.toContain("pa55word");
    },
  );

  test("says what it takes", () => {
    expect(thrownBy(() => make()).message).toBe(`${name} takes an object, such as { path }; it was undefined.`);
  });

  test("takes a location, and only one", () => {
    for (const options of [
      {},
      { path: "" },
      { path: 1 },
      { path: null },
      { database: {} },
      { path: "x", database: {} },
    ]) {
      expect(thrownBy(() => make(options)).code).toBe("option_invalid");
    }
  });

  test("refuses a misspelt name, and names the nearest", () => {
    const error = thrownBy(() => make({ path: "x", databse: {} }));
    expect(error).toMatchObject({ code: "option_invalid", field: "databse" });
    expect(error.message).toContain("did you mean `database`?");
  });
});

test.each([null, 5, "x"])("sqliteIdempotency refuses as `now` %j", (now) => {
  const error = thrownBy(() => sqliteIdempotency({ path: "x", now: now as never }));
  expect(error).toMatchObject({ code: "option_invalid", field: "now" });
});
