/** Which addresses may push: single IP addresses and CIDR ranges, of version 4 and 6. */
import { BlockList, isIP } from 'node:net';

const SEPARATORS = /[\s,;，；、]+/;
const ENTRY = /^([^/]+?)(?:\/(\d{1,3}))?$/;
/** Version 4 written as version 6, as sockets of both versions do. */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
const MAPPED_BITS = 96;

/** An allow list as it is written; entries that are no address and no range are in `wrong`. */
export function readAllowList(text: string): { list: AllowList; wrong: string[] } {
  const ranges = new BlockList();
  const entries = text.split(SEPARATORS).filter((entry) => entry !== '');
  const wrong = entries.filter((entry) => !addTo(ranges, entry));
  return { list: new AllowList(entries.length === 0 ? undefined : ranges), wrong };
}

export class AllowList {
  /** Absent: everybody. */
  readonly #ranges: BlockList | undefined;

  constructor(ranges: BlockList | undefined) {
    this.#ranges = ranges;
  }

  /** The address is as a socket or a proxy writes it: some add a port. */
  allows(address: string | undefined): boolean {
    if (!this.#ranges) return true;
    const bare = bareAddress(address ?? '');
    const version = isIP(bare);
    return version !== 0 && this.#ranges.check(bare, version === 4 ? 'ipv4' : 'ipv6');
  }
}

function addTo(ranges: BlockList, entry: string): boolean {
  const [, written = '', length] = ENTRY.exec(entry) ?? [];
  const mapped = MAPPED.exec(written)?.[1];
  const address = mapped ?? written;
  const version = isIP(address);
  // A zone is a matter of one machine, and no range has one.
  if (version === 0 || address.includes('%')) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const most = version === 4 ? 32 : 128;
  const bits = length === undefined ? most : Number(length) - (mapped === undefined ? 0 : MAPPED_BITS);
  if (bits < 0 || bits > most) return false;
  ranges.addSubnet(address, bits, family);
  return true;
}

/** Without port, brackets and zone. */
function bareAddress(address: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(address)?.[1];
  const ported = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(address)?.[1];
  const bare = bracketed ?? ported ?? address;
  const zone = bare.indexOf('%');
  return zone < 0 ? bare : bare.slice(0, zone);
}
