/** Waits that end: each names what it waited for. */
export async function until(what: string, isSo: () => boolean, seconds = 60): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!isSo()) {
    if (Date.now() > end) throw new Error(`Waited ${seconds} s in vain: ${what}`);
    await pause(20);
  }
}

/** As `until`, for what may also not come. */
export async function patiently(isSo: () => boolean, seconds: number): Promise<boolean> {
  return until('', isSo, seconds).then(
    () => true,
    () => false,
  );
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A whole number from `least` up to `most`. */
export function between(least: number, most: number): number {
  return least + Math.floor(Math.random() * (most - least + 1));
}
