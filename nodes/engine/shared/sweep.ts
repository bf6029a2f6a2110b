/** Looks through what is there, one look at a time: whoever asks for one while one runs gets one that begins after it. */
export class Sweep {
  readonly #look: () => Promise<void>;
  #running?: Promise<void>;
  #next?: Promise<void>;

  /** `look` may reject: the next one sees what this one did not. */
  constructor(look: () => Promise<void>) {
    this.#look = look;
  }

  /** Resolves once a look is over that began after this call. Never rejects. */
  run(): Promise<void> {
    if (!this.#running) return this.#begin();
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      return this.#begin();
    });
    return this.#next;
  }

  #begin(): Promise<void> {
    this.#running = this.#look()
      .catch(() => undefined)
      .then(() => {
        this.#running = undefined;
      });
    return this.#running;
  }
}
