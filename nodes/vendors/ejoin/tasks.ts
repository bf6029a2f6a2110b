/** The data of a send request (6.3.1.3): tasks and what is said of all of them. */
import type { OptionValues, SendItem, SendRequest } from '../driver';
import { attachmentsOption, flagOption, integerOption, isMms, isShared, textOption, titleOption } from './options';
import type { Sender } from './sender';

/** How the device pushes inbound SMS: its JSON form needs a count above 1, and then the period is what a reply waits. */
const INBOUND_COUNT = 2;
const INBOUND_PERIOD = 5;

/** A task that has no tid yet. */
export interface Draft {
  /** Whom it is for: places in the list of the request's recipients. */
  readonly recipients: readonly number[];
  /** Its properties but for `tid`. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** One task for each recipient, so that each has a tid of its own, unless they are to share one. */
export function draftTasks(request: SendRequest, sender: Sender): Draft[] {
  const { items, options } = request;
  const shared = isShared(options);
  const common = commonProperties(request);
  const drafts: Draft[] = [];
  let place = 0;
  const draft = (item: SendItem, to: readonly string[]): void => {
    const properties = { from: sender.from(options, to.length), to: to.join(','), ...content(item.text, options) };
    drafts.push({ recipients: to.map(() => place++), properties: { ...properties, ...common } });
  };
  for (const item of items) {
    if (shared && item.to.length > 0) draft(item, item.to);
    else for (const to of item.to) draft(item, [to]);
  }
  return drafts;
}

function content(text: string, options: OptionValues): Readonly<Record<string, unknown>> {
  const chs = textOption(options, 'chs');
  return { sms: chs === 'base64' ? Buffer.from(text, 'utf8').toString('base64') : text, chs };
}

/** What all tasks of a request have in common. `undefined` is left out of the JSON: the device's default counts. */
function commonProperties({ options, wantReports }: SendRequest): Readonly<Record<string, unknown>> {
  const asked = wantReports ? 1 : undefined;
  const attachments = attachmentsOption(options);
  return {
    coding: integerOption(options, 'coding'),
    smstype: integerOption(options, 'smstype'),
    smstitle: isMms(options) ? titleOption(options) : undefined,
    attachments:
      attachments.length === 0
        ? undefined
        : attachments.map(({ type, content }) => `${type}|${content.toString('base64')}`).join(';'),
    smsc: textOption(options, 'smsc'),
    intvl: textOption(options, 'intvl')?.replace(/\s+/g, ''),
    tmo: integerOption(options, 'tmo'),
    sdr: flagOption(options, 'sdr') ?? asked,
    fdr: flagOption(options, 'fdr') ?? asked,
    dr: flagOption(options, 'dr') ?? asked,
    sr_prd: integerOption(options, 'sr_prd'),
    sr_cnt: integerOption(options, 'sr_cnt'),
  };
}

/** The body: the drafts with their tids, which follow each other from `firstTid`. */
export function sendBody(request: SendRequest, drafts: readonly Draft[], firstTid: number): string {
  const { options, callbackUrl } = request;
  const pushed = callbackUrl !== undefined;
  return JSON.stringify({
    type: 'send-sms',
    sr_url: callbackUrl,
    sr_cnt: integerOption(options, 'reportCount'),
    sr_prd: integerOption(options, 'reportPeriod'),
    sms_url: callbackUrl,
    sms_cnt: integerOption(options, 'inboundCount') ?? (pushed ? INBOUND_COUNT : undefined),
    sms_prd: integerOption(options, 'inboundPeriod') ?? (pushed ? INBOUND_PERIOD : undefined),
    task_num: drafts.length,
    tasks: drafts.map(({ properties }, index) => ({ tid: firstTid + index, ...properties })),
  });
}
