/**
 * Reads a node's html as the Flow Library and the scorecard do: the scripts by a pattern, in them every call of
 * `registerType`, of that only what stands there in literals. What they would trip over is thrown.
 */
import { type AnyNode, type ObjectExpression, parse, type Property } from 'acorn';

export interface Definition {
  readonly category: unknown;
  readonly color: unknown;
  readonly icon: unknown;
  readonly inputs: unknown;
  readonly outputs: unknown;
  readonly defaults: readonly string[];
  readonly credentials: readonly string[];
}

/** The definitions in a file, by type. */
export function definitionsIn(html: string): Map<string, Definition> {
  const found = new Map<string, Definition>();
  for (const [, script = ''] of html.matchAll(/<script.+?type=['"]text\/javascript['"].*?>([\S\s]*?)<\/script>/gi)) {
    for (const node of nodesOf(parse(script, { ecmaVersion: 'latest' }))) {
      if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') continue;
      if (node.callee.property.type !== 'Identifier' || node.callee.property.name !== 'registerType') continue;
      const [type, definition] = node.arguments;
      if (type?.type !== 'Literal' || typeof type.value !== 'string') throw new Error('the type is no literal');
      if (definition?.type !== 'ObjectExpression') throw new Error(`${type.value}: the definition is no literal`);
      found.set(type.value, definitionOf(definition));
    }
  }
  return found;
}

function definitionOf(object: ObjectExpression): Definition {
  const properties = propertiesOf(object);
  const literal = (name: string): unknown => {
    const value = properties.get(name)?.value;
    if (value === undefined) return undefined;
    if (value.type !== 'Literal') throw new Error(`${name} is no literal`);
    return value.value;
  };
  const names = (name: string): string[] => {
    const value = properties.get(name)?.value;
    if (value === undefined) return [];
    if (value.type !== 'ObjectExpression') throw new Error(`${name} does not stand in the definition`);
    return [...propertiesOf(value).keys()];
  };
  return {
    category: literal('category'),
    color: literal('color'),
    icon: literal('icon'),
    inputs: literal('inputs'),
    outputs: literal('outputs'),
    defaults: names('defaults'),
    credentials: names('credentials'),
  };
}

/** Spread properties and quoted names are what the Flow Library does not expect. */
function propertiesOf(object: ObjectExpression): Map<string, Property> {
  return new Map(
    object.properties.map((property) => {
      if (property.type !== 'Property' || property.key.type !== 'Identifier')
        throw new Error('a property has no plain name');
      return [property.key.name, property];
    }),
  );
}

function* nodesOf(value: unknown): Generator<AnyNode> {
  if (typeof value !== 'object' || value === null) return;
  if ('type' in value && typeof value.type === 'string') yield value as AnyNode;
  for (const below of Object.values(value)) yield* nodesOf(below);
}
