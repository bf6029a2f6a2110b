/**
 * `npm start`: installs, builds, and shows five simulated gateways at work in a Node-RED on the loopback interface.
 *
 *   --once      ends after the table: exit status 0 if every alert was accepted, delivered and answered, else 1
 *   --port N    where the editor listens (default 1880); the next free port where it is taken
 *   --fresh     forgets what was changed in the editor since the first start
 *
 * This file must be readable for any Node.js that can import modules, so that an old one gets a sentence, not an error.
 */
const OLDEST = [20, 19];

const [major, minor] = process.versions.node.split('.').map(Number);

if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) {
  import('../.start/run.mjs').then(({ run }) => run(process.argv.slice(2)));
} else {
  console.error(
    `smswire needs Node.js ${OLDEST.join('.')} or later, and this is ${process.versions.node}. Get a newer one from https://nodejs.org/.`,
  );
  process.exitCode = 1;
}
