import { networkContains, parseIpNetwork, type IpAddress, type IpNetwork } from "./ip-address.js";

/** What an address is reserved for, in the words of an error message. */
interface SpecialNetwork extends IpNetwork {
  readonly purpose: string;
}

// The IANA IPv4 special-purpose address registry, whole, and multicast, which has a registry of its own.
const IPV4 = table({
  "0.0.0.0/8": "this network",
  "10.0.0.0/8": "private",
  "100.64.0.0/10": "shared by a carrier",
  "127.0.0.0/8": "loopback",
  "169.254.0.0/16": "link-local",
  "172.16.0.0/12": "private",
  "192.0.0.0/24": "for protocol assignments",
  "192.0.2.0/24": "for documentation",
  "192.31.196.0/24": "for AS112",
  "192.52.193.0/24": "for AMT",
  "192.88.99.0/24": "for 6to4 relays",
  "192.168.0.0/16": "private",
  "192.175.48.0/24": "for AS112",
  "198.18.0.0/15": "for benchmarks",
  "198.51.100.0/24": "for documentation",
  "203.0.113.0/24": "for documentation",
  "224.0.0.0/4": "multicast",
  "255.255.255.255/32": "broadcast",
  "240.0.0.0/4": "reserved",
});

// The IANA IPv6 special-purpose address registry, whole, what was reserved before it, and multicast. 64:ff9b::/96 is
// not here: it is judged by the IPv4 address in it.
const IPV6 = table({
  "::1/128": "loopback",
  "::/128": "unspecified",
  "::/96": "an IPv4-compatible form",
  "64:ff9b:1::/48": "for local translation",
  "100::/64": "discarded",
  "100:0:0:1::/64": "a dummy prefix",
  "2001::/32": "Teredo",
  "2001::/23": "for protocol assignments",
  "2001:db8::/32": "for documentation",
  "2002::/16": "6to4",
  "2620:4f:8000::/48": "for AS112",
  "3fff::/20": "for documentation",
  "5f00::/16": "for segment routing",
  "fc00::/7": "private",
  "fe80::/10": "link-local",
  "fec0::/10": "site-local",
  "ff00::/8": "multicast",
});

/** The only IPv6 space from which global unicast addresses have been given out. */
const GLOBAL_UNICAST = network("2000::/3");

/** Hosts that have IPv6 only reach every IPv4 endpoint under this prefix. */
const NAT64 = network("64:ff9b::/96");

/** The upper half of an ISATAP interface identifier, with the universal bit cleared or set. */
const ISATAP: readonly bigint[] = [0x5efen, 0x0200_5efen];

const IPV4_MASK = 0xffff_ffffn;

/**
 * What an address is reserved for, or `null` where it is an ordinary public one. A form that carries an IPv4 address is
 * reserved altogether (IPv4-compatible, 6to4, Teredo), or judged by that address too (IPv4-mapped, NAT64, ISATAP).
 */
export function specialPurpose(address: IpAddress): string | null {
  if (address.version === 4) return find(IPV4, address);
  if (networkContains(NAT64, address) || isIsatap(address)) {
    const inner = specialPurpose({ version: 4, value: address.value & IPV4_MASK });
    if (inner !== null || networkContains(NAT64, address)) return inner;
  }
  return find(IPV6, address) ?? (networkContains(GLOBAL_UNICAST, address) ? null : "reserved");
}

function isIsatap(address: IpAddress): boolean {
  return ISATAP.includes((address.value >> 32n) & IPV4_MASK);
}

function find(networks: readonly SpecialNetwork[], address: IpAddress): string | null {
  return networks.find((special) => networkContains(special, address))?.purpose ?? null;
}

function table(purposes: Readonly<Record<string, string>>): readonly SpecialNetwork[] {
  return Object.entries(purposes).map(([written, purpose]) => ({ ...network(written), purpose }));
}

function network(written: string): IpNetwork {
  const parsed = parseIpNetwork(written);
  if (parsed === null) throw new TypeError(`${written} is not a network`);
  return parsed;
}
