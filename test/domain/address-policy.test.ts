import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resolveAddressPolicy, type AddressPolicyOptions } from "../../src/domain/address-policy.js";

const closed = resolveAddressPolicy();
const refused = (code: string): Error => expect.objectContaining({ code, field: "url" }) as Error;

describe("an address", () => {
  test.each([
    "1.1.1.1",
    "8.8.8.8",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2606:4700::1111",
    "2a00:1450::1",
    "2001:200::",
    "2003::1",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
    "64:ff9b::808:808",
  ])("that is public is allowed: %s", (address) => {
    expect(closed.allows("example.com", address)).toBe(true);
    expect(closed.refusal("example.com", address)).toBeNull();
  });

  // The first and the last address of every entry of the two IANA registries, and of multicast.
  test.each([
    ["0.0.0.0", "0.255.255.255"],
    ["10.0.0.0", "10.255.255.255"],
    ["100.64.0.0", "100.127.255.255"],
    ["127.0.0.0", "127.255.255.255"],
    ["169.254.0.0", "169.254.169.254", "169.254.255.255"],
    ["172.16.0.0", "172.31.255.255"],
    ["192.0.0.0", "192.0.0.8", "192.0.0.9", "192.0.0.170", "192.0.0.255"],
    ["192.0.2.0", "192.0.2.255"],
    ["192.31.196.0", "192.31.196.255"],
    ["192.52.193.0", "192.52.193.255"],
    ["192.88.99.0", "192.88.99.255"],
    ["192.168.0.0", "192.168.255.255"],
    ["192.175.48.0", "192.175.48.255"],
    ["198.18.0.0", "198.19.255.255"],
    ["198.51.100.0", "198.51.100.255"],
    ["203.0.113.0", "203.0.113.255"],
    ["224.0.0.0", "239.255.255.255"],
    ["240.0.0.0", "255.255.255.254", "255.255.255.255"],
    ["::", "::1"],
    ["100::", "100::ffff:ffff:ffff:ffff", "100:0:0:1::", "100:0:0:1:ffff:ffff:ffff:ffff"],
    [
      "2001::",
      "2001:1::1",
      "2001:1::2",
      "2001:1::3",
      "2001:2::",
      "2001:3::",
      "2001:4:112::",
      "2001:10::",
      "2001:20::",
      "2001:30::",
      "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
    ],
    ["2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff"],
    ["3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["fe80::", "fe80::1%eth0", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["fec0::", "feff::1"],
    ["ff00::", "ff02::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["1::", "4000::", "8000::1", "e000::"],
  ])("that is special is not: %s to %s", (...addresses) => {
    for (const address of addresses) {
      expect(closed.allows("example.com", address)).toBe(false);
      expect(closed.refusal("example.com", address)).toMatch(/^An address of example\.com is /);
    }
  });

  test("is not hidden by an IPv6 address that carries it", () => {
    const special = fc.constantFrom(
      [127, 0, 0, 1],
      [10, 0, 0, 1],
      [169, 254, 169, 254],
      [192, 168, 1, 1],
      [0, 0, 0, 0],
    );
    fc.assert(
      fc.property(special, ([a = 0, b = 0, c = 0, d = 0]) => {
        const dotted = `${a}.${b}.${c}.${d}`;
        const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
        const inverted = `${(((a << 8) | b) ^ 0xffff).toString(16)}:${(((c << 8) | d) ^ 0xffff).toString(16)}`;
        for (const address of [
          ...[`::ffff:${dotted}`, `::ffff:${hex}`, `::${dotted}`, `::${hex}`, `::ffff:0:${dotted}`],
          ...[`64:ff9b::${dotted}`, `64:ff9b::${hex}`, `64:ff9b:1::${dotted}`, `64:ff9b:1:ffff::${hex}`],
          ...[`2002:${hex}::1`, `2001::${inverted}`, `2001:0:4136:e378:8000:63bf:${inverted}`],
          ...[`2a00:1450::5efe:${dotted}`, `2a00:1450::200:5efe:${hex}`],
        ]) {
          expect(closed.allows("example.com", address), address).toBe(false);
        }
      }),
    );
  });

  test.each(["", "localhost", "127.1", "0x7f.0.0.1", "2130706433"])("that is none is not allowed: %j", (address) => {
    expect(closed.allows("example.com", address)).toBe(false);
  });
});

describe("a URL", () => {
  test.each([
    "https://example.com/hook",
    "https://example.com:8443/a?b=c#d",
    "https://EXAMPLE.com",
    "https://8.8.8.8/",
    "https://[2606:4700::1111]/",
    "https://bücher.example/",
  ])("%s is taken", (url) => {
    expect(closed.checkUrl(url).href).toBe(new URL(url).href);
  });

  test.each([
    "",
    "example.com",
    "//example.com",
    "https:example.com",
    "https:///example.com",
    "https://",
    "https://exa mple.com/",
    " https://example.com/",
    "https://example.com/\n",
    "https://example.com\\@evil.example/",
    "https://example.com/\u200b",
    "https://256.1.1.1/",
    "javascript:alert(1)",
    "ftp://example.com/",
    "file:///etc/passwd",
    "http://example.com/",
    `https://example.com/${"x".repeat(2_048)}`,
    null as unknown as string,
  ])("%j is not", (url) => {
    expect(() => closed.checkUrl(url)).toThrow(refused("url_invalid"));
  });

  test.each(["https://user@example.com/", "https://user:pa55word@example.com/", "ftp://:pa55word@example.com/"])(
    "with credentials is not, and they are not repeated: %s",
    (url) => {
      expect(() => closed.checkUrl(url)).toThrow(refused("url_invalid"));
      expect(() => closed.checkUrl(url)).not.toThrow(/pa55word/);
    },
  );

  test.each([
    "127.0.0.1",
    "127.0.0.1.",
    "2130706433",
    "0x7f.1",
    "0177.0.0.1",
    "127.1",
    "0",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "169.254.169.254",
    "１２７.0.0.1",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "a.localhost",
  ])("shows by itself that it leads where it may not: https://%s/", (host) => {
    expect(() => closed.checkUrl(`https://${host}/`)).toThrow(refused("address_refused"));
  });

  test("says how to allow what it refuses", () => {
    expect(() => closed.checkUrl("https://10.0.0.1/")).toThrow(
      "The address 10.0.0.1 is private; it can be allowed with addressPolicy.allowNetworks.",
    );
    expect(() => closed.checkUrl("http://example.com/")).toThrow(/addressPolicy\.allowHttp/);
    expect(() => closed.checkUrl("https://localhost/")).toThrow(/addressPolicy\.allowHosts/);
  });
});

describe("a host", () => {
  test("can allow http", () => {
    const policy = resolveAddressPolicy({ allowHttp: true });
    expect(policy.checkUrl("http://example.com/").protocol).toBe("http:");
    expect(() => policy.checkUrl("http://127.0.0.1/")).toThrow(refused("address_refused"));
    expect(() => policy.checkUrl("ws://example.com/")).toThrow(refused("url_invalid"));
  });

  test("can allow networks", () => {
    const policy = resolveAddressPolicy({ allowNetworks: ["127.0.0.0/8", "fd00::/8"] });
    expect(policy.checkUrl("https://127.9.9.9/").hostname).toBe("127.9.9.9");
    expect(policy.checkUrl("https://localhost/").hostname).toBe("localhost");
    expect(policy.allows("example.com", "::ffff:127.0.0.1")).toBe(true);
    expect(policy.allows("example.com", "fd12::1")).toBe(true);
    expect(policy.allows("example.com", "fc12::1")).toBe(false);
    expect(policy.allows("example.com", "10.0.0.1")).toBe(false);
    expect(policy.allows("example.com", "::127.0.0.1")).toBe(false);
  });

  test("can allow hosts, wherever they lead", () => {
    const policy = resolveAddressPolicy({
      allowHosts: ["Hooks.Internal", "*.example.com", "10.0.0.1", "::1", "bücher.example"],
    });
    for (const name of [
      "hooks.internal",
      "HOOKS.INTERNAL.",
      "a.example.com",
      "a.b.example.com",
      "10.0.0.1",
      "[::1]",
      "xn--bcher-kva.example",
    ]) {
      expect(policy.allows(name, "192.168.0.1"), name).toBe(true);
    }
    for (const name of [
      "internal",
      "a.hooks.internal",
      "example.com",
      "evilexample.com",
      "example.com.evil.org",
      "10.0.0.2",
    ]) {
      expect(policy.allows(name, "192.168.0.1"), name).toBe(false);
    }
    expect(policy.checkUrl("https://10.0.0.1/").hostname).toBe("10.0.0.1");
  });

  test.each<[AddressPolicyOptions, string]>([
    [{ allowHosts: ["https://example.com"] }, "addressPolicy.allowHosts[0]"],
    [{ allowHosts: ["ok.example.com", "example.com:8080"] }, "addressPolicy.allowHosts[1]"],
    [{ allowHosts: ["*"] }, "addressPolicy.allowHosts[0]"],
    [{ allowHosts: ["a.*.com"] }, "addressPolicy.allowHosts[0]"],
    [{ allowHosts: ["*.10.0.0.1"] }, "addressPolicy.allowHosts[0]"],
    [{ allowHosts: [""] }, "addressPolicy.allowHosts[0]"],
    [{ allowHosts: "example.com" as unknown as string[] }, "addressPolicy.allowHosts"],
    [{ allowNetworks: ["10.0.0.0/8", "10.0.0.1/8"] }, "addressPolicy.allowNetworks[1]"],
    [{ allowNetworks: ["localhost"] }, "addressPolicy.allowNetworks[0]"],
    [{ allowNetworks: [7 as unknown as string] }, "addressPolicy.allowNetworks[0]"],
    [{ allowHttp: "yes" as unknown as boolean }, "addressPolicy.allowHttp"],
  ])("is told of a mistake in %j", (options, field) => {
    expect(() => resolveAddressPolicy(options)).toThrow(
      expect.objectContaining({ code: "option_invalid", field }) as Error,
    );
  });
});
