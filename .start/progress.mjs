/** How far the alert has come at each vendor: accepted, delivered, answered. */

const ACCEPTED = new Set(['accepted', 'scheduled', 'sent', 'delivered']);

export class Progress {
  /** Recipients that there were, and how many of them were accepted, delivered and answered. */
  total = 0;
  accepted = 0;
  delivered = 0;
  answered = 0;
  /** Resolves when nothing more is to be expected. */
  finished;
  #tell;
  #finish;
  #started = Date.now();
  /** Vendors of the send nodes without a result, by node. */
  #open;
  /** What is still expected of each accepted recipient: its report, its reply. */
  #expected = new Map();

  /** `vendors`: those of the send nodes, by node. `tell` gets a row as soon as there is one. */
  constructor(vendors, tell) {
    this.#tell = tell;
    this.#open = new Map(vendors);
    this.finished = new Promise((resolve) => (this.#finish = resolve));
  }

  /** All that was accepted was delivered and answered. */
  get isComplete() {
    return this.total > 0 && [this.accepted, this.delivered, this.answered].every((count) => count === this.total);
  }

  /** What a send node's message says of its recipients. */
  result(node, msg, error) {
    if (!this.#open.has(node)) return;
    const vendor = this.#open.get(node);
    this.#open.delete(node);
    for (const row of rowsOf(msg, vendor, error)) {
      this.total++;
      if (ACCEPTED.has(row.state)) {
        this.accepted++;
        this.#expected.set(`${row.vendor} ${row.to}`, new Set(['report', 'reply']));
      }
      this.#say(row);
    }
    this.#look();
  }

  /** A report comes out of its node, perhaps several for one recipient. */
  report({ payload: state, topic: to, sms }) {
    const expected = this.#expected.get(`${sms.vendor} ${to}`);
    if (!expected?.has('report')) return;
    this.#say({ vendor: sms.vendor, to, id: sms.id, state, error: sms.error?.message });
    if (!sms.final) return;
    expected.delete('report');
    if (state === 'delivered') this.delivered++;
    // Who has not got it will not answer it.
    else expected.delete('reply');
    this.#look();
  }

  /** A handset answers. */
  reply({ payload: text, from, sms }) {
    const expected = this.#expected.get(`${sms.vendor} ${from}`);
    if (!expected?.delete('reply')) return;
    this.answered++;
    this.#say({ vendor: sms.vendor, to: from, id: sms.id, state: `reply: ${text}` });
    this.#look();
  }

  /** Names what did not come. */
  end() {
    for (const vendor of this.#open.values()) {
      this.total++;
      this.#say({ vendor, state: 'no outcome' });
    }
    for (const [name, expected] of this.#expected) {
      const [vendor, to] = name.split(' ');
      for (const each of expected) this.#say({ vendor, to, state: `no ${each}` });
    }
  }

  #say(row) {
    this.#tell({ ...row, seconds: (Date.now() - this.#started) / 1000 });
  }

  #look() {
    if (this.#open.size === 0 && [...this.#expected.values()].every(({ size }) => size === 0)) this.#finish();
  }
}

/** What a send node's result says of each recipient; a result without recipients is one row, too. */
function rowsOf({ sms }, vendor, error) {
  const { recipients = [], segments, state = 'rejected' } = sms ?? {};
  if (recipients.length === 0) return [{ vendor, state, error: error?.message ?? sms?.error?.message }];
  return recipients.map(({ to, id, ids, state: own, error: reason }) => ({
    vendor: sms.vendor ?? vendor,
    to,
    id: ids?.join(' ') ?? id,
    state: own,
    parts: segments?.parts,
    error: reason?.message,
  }));
}
