/** A system call filter, written as the kernel reads it, so that no compiler is needed. */

/** Numbers on Linux x64. What answers "not permitted": sockets, other processes, mounts, namespaces, modules, keys. */
const REFUSED = [
  41,
  42,
  43,
  49,
  50,
  53,
  288, // socket, connect, accept, bind, listen, socketpair, accept4
  57,
  58, // fork, vfork
  101,
  310,
  311,
  312,
  434,
  438, // ptrace, process_vm_readv, process_vm_writev, kcmp, pidfd_open, pidfd_getfd
  155,
  161,
  165,
  166,
  428,
  429,
  430,
  431,
  432,
  433,
  442, // pivot_root, chroot, mount and what followed it
  272,
  308, // unshare, setns
  133,
  259,
  303,
  304, // mknod, mknodat, file handles
  134,
  153,
  156,
  163,
  167,
  168,
  169,
  170,
  171,
  172,
  173,
  175,
  176,
  246,
  313,
  320, // the machine, its ports and modules
  248,
  249,
  250, // keys
  298,
  321,
  323,
  425,
  426,
  427, // perf_event_open, bpf, userfaultfd, io_uring
];
const CLONE = 56;
const CLONE3 = 435;
/** Every flag of clone that makes a namespace. */
const NEW_NAMESPACE = 0x7e020080;
const THREAD = 0x00010000;
const X32 = 0x40000000;
const ARCHITECTURE_X64 = 0xc000003e;

const LOAD = 0x20;
const IF_EQUAL = 0x15;
const IF_AT_LEAST = 0x35;
const IF_ANY_BIT = 0x45;
const RETURN = 0x06;
const ALLOW = 0x7fff0000;
const KILL = 0x80000000;
const NOT_PERMITTED = 0x00050001;
const NOT_THERE = 0x00050026;

type Instruction = readonly [code: number, whenTrue: number, whenFalse: number, operand: number];

/** The filter, or null where the machine's numbers are others. */
export function seccompFilter(platform: string, arch: string): Buffer | null {
  if (platform !== "linux" || arch !== "x64") return null;
  const program: Instruction[] = [
    [LOAD, 0, 0, 4],
    [IF_EQUAL, 1, 0, ARCHITECTURE_X64],
    [RETURN, 0, 0, KILL],
    [LOAD, 0, 0, 0],
    [IF_AT_LEAST, 0, 1, X32],
    [RETURN, 0, 0, KILL],
    // The C library falls back to clone, whose flags can be looked at.
    [IF_EQUAL, 0, 1, CLONE3],
    [RETURN, 0, 0, NOT_THERE],
    ...REFUSED.flatMap((number): Instruction[] => [
      [IF_EQUAL, 0, 1, number],
      [RETURN, 0, 0, NOT_PERMITTED],
    ]),
    // Threads may be made, processes and namespaces may not.
    [IF_EQUAL, 1, 0, CLONE],
    [RETURN, 0, 0, ALLOW],
    [LOAD, 0, 0, 16],
    [IF_ANY_BIT, 0, 1, NEW_NAMESPACE],
    [RETURN, 0, 0, NOT_PERMITTED],
    [IF_ANY_BIT, 1, 0, THREAD],
    [RETURN, 0, 0, NOT_PERMITTED],
    [RETURN, 0, 0, ALLOW],
  ];
  const bytes = Buffer.alloc(program.length * 8);
  for (const [index, [code, whenTrue, whenFalse, operand]] of program.entries()) {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(whenTrue, index * 8 + 2);
    bytes.writeUInt8(whenFalse, index * 8 + 3);
    bytes.writeUInt32LE(operand, index * 8 + 4);
  }
  return bytes;
}
