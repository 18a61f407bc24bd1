import { BlockList, isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { networkContains, parseIpAddress, parseIpNetwork } from "../../src/domain/ip-address.js";

const anyIp = fc.oneof(fc.ipV4(), fc.ipV6());
const family = (address: string): "ipv4" | "ipv6" => (address.includes(":") ? "ipv6" : "ipv4");

describe("parseIpAddress", () => {
  test("reads what Node takes for an address, and nothing else", () => {
    const garbled = fc.stringMatching(/^[0-9a-f:.]{0,20}$/);
    fc.assert(
      fc.property(fc.oneof(anyIp, garbled, fc.string()), (text) => {
        fc.pre(!/[[\]%]/.test(text));
        expect(parseIpAddress(text) !== null).toBe(isIP(text) !== 0);
      }),
      { numRuns: 5_000 },
    );
  });

  test("reads every notation of an IPv6 address as the URL parser does", () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        expect(parseIpAddress(text)).toEqual(parseIpAddress(new URL(`http://[${text}]/`).hostname));
      }),
    );
  });

  test.each([
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "0:0:0:0:0:ffff:7F00:0001",
    "[::FFFF:127.0.0.1]",
    "::ffff:127.0.0.1%eth0",
  ])("sees 127.0.0.1 in %s", (text) => {
    expect(parseIpAddress(text)).toEqual({ version: 4, value: 0x7f000001n });
  });

  test.each(["fe80::1%eth0", "[fe80::1]", "FE80::1", "fe80:0:0:0:0:0:0:1"])("sees fe80::1 in %s", (text) => {
    expect(parseIpAddress(text)).toEqual({ version: 6, value: (0xfe80n << 112n) | 1n });
  });

  test.each([
    "",
    "127.1",
    "2130706433",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "127.0.0.01",
    "127.0.0.256",
    "127.0.0.1.",
    " 127.0.0.1",
    "[127.0.0.1]",
    "127.0.0.1%eth0",
    "::1%",
    "%eth0",
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7::8:9",
    "12345::",
    "::1.2.3",
    "1.2.3.4::",
    "::1.2.3.4:5",
    "localhost",
    "٣.1.1.1",
    ":".repeat(100_000),
  ])("reads no address in %j", (text) => {
    expect(parseIpAddress(text)).toBeNull();
  });
});

describe("a network", () => {
  test("contains what Node's block list says", () => {
    const cidr = anyIp.chain((address) =>
      fc.tuple(fc.constant(address), fc.integer({ min: 0, max: family(address) === "ipv4" ? 32 : 128 })),
    );
    fc.assert(
      fc.property(cidr, anyIp, ([base, prefixLength], address) => {
        // The block list also looks for IPv4 addresses in IPv6 networks, by their mapped form.
        fc.pre(family(base) === family(address));
        fc.pre(!/^(0*:){1,5}:?ffff:/i.test(base) && !/^(0*:){1,5}:?ffff:/i.test(address));
        const parsed = parseIpAddress(base)!;
        const bits = BigInt((parsed.version === 4 ? 32 : 128) - prefixLength);
        const network = { base: { ...parsed, value: (parsed.value >> bits) << bits }, prefixLength };
        const list = new BlockList();
        list.addSubnet(base, prefixLength, family(base));
        expect(networkContains(network, parseIpAddress(address)!)).toBe(list.check(address, family(address)));
        expect(networkContains(network, parsed)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test("is written with its prefix, or is one address", () => {
    expect(parseIpNetwork("10.0.0.0/8")).toEqual({ base: { version: 4, value: 0x0a000000n }, prefixLength: 8 });
    expect(parseIpNetwork("::1")).toEqual({ base: { version: 6, value: 1n }, prefixLength: 128 });
    expect(parseIpNetwork("0.0.0.0/0")).toEqual({ base: { version: 4, value: 0n }, prefixLength: 0 });
  });

  test("of mapped addresses is the IPv4 network", () => {
    expect(parseIpNetwork("::ffff:10.0.0.0/104")).toEqual(parseIpNetwork("10.0.0.0/8"));
    expect(parseIpNetwork("::ffff:10.0.0.0/95")).toBeNull();
  });

  test.each([
    "10.0.0.1/8",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/08",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "/8",
    "::/129",
    "fd00::1/8",
    "10.0.0/8",
    "example.com",
    "*",
  ])("is not %s", (text) => {
    expect(parseIpNetwork(text)).toBeNull();
  });
});
