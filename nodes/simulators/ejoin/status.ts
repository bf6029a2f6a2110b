/** `dev-status` and its ports (4.1.3, 4.1.4), in the form in which devices were seen to give it. */
import { CALLING, PORTS, REGISTERED, simAt, SLOTS, stateOfSlot, type Port, type Sim } from './lines';
import { dottedForm, letterForm } from './ports';

export const MAC = '00-30-f1-01-02-03';

/** What a state is called: 0 to 14 of 4.1.4, 15 and 16 as seen. The document has only `OK` in English. */
export const STATE_NAMES: Readonly<Record<number, string>> = {
  0: 'No SIM',
  1: 'Idle SIM',
  2: 'Registering',
  3: 'OK',
  4: 'Calling',
  5: 'No Balance',
  6: 'Register Failed',
  7: 'Locked',
  8: 'Blocked by Operator',
  9: 'SIM Error',
  11: 'SIM Detected',
  12: 'User Locked',
  13: 'Inter Calling',
  14: 'Inter Calling Wait',
  15: 'Accessing Mobile Network',
  16: 'Module Timeout',
};

/**
 * The whole status. `seq` rises by one with each; `expires` is -1 in the answer to a query. `allSims` lists every card,
 * else there is one entry for each port, for its slot in use.
 */
export function devStatus(ports: readonly Port[], seq: number, expires: number, allSims: boolean): object {
  return {
    type: 'dev-status',
    seq,
    expires,
    mac: MAC,
    ip: '127.0.0.1',
    ver: 'simulator',
    'max-ports': PORTS,
    'max-slot': SLOTS,
    status: ports.flatMap((port) =>
      allSims
        ? port.sims.map(({ slot }) => portStatus(port, slot, simAt(port, slot)))
        : [portStatus(port, port.slot, simAt(port))],
    ),
  };
}

/** `port-status` (4.1.4) of the slot in use, in the form of its sample, which calls the state `status`. */
export function portStatusPush(port: Port, seq: number): object {
  const { st, bal, opr, sn, imei, imsi, iccid } = portStatus(port, port.slot, simAt(port));
  return {
    type: 'port-status',
    port: letterForm(port.number, port.slot),
    seq,
    status: `${st} ${STATE_NAMES[st] ?? ''}`.trim(),
    bal,
    opr,
    sn,
    imei,
    imsi,
    iccid,
  };
}

/** One port of `dev-status`. Names that are not in the document were seen. */
interface PortEntry {
  readonly port: string;
  readonly sim: string;
  readonly st: number;
  readonly imei: string;
  readonly iccid: string;
  readonly imsi: string;
  readonly sn: string;
  readonly opr: string;
  readonly bal: string;
  readonly sig: number;
  readonly tot_dur: number;
  readonly mon_dur: number;
  readonly day_dur: number;
}

/**
 * One entry of the status. Of `sig sim tot_dur mon_dur day_dur ver` only
 * the names are known: their values here are made up.
 */
function portStatus(port: Port, slot: number, sim: Sim | undefined): PortEntry {
  const state = stateOfSlot(port, slot);
  const online = state === REGISTERED || state === CALLING;
  return {
    port: dottedForm(port.number, slot),
    sim: '',
    st: state,
    imei: port.imeis[slot - 1] ?? '',
    iccid: sim?.iccid ?? '',
    imsi: sim?.imsi ?? '',
    sn: sim?.number ?? '',
    opr: online && sim ? sim.operator : '0 ',
    bal: ((sim?.balance ?? 0) / 100).toFixed(2),
    sig: online ? 24 : 0,
    tot_dur: 0,
    mon_dur: 0,
    day_dur: 0,
  };
}
