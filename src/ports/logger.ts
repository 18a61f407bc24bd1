/**
 * Where this package writes what happens in the background. The shape is pino's, so a pino logger fits as it is;
 * `console` fits with its arguments the other way round. Never given a secret.
 */
export interface Logger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Writes nothing. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
