import { format } from "prettier";
import { ERRORS } from "../src/error-table.js";
import type { Generated } from "./generated-files.js";

const INTRODUCTION = `<!-- Made by \`npm run generate\` from src/error-table.ts. -->

# Errors

Everything this package throws is a \`WebhookError\`.

| property  | what it is                                                                    |
| --------- | ----------------------------------------------------------------------------- |
| \`code\`    | a stable name, one of the table below: branch on this                         |
| \`message\` | what was wrong, what was expected, and the mend; for people, and may change   |
| \`field\`   | the path of the input at fault, such as \`events[1]\`, where one input is       |
| \`status\`  | the HTTP status that goes with the code; a receiver answers with it           |
| \`cause\`   | the error of a driver or of a handler that is behind this one, where there is |

No message holds a secret. What can be expected while delivering (an endpoint that answers 500, a time-out) is no error
but an outcome: it is in the delivery log and in the sender's events.

<!-- given: import type { Sender, NewWebhook } from "@auraconnect/webhooks/sender"; declare const sender: Sender; declare const input: NewWebhook; -->

\`\`\`ts
import { WebhookError } from "@auraconnect/webhooks";

try {
  await sender.webhooks.create(input);
} catch (error) {
  // Holds where ESM and CommonJS copies of the package meet; so does \`instanceof\`.
  if (!WebhookError.is(error)) throw error;
  console.log(error.status, error.code, error.field);
}
\`\`\`

A receiver answers \`{ "error": "<code>" }\` and nothing more; message and cause go to its \`logger\` and \`onError\`.

## Codes

The meaning is the message where the place that throws has nothing more exact to say.
`;

/** `docs/errors.md`: the table of error codes. */
export async function generateErrors(): Promise<Generated> {
  const rows = Object.entries(ERRORS).map(([code, { status, says }]) => `| \`${code}\` | ${status} | ${cell(says)} |`);
  const page = [INTRODUCTION, "| code | status | meaning |", "| --- | --- | --- |", ...rows, ""].join("\n");
  return {
    ownedFolder: null,
    files: new Map([["docs/errors.md", await format(page, { parser: "markdown", printWidth: 120 })]]),
  };
}

/** Outside of code spans, what Markdown would read as its own stays as it is written. */
function cell(text: string): string {
  return text.replaceAll(/`[^`]*`|[|*_<>]/g, (found) => (found.startsWith("`") ? found : `\\${found}`));
}
