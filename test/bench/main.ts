/** Measures what is named, or all, and prints the figures: see `run.mjs`. */
import { tableOf, type Figure } from './figure';
import { SUBJECTS } from './subjects';

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const names = args.filter((each) => !each.startsWith('--'));
  const unknown = names.filter((each) => !(each in SUBJECTS));
  if (unknown.length > 0) {
    console.error(`Unknown: ${unknown.join(' ')}. Known: ${Object.keys(SUBJECTS).join(' ')} --markdown --quick`);
    process.exitCode = 2;
    return;
  }
  const scale = args.includes('--quick') ? { share: 0.02, rounds: 1 } : { share: 1, rounds: 3 };
  const figures: Figure[] = [];
  for (const name of names.length > 0 ? names : Object.keys(SUBJECTS)) {
    console.error(name);
    figures.push(...(await SUBJECTS[name]!(scale)));
  }
  console.log(tableOf(figures, args.includes('--markdown')));
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
