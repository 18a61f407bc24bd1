/** An IP address as a number, so that no way of writing it can hide it. */
export interface IpAddress {
  readonly version: 4 | 6;
  readonly value: bigint;
}

/** All addresses that share the first `prefixLength` bits of `base`. */
export interface IpNetwork {
  readonly base: IpAddress;
  readonly prefixLength: number;
}

/** The longest text that can be an address: six groups and a dotted end. */
const LONGEST_ADDRESS = 45;

/** ::ffff:0:0/96, under which a system reaches IPv4 addresses through IPv6 sockets. */
const MAPPED_PREFIX = 0xffffn;

const IPV4_MASK = 0xffff_ffffn;

/**
 * Reads an address as systems print it: dotted decimal, or IPv6 with or without brackets and zone. An IPv4-mapped
 * address is the IPv4 address that it stands for. `null` for anything else, other notations of IPv4 included.
 */
export function parseIpAddress(text: string): IpAddress | null {
  const bare = withoutZone(withoutBrackets(text));
  if (bare === null || bare.length > LONGEST_ADDRESS) return null;
  const ipv4 = parseIpv4(bare);
  if (ipv4 !== null) return text === bare ? { version: 4, value: ipv4 } : null;
  const ipv6 = parseIpv6(bare);
  if (ipv6 === null) return null;
  return ipv6 >> 32n === MAPPED_PREFIX ? { version: 4, value: ipv6 & IPV4_MASK } : { version: 6, value: ipv6 };
}

/** Reads `10.0.0.0/8`, `fd00::/8` or a single address. `null` where bits are set behind the prefix, and for anything else. */
export function parseIpNetwork(text: string): IpNetwork | null {
  const slash = text.indexOf("/");
  const written = slash < 0 ? text : text.slice(0, slash);
  const base = parseIpAddress(written);
  if (base === null) return null;
  if (slash < 0) return { base, prefixLength: bits(base) };
  const length = text.slice(slash + 1);
  if (!/^(0|[1-9]\d{0,2})$/.test(length)) return null;
  // The prefix of a mapped network counts the 96 bits that its IPv4 form does not have.
  const prefixLength = Number(length) - (written.includes(":") && base.version === 4 ? 96 : 0);
  if (prefixLength < 0 || prefixLength > bits(base)) return null;
  const hostBits = BigInt(bits(base) - prefixLength);
  return (base.value >> hostBits) << hostBits === base.value ? { base, prefixLength } : null;
}

/** Whether an address is in a network. An IPv4 address is in no IPv6 network. */
export function networkContains({ base, prefixLength }: IpNetwork, address: IpAddress): boolean {
  if (base.version !== address.version) return false;
  const hostBits = BigInt(bits(base) - prefixLength);
  return base.value >> hostBits === address.value >> hostBits;
}

function bits(address: IpAddress): number {
  return address.version === 4 ? 32 : 128;
}

function withoutBrackets(text: string): string {
  return text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1) : text;
}

/** `null` where the zone is empty, or where there is no IPv6 address before it. */
function withoutZone(text: string): string | null {
  const percent = text.indexOf("%");
  if (percent < 0) return text;
  return percent === text.length - 1 || !text.slice(0, percent).includes(":") ? null : text.slice(0, percent);
}

function parseIpv4(text: string): bigint | null {
  const octets = text.split(".");
  if (octets.length !== 4) return null;
  let value = 0n;
  for (const octet of octets) {
    // No leading zero: some systems read it as octal.
    if (!/^(0|[1-9]\d{0,2})$/.test(octet) || Number(octet) > 255) return null;
    value = (value << 8n) | BigInt(octet);
  }
  return value;
}

function parseIpv6(text: string): bigint | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const [head = "", tail] = halves;
  const front = parseGroups(head, tail === undefined);
  const back = tail === undefined ? [] : parseGroups(tail, true);
  if (front === null || back === null) return null;
  const zeros = 8 - front.length - back.length;
  if (tail === undefined ? zeros !== 0 : zeros < 1) return null;
  const groups = [...front, ...Array.from({ length: zeros }, () => 0n), ...back];
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
}

/** @param dottedEnd Whether these are the last groups, which may be written as IPv4. */
function parseGroups(text: string, dottedEnd: boolean): readonly bigint[] | null {
  if (text === "") return [];
  const groups: bigint[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(BigInt(`0x${part}`));
      continue;
    }
    const ipv4 = dottedEnd && index === parts.length - 1 ? parseIpv4(part) : null;
    if (ipv4 === null) return null;
    groups.push(ipv4 >> 16n, ipv4 & 0xffffn);
  }
  return groups;
}
