/** `dev-status` and its ports (4.1.3, 4.1.4), in the form in which devices were seen to give it. */
import { CALLING, currentSim, PORTS, REGISTERED, SLOTS, stateOfSlot, type Port, type Sim } from './lines';
import { dottedForm } from './ports';

/**
 * The whole status. `seq` rises by one with each; `expires` is -1 in the answer to a query. `allSims` lists every card,
 * else there is one entry for each port, for its slot in use.
 */
export function devStatus(ports: readonly Port[], seq: number, expires: number, allSims: boolean): object {
  return {
    type: 'dev-status',
    seq,
    expires,
    mac: '00-30-f1-01-02-03',
    ip: '127.0.0.1',
    ver: 'simulator',
    'max-ports': PORTS,
    'max-slot': SLOTS,
    status: ports.flatMap((port) =>
      allSims
        ? port.sims.map((sim) => portStatus(port, sim.slot, sim))
        : [portStatus(port, port.slot, currentSim(port))],
    ),
  };
}

/**
 * One entry of the status. A push of `port-status` says the same of one port. Of `sig sim tot_dur mon_dur day_dur ver` only
 * the names are known: their values here are made up.
 */
function portStatus(port: Port, slot: number, sim: Sim | undefined): object {
  const state = stateOfSlot(port, slot);
  const online = state === REGISTERED || state === CALLING;
  return {
    port: dottedForm(port.number, slot),
    sim: '',
    st: state,
    imei: port.imei,
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
