import { describe, expect, test } from "vitest";
import { validateCustomHeaders } from "../../src/domain/custom-headers.js";
import { thrownBy } from "../protocol/thrown-by.js";

describe("a header of a webhook's own", () => {
  test.each(["X-A\r\nX-B", "X-\u2028", `X-${"a".repeat(5_000)}\n`])(
    "cannot forge the message by its name: %j",
    (name) => {
      const { code, field, message } = thrownBy(() => validateCustomHeaders({ [name]: "1" }));
      expect(code).toBe("webhook_invalid");
      expect(`${field} ${message}`).not.toMatch(/[\p{Cc}\p{Zl}]/u);
      expect(`${field} ${message}`.length).toBeLessThan(300);
    },
  );
});
