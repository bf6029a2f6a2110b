/** The node `smswire-device`: commands to a device or its lines, and what they come to. */
import type { Node, NodeAPI } from 'node-red';
import { Texts } from '../runtime/texts';
import type { DeviceDef } from './config';
import { DeviceNode } from './device-node';

export default function (RED: NodeAPI): void {
  const texts = new Texts(RED);

  function Device(this: Node, def: DeviceDef): void {
    RED.nodes.createNode(this, def);
    new DeviceNode(RED, this, def, texts).start();
  }

  RED.nodes.registerType('smswire-device', Device);
}
