/**
 * What may pass the cable between the private network and this machine, as classic BPF programs for `tc … bpf bytecode`:
 * the one way to filter that needs neither iptables nor nft and leaves the machine's own rules alone. Hosts do not pass the
 * cable when they talk among themselves.
 */

/** Instruction with the labels to go to; `next` falls through. */
interface Instruction {
  readonly code: number;
  readonly value: number;
  readonly yes?: 'pass' | 'drop';
  readonly no?: 'pass' | 'drop';
}

/** Opcodes of linux/filter.h. */
const LOAD_WORD = 0x20;
const LOAD_HALF = 0x28;
const LOAD_BYTE = 0x30;
const LOAD_IP_LENGTH = 0xb1;
const LOAD_HALF_AFTER_IP = 0x48;
const LOAD_BYTE_AFTER_IP = 0x50;
const IF_EQUAL = 0x15;
const IF_ANY_BIT = 0x45;
const RETURN = 0x06;

const ETHERTYPE = 12;
const IP_HEADER = 14;
const IP_FRAGMENT = 20;
const IP_PROTOCOL = 23;
const IP_DESTINATION = 30;
const TCP_SOURCE_PORT = 14;
const TCP_DESTINATION_PORT = 16;
const TCP_FLAGS = 27;

const ARP = 0x0806;
const IPV4 = 0x0800;
const TCP = 6;
const ACK = 0x10;
const SSH = 22;
/** Verdicts of linux/pkt_cls.h. */
const TC_ACT_OK = 0;
const TC_ACT_SHOT = 2;

const ARP_OR_IPV4: readonly Instruction[] = [
  { code: LOAD_HALF, value: ETHERTYPE },
  { code: IF_EQUAL, value: ARP, yes: 'pass' },
  { code: IF_EQUAL, value: IPV4, no: 'drop' },
];
/** A fragment but the first has no ports. */
const WHOLE_TCP: readonly Instruction[] = [
  { code: LOAD_BYTE, value: IP_PROTOCOL },
  { code: IF_EQUAL, value: TCP, no: 'drop' },
  { code: LOAD_HALF, value: IP_FRAGMENT },
  { code: IF_ANY_BIT, value: 0x1fff, yes: 'drop' },
  { code: LOAD_IP_LENGTH, value: IP_HEADER },
];

/** From this machine: to port 22 of hosts, and nothing else. */
export function filterFromMachine(): string {
  return assemble([
    ...ARP_OR_IPV4,
    ...WHOLE_TCP,
    { code: LOAD_HALF_AFTER_IP, value: TCP_DESTINATION_PORT },
    { code: IF_EQUAL, value: SSH, no: 'drop' },
  ]);
}

/** To this machine: what sshd answers. It carries ACK, which the first packet of a connection cannot, so none begins here. */
export function filterToMachine(gateway: string): string {
  return assemble([
    ...ARP_OR_IPV4,
    { code: LOAD_WORD, value: IP_DESTINATION },
    { code: IF_EQUAL, value: addressNumber(gateway), no: 'drop' },
    ...WHOLE_TCP,
    { code: LOAD_HALF_AFTER_IP, value: TCP_SOURCE_PORT },
    { code: IF_EQUAL, value: SSH, no: 'drop' },
    { code: LOAD_BYTE_AFTER_IP, value: TCP_FLAGS },
    { code: IF_ANY_BIT, value: ACK, no: 'drop' },
  ]);
}

/** 10.0.0.1 → 167772161 */
export function addressNumber(address: string): number {
  return address.split('.').reduce((number, part) => number * 256 + Number(part), 0);
}

/** `<count>,<code> <skip if true> <skip if false> <value>,…`; the last two instructions are pass and drop. */
function assemble(program: readonly Instruction[]): string {
  const lines = program.map(({ code, value, yes, no }, index) => {
    const skip = { pass: program.length - index - 1, drop: program.length - index };
    return `${code} ${yes === undefined ? 0 : skip[yes]} ${no === undefined ? 0 : skip[no]} ${value}`;
  });
  lines.push(`${RETURN} 0 0 ${TC_ACT_OK}`, `${RETURN} 0 0 ${TC_ACT_SHOT}`);
  return [lines.length, ...lines].join(',');
}
