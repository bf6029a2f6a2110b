/** What the options of a gateway and the arguments of a command may hold, as the runtime would read them. */
import { SmsError } from '../../core/failure';
import { convertOptions, type OptionSource, type OptionSpec } from '../../core/option';
import { checkPorts, checkSlots } from './ports';
import type { Verdict } from './red';
import { sharedText } from './texts';
import { isBlank, isVariable } from './values';

/** Whose options they are. */
export interface OptionOwner {
  readonly source: Exclude<OptionSource, 'message'>;
  /** How many slots a port of the gateway has, where that is known. */
  slots(): unknown;
  /** A text of one of the options: its `label`, `hint`, `rule`, or `choices.<choice>`. */
  text(name: string, path: string): string | undefined;
}

export function gatewayOptions(vendor: string, slots: () => unknown): OptionOwner {
  return {
    ...{ source: 'gateway', slots },
    text: (name, path) => sharedText(`vendors.${vendor}.options.${name}.${path}`),
  };
}

/** What a command says of an argument itself goes before what its vendor says of all arguments of that name. */
export function commandArguments(vendor: string, command: string, slots: () => unknown): OptionOwner {
  return {
    ...{ source: 'command', slots },
    text: (name, path) =>
      sharedText(`vendors.${vendor}.commands.${command}.arguments.${name}.${path}`) ??
      sharedText(`vendors.${vendor}.arguments.${name}.${path}`),
  };
}

/** Everything that is saved of some options: fine, or the first thing that is wrong. */
export function checkOptions(
  owner: OptionOwner,
  specs: readonly OptionSpec[],
  values: Readonly<Record<string, unknown>>,
): Verdict {
  for (const spec of specs) {
    const verdict = checkOption(owner, spec, values[spec.name]);
    if (verdict !== true) return `${labelOf(owner, spec)}: ${verdict}`;
  }
  return true;
}

export function labelOf(owner: OptionOwner, { name }: OptionSpec): string {
  return owner.text(name, 'label') ?? name;
}

/** One option. Variables are not judged, nor where they are elements of a list. */
export function checkOption(owner: OptionOwner, option: OptionSpec, given: unknown): Verdict {
  const value = Array.isArray(given) ? (given as unknown[]).filter((element) => !isVariable(element)) : given;
  if (isBlank(value) || isVariable(value)) return true;
  const verdict = checkNames(owner, option, value);
  if (verdict !== true) return verdict;
  try {
    convertOptions([option], { [option.name]: value }, owner.source);
    return true;
  } catch (error) {
    const params = error instanceof SmsError ? error.failure.params : undefined;
    const key = owner.source === 'command' ? 'invalid-message.argument' : 'invalid-config.option';
    const said = sharedText(`errors.${key}-${option.type}`, { ...params, field: labelOf(owner, option) });
    return ruleOf(owner, option) ?? said ?? String(error);
  }
}

function checkNames(owner: OptionOwner, { names }: OptionSpec, value: unknown): Verdict {
  switch (names) {
    case undefined:
      return true;
    case 'ports':
      return checkPorts(value, { slots: owner.slots() });
    case 'port':
      return checkPorts(value, { kind: 'whole-ports', single: true });
    case 'slots':
      return checkSlots(value, owner.slots());
  }
}

/** What the vendor's texts say of the form of an option. */
function ruleOf(owner: OptionOwner, { name, type }: OptionSpec): string | undefined {
  if (type === 'boolean' || type === 'choice') {
    return RED._('@smswire/node-red-smswire/smswire-gateway:fields.error.choice');
  }
  const rule = owner.text(name, 'rule');
  return rule === undefined ? undefined : sharedText('fields.error.rule', { rule });
}
