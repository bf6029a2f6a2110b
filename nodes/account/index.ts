/** The node `smswire-account`: the balance of an account, the signature of its SMS, and taking back what is not sent yet. */
import type { Node, NodeAPI } from 'node-red';
import { Texts } from '../runtime/texts';
import { AccountNode } from './account-node';
import type { AccountDef } from './config';

export default function (RED: NodeAPI): void {
  const texts = new Texts(RED);

  function Account(this: Node, def: AccountDef): void {
    RED.nodes.createNode(this, def);
    new AccountNode(RED, this, def, texts).start();
  }

  RED.nodes.registerType('smswire-account', Account);
}
