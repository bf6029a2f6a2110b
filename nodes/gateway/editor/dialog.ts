/** The edit dialog of a gateway: what it shows of the chosen vendor, and what it saves. */
import { readBoolean } from '../../core/option';
import { isOpen, judgeAgain, shown } from '../../runtime/editor/dialogs';
import { gatewayOptions } from '../../runtime/editor/option-check';
import { OptionForm, type OptionValues } from '../../runtime/editor/option-form';
import { asText, isBlank } from '../../runtime/editor/values';
import { VariableSwitch } from '../../runtime/editor/variable-switch';
import { loadVendors, vendorOf, vendors, type VendorInfo } from '../../runtime/editor/vendors';
import type { Gateway } from './checks';

const CREDENTIALS = ['accountId', 'username', 'password'] as const;

const control = (name: string): JQuery => $(`#node-config-input-${name}`);

export class GatewayDialog {
  readonly #node: Gateway;
  /** Options by vendor, so that a look at another vendor loses none. */
  readonly #typed = new Map<string, OptionValues>();
  #vendor: VendorInfo | undefined;
  #options: OptionForm | undefined;

  constructor(node: Gateway) {
    this.#node = node;
    this.#typed.set(node.vendor ?? '', { ...node.options });
    const simulate = control('simulate').prop('checked', readBoolean(node.simulate) ?? false);
    new VariableSwitch(simulate, node.simulate, () => {
      this.#showSimulate();
      judgeAgain(node);
    });
    const optOut = control('optOut').prop('checked', readBoolean(node.optOut) ?? false);
    new VariableSwitch(optOut, node.optOut, () => {
      judgeAgain(node);
    });
    const doubt = control('doubt');
    if (isBlank(node.doubt)) doubt.val('hold');
    new VariableSwitch(doubt, node.doubt, () => {
      this.#showDoubt();
      judgeAgain(node);
    });
    control('vendor').on('change', () => {
      this.#showVendor(false);
    });
    this.#offerTimezones();
    this.#openUsed();
    this.#fillVendors();
    if (!vendors()) this.#load();
    this.#showDoubt();
  }

  /** Hands the vendor's options over. What the other fields hold is Node-RED's to save. */
  save(): void {
    // Without the list there are no controls, and what was saved stays.
    if (this.#options) this.#node.options = this.#options.values;
  }

  #load(): void {
    loadVendors().then(
      () => {
        if (!isOpen(this.#node)) return;
        this.#fillVendors();
        judgeAgain(this.#node);
      },
      () => {
        $('#smswire-gateway-no-list').removeAttr('hidden');
      },
    );
  }

  #fillVendors(): void {
    const vendor = this.#node.vendor ?? '';
    const select = control('vendor').empty();
    const ids = vendors()?.map(({ id }) => id) ?? [];
    if (vendor === '') $('<option>', { value: '', text: this.#node._('editor.vendor.choose') }).appendTo(select);
    for (const id of ids) $('<option>', { value: id, text: this.#node._(`vendors.${id}.name`) }).appendTo(select);
    if (vendor !== '' && !ids.includes(vendor)) $('<option>', { value: vendor, text: vendor }).appendTo(select);
    select.val(vendor);
    this.#showVendor(true);
  }

  #showVendor(again: boolean): void {
    const vendor = vendorOf(control('vendor').val());
    if (vendor === this.#vendor && !again) return;
    if (this.#vendor && this.#options) this.#typed.set(this.#vendor.id, this.#options.values);
    this.#vendor = vendor;
    this.#showAccount(vendor);
    $('#smswire-gateway-options').toggle(vendor !== undefined && vendor.options.length > 0);
    const rows = $('#smswire-gateway-options-rows');
    this.#options = vendor && this.#optionsOf(vendor, rows);
    if (vendor) $('#smswire-gateway-options').prop('open', vendor.options.length <= 3 || this.#hasOptions());
    control('window').attr('placeholder', vendor?.window ?? '');
    control('timeout').attr('placeholder', vendor?.timeout ?? '');
    this.#showSimulate();
    judgeAgain(this.#node);
  }

  #optionsOf(vendor: VendorInfo, rows: JQuery): OptionForm {
    const slots = (): unknown => control('options-slots').val();
    const owner = gatewayOptions(vendor.id, slots);
    return new OptionForm(rows, 'node-config-input-options', owner, vendor.options, this.#typed.get(vendor.id) ?? {});
  }

  #hasOptions(): boolean {
    return Object.keys(this.#options?.values ?? {}).length > 0;
  }

  /** URL and login as the vendor calls them; without a known vendor everything that there may be. */
  #showAccount(vendor: VendorInfo | undefined): void {
    const text = (path: string): string | undefined => {
      const key = `vendors.${vendor?.id ?? ''}.${path}`;
      const found = this.#node._(key);
      return found === key ? undefined : found;
    };
    control('url').attr('placeholder', vendor && !vendor.url.required ? vendor.url.placeholder : '');
    $('#smswire-gateway-url-hint').text(text('url.hint') ?? '');
    for (const name of CREDENTIALS) {
      const own = this.#node._(`editor.credential.${name}`);
      control(name)
        .closest('.form-row')
        .attr('hidden', vendor?.credentials.includes(name) === false ? '' : null);
      $(`#smswire-gateway-${name}-label`).text(text(`credentials.${name}`) ?? own);
    }
  }

  /** What a simulated gateway does not use is greyed, and keeps its values. */
  #showSimulate(): void {
    const simulated = shown(this.#node, 'simulate') === true;
    $('#smswire-gateway-account').prop('disabled', simulated);
    const possible = this.#vendor?.simulator !== false;
    $('#smswire-gateway-simulate-hint').text(
      possible ? this.#node._('editor.simulate.hint') : this.#node._('editor.error.no-simulator'),
    );
    for (const name of ['tls', 'proxy']) {
      const select = control(name);
      const buttons = select.siblings('.red-ui-button');
      for (const each of [select, buttons]) each.prop('disabled', simulated);
      buttons.toggleClass('disabled', simulated).attr('tabindex', simulated ? -1 : 0);
      // Node-RED decides itself whether there is something to edit.
      if (!simulated) select.triggerHandler('change');
    }
  }

  #showDoubt(): void {
    const doubt = asText(shown(this.#node, 'doubt'));
    const risky = doubt === 'resend' || doubt === 'failover';
    $('#smswire-gateway-doubt-warning')
      .attr('hidden', risky ? null : '')
      .text(risky ? this.#node._(`editor.doubt.warning.${doubt}`) : '');
    control('doubtAfter')
      .closest('.form-row')
      .attr('hidden', risky ? '' : null);
  }

  #offerTimezones(): void {
    const list = $('#smswire-gateway-timezones');
    for (const zone of Intl.supportedValuesOf('timeZone')) $('<option>', { value: zone }).appendTo(list);
  }

  /** Opens the sections in which something is set. */
  #openUsed(): void {
    const { publicUrl, timezone, country, rate, window, timeout, tls, proxy, doubt, doubtAfter, quietHours, optOut } =
      this.#node;
    const isSet = (value: unknown): boolean => !isBlank(value);
    const isOn = !isBlank(optOut) && readBoolean(optOut) !== false;
    const sending = isOn || [timezone, country, rate, window, doubtAfter, quietHours].some(isSet);
    $('#smswire-gateway-sending').prop('open', sending || (isSet(doubt) && doubt !== 'hold'));
    $('#smswire-gateway-connection').prop('open', [publicUrl, timeout, tls, proxy].some(isSet));
  }
}
