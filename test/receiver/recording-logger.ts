import type { Logger } from "@auraconnect/webhooks/receiver";

export interface LogLine {
  readonly level: keyof Logger;
  readonly details: object;
  readonly message: string;
}

/** A logger that keeps what it is given. */
export function recordingLogger(): { readonly logger: Logger; readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = [];
  const write = (level: keyof Logger) => (details: object, message: string) => {
    lines.push({ level, details, message });
  };
  return { lines, logger: { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") } };
}
