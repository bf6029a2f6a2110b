/** Environment variables as whole values: `${NAME}`. */
import { SmsError, failure } from '../core/failure';

const VARIABLE = /^\$\{([^{}]+)\}$/;

/**
 * Puts in the values of variables, however deep they stand. Node-RED has done so already for those that it knows;
 * `lookUp` gets the others. Throws an `SmsError` of code `invalid-config` that names a variable without a value.
 */
export function resolveVariables<T>(value: T, lookUp: (name: string) => unknown): T {
  return resolve(value, lookUp) as T;
}

function resolve(value: unknown, lookUp: (name: string) => unknown): unknown {
  if (typeof value === 'string') {
    const name = VARIABLE.exec(value.trim())?.[1]?.trim();
    if (name === undefined) return value;
    const found = lookUp(name);
    if (found === undefined || found === null || found === '' || found === value) {
      throw new SmsError(failure('invalid-config', 'variable', { variable: name }));
    }
    return found;
  }
  if (Array.isArray(value)) return value.map((element) => resolve(element, lookUp));
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, resolve(element, lookUp)]));
  }
  return value;
}
