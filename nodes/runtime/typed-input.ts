/** Values of a node's typed inputs (`str`, `msg`, `flow`, `global`, `env`, `jsonata`, `num`). */
import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { SmsError, failure } from '../core/failure';

/** Rejects with an `SmsError` of code `invalid-message` that names the field, where the value cannot be had. */
export function evaluateInput(
  red: NodeAPI,
  node: Node,
  field: string,
  value: string,
  type: string,
  msg: NodeMessage,
): Promise<unknown> {
  if (type === 'str') return Promise.resolve(value);
  return new Promise((resolve, reject) => {
    const refuse = (): void => {
      reject(new SmsError(failure('invalid-message', 'expression', { field })));
    };
    try {
      red.util.evaluateNodeProperty(value, type, node, msg, (error: Error | null, result: unknown) => {
        if (error) refuse();
        else resolve(result);
      });
    } catch {
      refuse();
    }
  });
}

/** Whether a typed input is empty: that is looked at before anything is evaluated. */
export function isEmptyInput(value: unknown): boolean {
  return typeof value !== 'string' || value.trim() === '';
}
