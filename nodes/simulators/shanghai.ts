/** Wall-clock times as the vendors print them: Asia/Shanghai, eight hours ahead of UTC all year, whatever the host's zone. */

const AHEAD = 8 * 60 * 60 * 1000;

/** `YYYY-MM-DD hh:mm:ss` of a time in epoch milliseconds. */
export function shanghaiTime(at: number): string {
  return new Date(at + AHEAD).toISOString().slice(0, 19).replace('T', ' ');
}

/** `YYYY-MM-DD` of a time in epoch milliseconds. */
export function shanghaiDay(at: number): string {
  return shanghaiTime(at).slice(0, 10);
}
