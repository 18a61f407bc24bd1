import type { TransportFailureReason } from "../../ports/transport.js";

/** Why no connection was made. A request that fails with it was not sent. */
export class ConnectError extends Error {
  override readonly name: string = "ConnectError";

  constructor(
    readonly reason: TransportFailureReason,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** What a failed connection looks like in a log, by the code of its error. */
const CONNECTION_PROBLEMS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "The connection was refused",
  ECONNRESET: "The connection was reset",
  EPIPE: "The connection was closed",
  ETIMEDOUT: "The connection timed out",
  EHOSTUNREACH: "The address cannot be reached",
  ENETUNREACH: "The address cannot be reached from this network",
  EADDRNOTAVAIL: "No connection could be opened from this machine",
  EMFILE: "This process has too many files and sockets open",
};

/** What is wrong with a certificate, by the code of the error. */
const TLS_PROBLEMS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "the certificate has expired",
  CERT_NOT_YET_VALID: "the certificate is not valid yet",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the certificate is signed by itself",
  ERR_TLS_CERT_ALTNAME_INVALID: "the certificate is for another host",
  SELF_SIGNED_CERT_IN_CHAIN: "the certificate's chain ends in an authority that is not trusted",
  UNABLE_TO_GET_ISSUER_CERT: "the certificate's issuer is not trusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the certificate's issuer is not trusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the endpoint does not send its certificate's chain, or the chain is not trusted",
};

const TLS_CODE = /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|EPROTO$|UND_ERR_PRX_TLS$)/;

/** @param handshaking Whether the address was reached, and TLS was being agreed on. */
export function connectErrorOf(error: Error, handshaking: boolean): ConnectError {
  if (error instanceof ConnectError) return error;
  const code = codeOf(error);
  if (handshaking || Object.hasOwn(TLS_PROBLEMS, code) || TLS_CODE.test(code)) {
    return new ConnectError("tls", `No trusted TLS connection could be made: ${tlsProblem(code)}.`, error);
  }
  return new ConnectError("connection", `${connectionProblem(code)}.`, error);
}

// Without its full stop.
function connectionProblem(code: string): string {
  const known = Object.hasOwn(CONNECTION_PROBLEMS, code) ? CONNECTION_PROBLEMS[code] : undefined;
  return known ?? (code === "" ? "The connection failed" : `The connection failed (${code})`);
}

/** The code of a Node or undici error; empty where it has none. */
export function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}

function tlsProblem(code: string): string {
  const known = Object.hasOwn(TLS_PROBLEMS, code) ? TLS_PROBLEMS[code] : undefined;
  if (known !== undefined) return known;
  return code === "" || code === "ECONNRESET" ? "the endpoint ended the handshake" : `the handshake failed (${code})`;
}
