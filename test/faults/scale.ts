/** How much is done: little in `npm test`, much in `npm run test:faults`. */
export const IS_LONG = process.env.SMSWIRE_FAULTS === 'long';

export function scale(short: number, long: number): number {
  return IS_LONG ? long : short;
}
