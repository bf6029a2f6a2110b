/** The edit dialog of a webhook: the URL that is told to the vendor, where it goes there, and what stands in its way. */
import { joinUrl, SHORTEST_SAFE_PATH, WEBHOOK_FOLDER } from '../../runtime/callback-url';
import { isOpen, judgeAgain, shown } from '../../runtime/editor/dialogs';
import type { EditorNode, TextParams } from '../../runtime/editor/red';
import { sharedText } from '../../runtime/editor/texts';
import { asText, isBlank, isVariable } from '../../runtime/editor/values';
import type { Webhook } from './checks';
import { info, loadInfo } from './info';
import { makePath } from './secret';

/** The part of a gateway that matters here. */
type Gateway = EditorNode & { readonly vendor?: string; readonly publicUrl?: string; readonly simulate?: unknown };

const LOCAL = /^(localhost|.*\.localhost|127\.[\d.]+|0\.0\.0\.0|\[::1?\])$/;

export class WebhookDialog {
  readonly #node: Webhook;
  readonly #url = $('#smswire-webhook-url');
  readonly #path = $('#node-input-path');

  constructor(node: Webhook) {
    this.#node = node;
    if (isBlank(this.#path.val())) this.#path.val(makePath());
    this.#path.on('change keyup paste', () => {
      this.#show();
    });
    $('#node-input-gateway').on('change', () => {
      this.#show();
    });
    $('#smswire-webhook-generate').on('click', () => {
      this.#path.val(makePath()).trigger('change');
    });
    $('#smswire-webhook-copy').on('click', () => {
      const url = asText(this.#url.val());
      if (url !== '') RED.clipboard.copyText(url, $('#smswire-webhook-copy'), 'clipboard.copyMessageValue');
    });
    this.#url.on('focus', () => {
      this.#url.trigger('select');
    });
    this.#show();
    if (!info()) this.#load();
  }

  #load(): void {
    loadInfo().then(
      () => {
        if (!isOpen(this.#node)) return;
        this.#show();
        judgeAgain(this.#node);
      },
      () => {
        this.#show();
      },
    );
  }

  #show(): void {
    const gateway = this.#gateway();
    const url = this.#urlOf(gateway);
    this.#url.val(url);
    $('#smswire-webhook-copy')
      .prop('disabled', url === '')
      .toggleClass('disabled', url === '');
    const vendor = gateway?.vendor ?? '';
    const place = sharedText(`vendors.${vendor}.webhook.place`, { url: url || '…' });
    $('#smswire-webhook-place')
      .text(place ?? '')
      .attr('hidden', place === undefined ? '' : null);
    const list = $('#smswire-webhook-warnings').empty();
    for (const text of this.#warnings(gateway, url)) $('<p>', { class: 'smswire-warning', text }).appendTo(list);
  }

  #gateway(): Gateway | undefined {
    const id = shown(this.#node, 'gateway');
    return isBlank(id) ? undefined : (RED.nodes.node(String(id)) ?? undefined);
  }

  #urlOf(gateway: Gateway | undefined): string {
    const path = asText(this.#path.val()).trim();
    const root = info()?.root ?? '/';
    if (path === '' || root === false) return '';
    const base = isBlank(gateway?.publicUrl) ? location.origin : asText(gateway?.publicUrl).trim();
    return joinUrl(base, root, WEBHOOK_FOLDER, path);
  }

  #warnings(gateway: Gateway | undefined, url: string): string[] {
    const say = (key: string, params?: TextParams): string => this.#node._(`editor.warning.${key}`, params);
    const path = asText(this.#path.val()).trim();
    const settings = info();
    if (settings?.root === false) return [say('no-http')];
    const warnings: string[] = [];
    if (gateway?.simulate === true) warnings.push(say('simulated'));
    else if (gateway && isBlank(gateway.publicUrl)) warnings.push(say('no-public-url'));
    else if (gateway && isLocal(url)) warnings.push(say('local'));
    if (settings?.login) warnings.push(say('login'));
    if (path === '') warnings.push(say('blank-path'));
    else if (path.length < SHORTEST_SAFE_PATH && !isVariable(path)) {
      warnings.push(say('short-path', { least: SHORTEST_SAFE_PATH }));
    }
    const longest = settings?.longest[gateway?.vendor ?? ''];
    if (longest !== undefined && url.length > longest) warnings.push(say('long-url', { length: url.length, longest }));
    return warnings;
  }
}

function isLocal(url: string): boolean {
  return URL.canParse(url) && LOCAL.test(new URL(url).hostname);
}
