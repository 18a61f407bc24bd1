import { WebhookError } from "../errors.js";
import { networkContains, parseIpAddress, parseIpNetwork } from "./ip-address.js";
import { readFlag, readGroup, type NamesOf } from "./option-value.js";
import { quote } from "./quote.js";
import { specialPurpose } from "./special-address.js";

/** What a host opens that is closed by default. Everything left out stays closed. */
export interface AddressPolicyOptions {
  /** Whether webhooks may be sent over http. Defaults to false. */
  readonly allowHttp?: boolean | undefined;
  /** Hosts that may resolve to any address: `hooks.internal`, or `*.example.com` for every name below it. */
  readonly allowHosts?: readonly string[] | undefined;
  /** Special-purpose networks or addresses that may be connected to, such as `10.0.0.0/8` or `::1`. */
  readonly allowNetworks?: readonly string[] | undefined;
}

/** Which URLs a webhook may have and which addresses a request may go to. */
export interface AddressPolicy {
  /**
   * Checks all that a URL shows by itself, without looking anything up, and answers it parsed.
   *
   * @throws {@link WebhookError} `url_invalid` or `address_refused`, with `url` as its `field`.
   */
  checkUrl(url: string): URL;

  /** Whether a connection to `address` may be opened for `hostname`. What is no address is not allowed. */
  allows(hostname: string, address: string): boolean;

  /** Why `allows` says no, in a sentence that names the mend; `null` where it says yes. */
  refusal(hostname: string, address: string): string | null;
}

const NAMES: NamesOf<AddressPolicyOptions> = { allowHttp: true, allowHosts: true, allowNetworks: true };

/** The longest URL of a webhook, in characters. */
export const MAX_URL_LENGTH = 2_048;

/** Where `localhost` leads, whatever a resolver says. */
const LOOPBACK = ["127.0.0.1", "::1"];

// URL parsers disagree about these, or drop them without a word.
const AMBIGUOUS = /[\s\p{Cc}\p{Cf}\\]/u;

// The URL parser also takes `https:example.com` and `https:///example.com` for https://example.com.
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:\/\/[^/]/i;

/**
 * Makes the policy: https only, and no special-purpose address, but for what the host opens.
 *
 * @throws {@link WebhookError} `option_invalid`, which names the value at fault.
 */
export function resolveAddressPolicy(options: AddressPolicyOptions = {}): AddressPolicy {
  const given = readGroup("addressPolicy", options, NAMES);
  const allowHttp = readFlag("addressPolicy.allowHttp", given.allowHttp, false);
  const hosts = readList("allowHosts", given.allowHosts, parseHost, "a host name, or `*.` and a host name");
  const networks = readList(
    "allowNetworks",
    given.allowNetworks,
    parseIpNetwork,
    "an address, or a network such as 10.0.0.0/8",
  );

  const refusal = (hostname: string, address: string): string | null => {
    if (isAllowedHost(hosts, hostname)) return null;
    const parsed = parseIpAddress(address);
    if (parsed === null) return `${quote(address)} is not an IP address`;
    if (networks.some((network) => networkContains(network, parsed))) return null;
    const purpose = specialPurpose(parsed);
    if (purpose === null) return null;
    // Whoever registered the webhook reads this, and is not told what names mean inside of the host's network.
    const isGiven = bareHost(hostname) === bareHost(address);
    const what = isGiven ? `The address ${quote(address, "")}` : `An address of ${quote(hostname, "")}`;
    return `${what} is ${purpose}; it can be allowed with addressPolicy.allowNetworks`;
  };

  const refuseHost = (hostname: string): string | null => {
    if (parseIpAddress(hostname) !== null) return refusal(hostname, hostname);
    if (!isLocalhost(hostname) || LOOPBACK.some((address) => refusal(hostname, address) === null)) return null;
    return `${quote(hostname)} is this machine; it can be allowed with addressPolicy.allowHosts`;
  };

  return {
    refusal,
    allows: (hostname, address) => refusal(hostname, address) === null,
    checkUrl(url) {
      const parsed = parseUrl(url, allowHttp);
      const refused = refuseHost(parsed.hostname);
      if (refused === null) return parsed;
      throw new WebhookError("address_refused", `${refused}.`, { field: "url" });
    },
  };
}

function parseUrl(url: unknown, allowHttp: boolean): URL {
  if (typeof url !== "string") throw invalid(`\`url\` is a string; it was ${quote(url)}.`);
  if (url.length > MAX_URL_LENGTH) {
    throw invalid(`\`url\` has ${url.length} characters; at most ${MAX_URL_LENGTH} are allowed.`);
  }
  if (AMBIGUOUS.test(url) || !ABSOLUTE.test(url) || !URL.canParse(url)) {
    throw invalid(
      "`url` is not an absolute URL, such as https://example.com/webhooks, without spaces and backslashes.",
    );
  }
  const parsed = new URL(url);
  // Said before anything that repeats a part of the URL: a password belongs in no message.
  if (parsed.username !== "" || parsed.password !== "") {
    throw invalid("`url` holds a user name or a password; verify the signature instead of sending credentials.");
  }
  if (parsed.protocol === "https:" || (parsed.protocol === "http:" && allowHttp)) return parsed;
  if (parsed.protocol !== "http:")
    throw invalid(`\`url\` begins with ${quote(parsed.protocol)}; webhooks are sent over https.`);
  throw invalid(
    "`url` begins with `http:`; webhooks are sent over https. Plain http can be allowed with addressPolicy.allowHttp.",
  );
}

function invalid(message: string): WebhookError {
  return new WebhookError("url_invalid", message, { field: "url" });
}

/** A host name that is allowed, or with `below` every name that ends in it. */
interface AllowedHost {
  readonly name: string;
  readonly below: boolean;
}

function isAllowedHost(hosts: readonly AllowedHost[], hostname: string): boolean {
  const name = bareHost(hostname);
  return hosts.some((host) => (host.below ? name.endsWith(`.${host.name}`) : name === host.name));
}

/** Reads a host as the URL parser does, so that it compares with the hosts of URLs: lower case, Punycode, plain IPv4. */
function parseHost(text: string): AllowedHost | null {
  const below = text.startsWith("*.");
  const written = below ? text.slice(2) : text;
  if (written === "" || /[\s/?#@\\*%]/.test(written)) return null;
  const url = `https://${written.includes(":") && !written.startsWith("[") ? `[${written}]` : written}/`;
  if (!URL.canParse(url)) return null;
  const parsed = new URL(url);
  const name = bareHost(parsed.hostname);
  if (name === "" || parsed.port !== "" || (below && parseIpAddress(name) !== null)) return null;
  return { name, below };
}

function bareHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "");
}

function isLocalhost(hostname: string): boolean {
  const name = bareHost(hostname);
  return name === "localhost" || name.endsWith(".localhost");
}

function readList<T>(name: string, value: unknown, parse: (text: string) => T | null, expected: string): readonly T[] {
  const field = `addressPolicy.${name}`;
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    throw new WebhookError("option_invalid", `\`${field}\` is a list; it was ${quote(value)}.`, { field });
  }
  const entries: readonly unknown[] = value;
  return Array.from(entries, (entry, index) => {
    const parsed = typeof entry === "string" ? parse(entry) : null;
    if (parsed !== null) return parsed;
    const message = `${quote(entry)} in \`${field}\` is not ${expected}.`;
    throw new WebhookError("option_invalid", message, { field: `${field}[${index}]` });
  });
}
