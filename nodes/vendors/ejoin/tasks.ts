/** The data of a send request (6.3.1.3): tasks and what is said of all of them. */
import type { OptionValues, SendItem, SendRequest } from '../driver';
import { attachmentsOption, flagOption, integerOption, isMms, isShared, textOption, titleOption } from './options';
import { fromOf } from './sender';

/** How the device pushes inbound SMS: its JSON form needs a count above 1, and then the period is what a reply waits. */
const INBOUND_COUNT = 2;
const INBOUND_PERIOD = 5;

/** A task that has no tid yet. */
export interface Draft {
  /** Whom it is for: places in the list of the request's recipients. */
  readonly recipients: readonly number[];
  /** Its properties but for `tid` and `from`. */
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface Task extends Draft {
  readonly tid: number;
}

/** One task for each recipient, so that each has a tid of its own, unless they are to share one. */
export function draftTasks(request: SendRequest): Draft[] {
  const { items, options } = request;
  const shared = isShared(options);
  const common = commonProperties(request);
  const drafts: Draft[] = [];
  let place = 0;
  const draft = (item: SendItem, to: readonly string[]): void => {
    const properties = { to: to.join(','), ...content(item.text, options), ...common };
    drafts.push({ recipients: to.map(() => place++), properties });
  };
  for (const item of items) {
    if (shared && item.to.length > 0) draft(item, item.to);
    else for (const to of item.to) draft(item, [to]);
  }
  return drafts;
}

/** The tasks under the ids that the client chose for their recipients. Throws where these are not what they should be. */
export function tasksOf(request: SendRequest, ids: readonly number[]): Task[] {
  const tasks = draftTasks(request).map((draft): Task => ({ ...draft, tid: ids[draft.recipients[0] ?? -1] ?? 0 }));
  const tids = new Set(tasks.map(({ tid }) => tid));
  // The device would say of the second of two that it has taken it.
  if (tids.has(0) || tids.size < tasks.length) throw new Error('each task needs an id of its own');
  return tasks;
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

/** The body. The same for the same tasks, whenever they are sent. */
export function sendBody(request: SendRequest, tasks: readonly Task[]): string {
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
    task_num: tasks.length,
    tasks: tasks.map(({ tid, recipients, properties }) => ({
      tid,
      from: fromOf(options, recipients.length, tid),
      ...properties,
    })),
  });
}
