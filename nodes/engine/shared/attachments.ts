/** What nodes have attached to an engine that comes and goes: each engine is given all of it, and it is taken from it. */

/** Attaches something to an engine, and gives what detaches it; `removed`: it does not come back. */
export type Attach<Target> = (target: Target) => (removed: boolean) => void;

interface Attachment<Target> {
  readonly attach: Attach<Target>;
  detach?: (removed: boolean) => void;
}

export class Attachments<Target> {
  readonly #all = new Set<Attachment<Target>>();
  #target: Target | undefined;

  /** Gives what ends it. */
  add(attach: Attach<Target>): (removed: boolean) => void {
    const attachment: Attachment<Target> = { attach };
    this.#all.add(attachment);
    if (this.#target !== undefined) attachment.detach = attach(this.#target);
    return (removed) => {
      this.#all.delete(attachment);
      attachment.detach?.(removed);
    };
  }

  /** Detaches all from the engine that was, and attaches all to the one that is, if there is one. */
  moveTo(target: Target | undefined): void {
    for (const attachment of this.#all) {
      attachment.detach?.(false);
      attachment.detach = undefined;
    }
    this.#target = target;
    if (target === undefined) return;
    for (const attachment of this.#all) attachment.detach = attachment.attach(target);
  }
}
