/** The part of Node-RED's editor that our dialogs use. Its published types know no messages from `validate`. */

export type TextParams = Readonly<Record<string, string | number>>;

/** A node in the editor. */
export interface EditorNode {
  readonly id: string;
  readonly type: string;
  name?: string;
  /** Undefined where it was not validated yet. */
  readonly valid?: boolean;
  /** Of a config node: those that refer to it. */
  readonly users?: readonly EditorNode[];
  /** Known while they are new or were looked at; those of a deployed node are with the runtime. */
  credentials?: Record<string, unknown>;
  /** A text of the node's own catalog; the key itself where there is none. */
  _(key: string, params?: TextParams): string;
}

/** What `validate` says: fine, or what is wrong. */
export type Verdict = true | string;

interface Field<Node> {
  required?: boolean;
  /** Names the field in Node-RED's own messages. */
  label?: string;
  /** Node-RED takes a message only from functions of two parameters. */
  validate?(this: Node, value: unknown, options: object): Verdict;
}

interface Property<Node> extends Field<Node> {
  value: string | number | boolean | object;
  /** The type of the config node whose id the property holds. */
  type?: string;
}

interface Credential<Node> extends Field<Node> {
  type: 'text' | 'password';
}

/** What a node type tells the editor. `Props` are the properties that are saved into the flow. */
export interface Definition<Props extends object, Node = EditorNode & Props> {
  category: string;
  color?: string;
  defaults: { [Name in keyof Props]-?: Property<Node> };
  credentials?: Readonly<Record<string, Credential<Node>>>;
  inputs?: number;
  outputs?: number;
  icon?: string;
  paletteLabel?(this: EditorNode): string;
  label?(this: Node): string;
  labelStyle?(this: Node): string;
  outputLabels?(this: Node, index: number): string | undefined;
  /** Called for a node that was dropped or pasted, not for one that was loaded. */
  onadd?(this: Node): void;
  oneditprepare?(this: Node): void;
  oneditsave?(this: Node): void;
  oneditcancel?(this: Node): void;
  oneditdelete?(this: Node): void;
}

interface Tooltip {
  setContent(text: string): void;
  delete(): void;
}

interface Editor {
  nodes: {
    registerType<Props extends object>(type: string, definition: Definition<Props>): void;
    node(id: string): EditorNode | null;
    eachConfig(visit: (node: EditorNode) => void): void;
  };
  editor: {
    validateNode(node: EditorNode): boolean;
    editJSON(options: { value: string; complete(text: string): void }): void;
  };
  events: { on(event: 'nodes:remove', listener: (node: EditorNode) => void): void };
  clipboard: { copyText(text: string, near: JQuery, message: string): boolean };
  popover: { tooltip(target: JQuery, text: string): Tooltip };
  view: { redraw(): void };
  utils: { validateTypedProperty(value: string, type: string, options?: object): Verdict };
  /** A text of the editor's catalog, or of the one named before a colon. */
  _(key: string, params?: TextParams): string;
}

declare global {
  const RED: Editor;
}
