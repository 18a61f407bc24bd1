import { describe, expect, test } from "vitest";
import { chooseDriver } from "../../../src/adapters/sqlite/driver.js";

describe("the driver", () => {
  const open = () => {
    throw new Error("not opened here");
  };
  const broken = () => Promise.reject(new Error("Could not locate the bindings file.\nTried: …"));

  test("is better-sqlite3 where it loads", async () => {
    expect(await chooseDriver(() => Promise.resolve(open), open)).toMatchObject({ name: "better-sqlite3" });
  });

  test("is node:sqlite where better-sqlite3 does not load, and says why", async () => {
    expect(await chooseDriver(broken, open)).toMatchObject({
      name: "node:sqlite",
      passedOver: "Could not locate the bindings file. Tried: …",
    });
  });

  test("is missing where there is neither, with the mend and the reason", async () => {
    const failure = expect(chooseDriver(broken, null)).rejects;
    await failure.toMatchObject({
      code: "driver_missing",
      message: expect.stringMatching(/npm install better-sqlite3.*22\.13.*bindings file/) as string,
    });
  });
});
