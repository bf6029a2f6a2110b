/** Sentences for the user, in the language of the runtime (`lang` in its settings). */
import type { NodeAPI } from 'node-red';
import { RETRY, type Failure, type Retry } from '../core/failure';

/** The catalog that all nodes of the package share: it is built into the gateway's. */
const CATALOG = '@smswire/node-red-smswire/smswire-gateway';

/** A failure as messages carry it (contract, section 3). */
export interface ErrorShape {
  readonly code: Failure['code'];
  readonly message: string;
  readonly vendorCode?: string;
  readonly vendorText?: string;
  readonly retry: Retry;
}

export class Texts {
  readonly #red: NodeAPI;
  /** Those without parameters, which are asked for again and again. */
  readonly #known = new Map<string, string>();

  constructor(red: NodeAPI) {
    this.#red = red;
  }

  /** A text of the shared catalog; the key itself where there is none. */
  text(key: string, params?: Readonly<Record<string, string | number>>): string {
    return (params ? this.#find(key, params) : this.#findPlain(key)) ?? key;
  }

  /** One or two sentences: what happened, where, and what to do. */
  sentence({ code, detail, params = {} }: Failure): string {
    return (
      (detail === undefined ? undefined : this.#find(`errors.${code}.${detail}`, params)) ??
      this.text(`errors.${code}.default`, params)
    );
  }

  /** What the vendor's code means, by its document; else the vendor's own words. */
  vendorText(
    { vendorTextKey, vendorText }: Pick<Failure, 'vendorTextKey' | 'vendorText'>,
    vendor: string,
  ): string | undefined {
    const known = vendorTextKey === undefined ? undefined : this.#findPlain(`vendors.${vendor}.${vendorTextKey}`);
    return known ?? vendorText;
  }

  error(failure: Failure, vendor: string): ErrorShape {
    const vendorText = this.vendorText(failure, vendor);
    const said = vendorText ?? failure.vendorCode;
    const sentence = this.sentence(failure);
    return {
      code: failure.code,
      message: said === undefined ? sentence : `${sentence} ${this.text('vendorSays', { text: said })}`,
      ...(failure.vendorCode === undefined ? {} : { vendorCode: failure.vendorCode }),
      ...(vendorText === undefined ? {} : { vendorText }),
      retry: RETRY[failure.code],
    };
  }

  /** A failure as Catch understands it. */
  asError(failure: Failure, vendor: string): Error {
    const { code, message, vendorCode, vendorText } = this.error(failure, vendor);
    return Object.assign(new Error(message, { cause: { vendorCode, vendorText } }), { code });
  }

  #findPlain(key: string): string | undefined {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const found = this.#find(key, {});
    if (found !== undefined) this.#known.set(key, found);
    return found;
  }

  #find(key: string, params: Readonly<Record<string, string | number>>): string | undefined {
    const full = `${CATALOG}:${key}`;
    const text: unknown = this.#red._(full, params);
    return typeof text === 'string' && text !== full && text !== key ? text : undefined;
  }
}
