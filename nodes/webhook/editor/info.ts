/** What the runtime says of Node-RED's settings. */

/** See `runtime/webhook-info.ts`. */
export interface Info {
  readonly root: string | false;
  readonly login: boolean;
  readonly longest: Readonly<Record<string, number>>;
}

let known: Info | undefined;

/** Asks for it. Rejects where it cannot be had. */
export async function loadInfo(): Promise<void> {
  known ??= (await $.getJSON('smswire-admin/webhook')) as Info;
}

/** Undefined where it is not here yet. */
export function info(): Info | undefined {
  return known;
}
