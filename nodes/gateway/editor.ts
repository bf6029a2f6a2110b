/** The config node `smswire-gateway` in the editor. */
import {
  checkCountry,
  checkCredential,
  checkDoubt,
  checkGatewayOptions,
  checkNumber,
  checkOptOut,
  checkPublicUrl,
  checkQuietHours,
  checkSimulate,
  checkTimezone,
  checkUrl,
  checkVendor,
  type Gateway,
  type GatewayProps,
} from './editor/checks';
import { GatewayDialog } from './editor/dialog';
import { closeDialog, openDialog } from '../runtime/editor/dialogs';
import { addStyle } from '../runtime/editor/style';
import { loadVendors } from '../runtime/editor/vendors';

/** There is never more than one: no gateway leads to another. */
let dialog: GatewayDialog | undefined;

/** The dialog tries again and says so; until then nothing is judged that needs the list. */
loadVendors().catch(() => undefined);
addStyle();

RED.nodes.registerType<GatewayProps>('smswire-gateway', {
  category: 'config',
  color: '#a5d6c1',
  defaults: {
    name: { value: '' },
    version: { value: 1 },
    vendor: {
      value: '',
      validate(value, _options) {
        return checkVendor(this, value);
      },
    },
    simulate: {
      value: false,
      validate(value, _options) {
        return checkSimulate(this, value);
      },
    },
    url: {
      value: '',
      validate(value, _options) {
        return checkUrl(this, value);
      },
    },
    publicUrl: {
      value: '',
      validate(value, _options) {
        return checkPublicUrl(this, value);
      },
    },
    timezone: {
      value: '',
      validate(value, _options) {
        return checkTimezone(this, value);
      },
    },
    country: {
      value: '',
      validate(value, _options) {
        return checkCountry(this, value);
      },
    },
    rate: {
      value: '',
      validate(value, _options) {
        return checkNumber(this, value, 'rate');
      },
    },
    window: {
      value: '',
      validate(value, _options) {
        return checkNumber(this, value, 'window');
      },
    },
    timeout: {
      value: '',
      validate(value, _options) {
        return checkNumber(this, value, 'timeout');
      },
    },
    tls: {
      value: '',
      type: 'tls-config',
      required: false,
      label: RED._('@smswire/node-red-smswire/smswire-gateway:editor.tls'),
    },
    proxy: {
      value: '',
      type: 'http proxy',
      required: false,
      label: RED._('@smswire/node-red-smswire/smswire-gateway:editor.proxy'),
    },
    doubt: {
      value: 'hold',
      validate(value, _options) {
        return checkDoubt(this, value);
      },
    },
    doubtAfter: {
      value: '',
      validate(value, _options) {
        return checkNumber(this, value, 'doubtAfter');
      },
    },
    quietHours: {
      value: '',
      validate(value, _options) {
        return checkQuietHours(this, value);
      },
    },
    optOut: {
      value: false,
      validate(value, _options) {
        return checkOptOut(this, value);
      },
    },
    options: {
      value: {},
      validate(value, _options) {
        return checkGatewayOptions(this, value);
      },
    },
  },
  credentials: {
    accountId: {
      type: 'text',
      validate(value, _options) {
        return checkCredential(this, 'accountId', value);
      },
    },
    username: {
      type: 'text',
      validate(value, _options) {
        return checkCredential(this, 'username', value);
      },
    },
    password: {
      type: 'password',
      validate(value, _options) {
        return checkCredential(this, 'password', value);
      },
    },
  },
  paletteLabel() {
    return this._('editor.palette');
  },
  label() {
    return this.name || nameOf(this);
  },
  oneditprepare() {
    openDialog(this, 'node-config-input');
    dialog = new GatewayDialog(this);
  },
  oneditsave() {
    dialog?.save();
    closeDialog(this);
  },
  oneditcancel() {
    closeDialog(this);
  },
  oneditdelete() {
    closeDialog(this);
  },
});

/** What a gateway without a name is called: its vendor, and that it is simulated. */
function nameOf(node: Gateway): string {
  if (!node.vendor) return node._('editor.palette');
  const key = `vendors.${node.vendor}.name`;
  const found = node._(key);
  const vendor = found === key ? node.vendor : found;
  return node.simulate === true ? node._('editor.simulated', { vendor }) : vendor;
}
