import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import { readGroup, type NamesOf } from "../../domain/option-value.js";
import { kindOf } from "../../domain/quote.js";
import { WebhookError } from "../../errors.js";

/** What TLS connections are made with, in PEM. */
export interface TransportTls {
  /** Authorities that are trusted besides those that Node brings. `NODE_EXTRA_CA_CERTS` is not read where this is given. */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined;
  /** A certificate, and its chain, for endpoints that ask for one. */
  readonly cert?: string | Uint8Array | undefined;
  /** The key of `cert`. */
  readonly key?: string | Uint8Array | undefined;
  /** What `key` is encrypted with. */
  readonly passphrase?: string | undefined;
}

const NAMES: NamesOf<TransportTls> = { ca: true, cert: true, key: true, passphrase: true };

/**
 * Reads the certificates once, for all connections.
 *
 * @throws {@link WebhookError} `option_invalid` for what is not PEM or does not fit together.
 */
export function secureContextOf(tls: TransportTls): SecureContext {
  const { ca, cert, key, passphrase } = readGroup("tls", tls, NAMES);
  const authorities = readAuthorities(ca);
  const identity = { cert: readPem("tls.cert", cert), key: readPem("tls.key", key) };
  if (passphrase !== undefined && typeof passphrase !== "string")
    throw refused("tls.passphrase", "a string", passphrase);
  try {
    return createSecureContext({
      ...(authorities.length > 0 && { ca: [...rootCertificates, ...authorities] }),
      ...(identity.cert !== undefined && { cert: identity.cert }),
      ...(identity.key !== undefined && { key: identity.key }),
      ...(passphrase !== undefined && { passphrase }),
    });
  } catch (cause) {
    const message = "`tls` holds a certificate or key that cannot be read, or a key that is not the certificate's.";
    throw new WebhookError("option_invalid", message, { field: "tls", cause });
  }
}

function readAuthorities(ca: unknown): readonly string[] {
  if (!Array.isArray(ca)) return [readPem("tls.ca", ca) ?? []].flat();
  return Array.from<unknown, string>(ca, (pem, index) => {
    const field = `tls.ca[${index}]`;
    const read = readPem(field, pem);
    if (read === undefined) throw refused(field, PEM, pem);
    return read;
  });
}

const PEM = "PEM, as a string or bytes";

function readPem(field: string, pem: unknown): string | undefined {
  if (pem === undefined) return undefined;
  const read = pem instanceof Uint8Array ? Buffer.from(pem).toString("latin1") : pem;
  if (typeof read === "string" && read.includes("-----BEGIN ")) return read;
  throw refused(field, PEM, pem);
}

/** Says what it was by its kind alone: it may be a private key. */
function refused(field: string, expected: string, given: unknown): WebhookError {
  const what = typeof given === "string" ? "another text" : kindOf(given);
  return new WebhookError("option_invalid", `\`${field}\` is ${expected}; it was ${what}.`, { field });
}
