/**
 * Which addresses a project may have calls sent to. What it names is checked twice: by its spelling when
 * it is registered and used, and by what its name resolves to when a connection is opened, so that a
 * name cannot be turned towards the inside later.
 *
 * Never: link-local addresses and those where clouds keep their metadata. Private addresses and the
 * machine itself: where the installation allows it.
 *
 * @module
 */
import { lookup as lookUpSystem, type LookupAddress } from "node:dns";
import { BlockList, isIP, isIPv6, type LookupFunction } from "node:net";

export interface AddressRules {
  /** `WATCHLLM_ALLOW_PRIVATE_UPSTREAMS`. */
  readonly allowPrivate: boolean;
}

const never = blockList([
  "0.0.0.0/8",
  "169.254.0.0/16",
  // Metadata and its likes of Alibaba Cloud, Azure, Oracle Cloud.
  "100.100.100.200/32",
  "168.63.129.16/32",
  "192.0.0.192/32",
  "224.0.0.0/3",
  "::/128",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
  // Amazon's metadata.
  "fd00:ec2::/32",
]);

const inside = blockList([
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "::1/128",
  "fc00::/7",
]);

const neverNamed = /^(?:metadata|instance-data|metadata\.google\.internal)$/;
const insideNamed =
  /^localhost$|\.(?:localhost|local|internal|lan|home\.arpa|localdomain)$|^[^.]+$/;

/** What is wrong with a base URL, as a phrase that follows its field's name; null when it may be used. */
export function addressProblem(value: string, rules: AddressRules): string | null {
  const url = URL.parse(value);
  if (!url || !/^https?:$/.test(url.protocol)) return "must be an http or https URL";
  if (url.username !== "" || url.password !== "") {
    return "must not hold credentials: keep them as a provider key";
  }
  if (url.search !== "" || url.hash !== "") return "must have neither query nor fragment";
  return hostProblem(hostOf(url), rules);
}

/** The same for a host, an address without brackets or a name. */
export function hostProblem(host: string, { allowPrivate }: AddressRules): string | null {
  // Without a final dot, and without the zone of an IPv6 address.
  const name = host.toLowerCase().replace(/\.$|%.*$/, "");
  const address = isIP(name) !== 0;
  if (address ? isNever(name) : neverNamed.test(name)) {
    return "must not be a link-local or metadata address";
  }
  if (allowPrivate || !(address ? isInside(name) : insideNamed.test(name))) return null;
  return "must be a public address: set WATCHLLM_ALLOW_PRIVATE_UPSTREAMS to allow others";
}

/** A URL's host without the brackets of IPv6. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}

/** Resolves names as the system does, and fails for those that lead where they must not. */
export function guardedLookup(
  rules: AddressRules,
  resolve: typeof lookUpSystem = lookUpSystem,
): LookupFunction {
  return function lookUp(name, options, done) {
    resolve(name, { ...options, all: true }, (error, addresses: LookupAddress[] = []) => {
      const bad = addresses.some(({ address }) => hostProblem(address, rules) !== null);
      const [first] = addresses;
      if (error || bad || !first) return done(error ?? refused(), "", 0);
      if (options.all) return done(null, addresses);
      done(null, first.address, first.family);
    });
  };
}

function refused(): NodeJS.ErrnoException {
  return Object.assign(new Error("The name leads to an address that is not allowed"), {
    code: "EADDRESSREFUSED",
  });
}

function isNever(address: string): boolean {
  return check(never, address);
}

function isInside(address: string): boolean {
  return check(inside, address);
}

/** Also what an IPv6 address carries of IPv4: mapped, translated (NAT64), 6to4. */
function check(list: BlockList, address: string): boolean {
  if (!isIPv6(address)) return list.check(address, "ipv4");
  if (list.check(address, "ipv6")) return true;
  const carried = carriedIpv4(address);
  return carried !== null && list.check(carried, "ipv4");
}

function carriedIpv4(address: string): string | null {
  const groups = groupsOf(address);
  const [a = 0, b = 0, c = 0] = groups;
  const zeros = (from: number, to: number) => groups.slice(from, to).every((group) => group === 0);
  if (a === 0x2002) return dotted(b, c);
  // `::` and `::1` carry nothing.
  const old = groups[5] === 0 && groups[6] !== 0;
  const mapped = zeros(0, 5) && (groups[5] === 0xffff || old);
  const translated = a === 0x64 && b === 0xff9b;
  return mapped || translated ? dotted(groups[6] ?? 0, groups[7] ?? 0) : null;
}

/** The eight groups of an IPv6 address; a dotted end is two of them. */
function groupsOf(address: string): number[] {
  // The URL parser writes every address in one way.
  const [head = "", tail] = hostOf(new URL(`http://[${address}]/`)).split("::");
  const parse = (part: string) =>
    part === "" ? [] : part.split(":").map((group) => parseInt(group, 16));
  const [before, after] = [parse(head), parse(tail ?? "")];
  const missing = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...new Array<number>(missing).fill(0), ...after];
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = "", bits] = range.split("/");
    list.addSubnet(address, Number(bits), isIPv6(address) ? "ipv6" : "ipv4");
  }
  return list;
}
