/** What the device would refuse or change, said before anything is sent (6.3.1.3). */
import { failure, type Failure } from '../../core/failure';
import type { Attachment, OptionValues } from '../driver';
import { isGsm7 } from './gsm7';
import {
  attachmentsOption,
  DEFAULT_MAX_LENGTH,
  integerOption,
  intervalOption,
  isMms,
  titleOption,
  type Interval,
} from './options';
import { checkSender } from './sender';

/** Limits of an MMS: files, and bytes of all of them. */
const MOST_ATTACHMENTS = 5;
const MOST_ATTACHED = 100 * 1024;

/** Checks a text with its options. Length is counted in UTF-16 units, which is how UCS-2 counts on the air. */
export function checkText(text: string, options: OptionValues): Failure | undefined {
  return checkOptions(options) ?? (isMms(options) ? checkMms(text, options) : checkSms(text, options));
}

/** Checks what does not depend on the text. */
export function checkOptions(options: OptionValues): Failure | undefined {
  return checkSender(options) ?? checkInterval(intervalOption(options)) ?? checkAttachments(options);
}

function checkInterval(interval: Interval | 'invalid' | undefined): Failure | undefined {
  return interval === 'invalid' ? failure('invalid-message', 'ejoin-intvl', { field: 'intvl' }) : undefined;
}

function checkSms(text: string, options: OptionValues): Failure | undefined {
  if (text === '') return failure('invalid-message', 'ejoin-no-text', { field: 'text' });
  const limit = integerOption(options, 'maxLength') ?? DEFAULT_MAX_LENGTH;
  if (text.length > limit) return failure('text-too-long', 'ejoin-text', { length: text.length, limit });
  // No `invalid-message`, for a backup gateway may carry it.
  if (options.coding === 2 && !isGsm7(text)) return failure('content-refused', 'ejoin-7bit', { field: 'coding' });
  return checkCharacters(text, 'text');
}

function checkMms(text: string, options: OptionValues): Failure | undefined {
  const attachments = attachmentsOption(options);
  if (attachments.length === 0 && text === '') return failure('invalid-message', 'ejoin-mms-empty', { field: 'text' });
  // Without attachments the device makes the text one, so it has their limit.
  if (Math.max(Buffer.byteLength(text), attachedBytes(attachments)) > MOST_ATTACHED) {
    return failure('invalid-message', 'ejoin-attachments-size', { field: 'attachments', limit: MOST_ATTACHED });
  }
  return checkCharacters(text, 'text') ?? checkCharacters(titleOption(options) ?? '', 'smstitle');
}

function attachedBytes(attachments: readonly Attachment[]): number {
  return attachments.reduce((sum, { content }) => sum + content.length, 0);
}

function checkAttachments(options: OptionValues): Failure | undefined {
  const attachments = attachmentsOption(options);
  const field = 'attachments';
  if (attachments.length === 0) return undefined;
  if (!isMms(options)) return failure('invalid-message', 'ejoin-attachments-sms', { field, other: 'smstype' });
  if (attachments.length > MOST_ATTACHMENTS) {
    return failure('invalid-message', 'ejoin-attachments-count', { field, limit: MOST_ATTACHMENTS });
  }
  for (const [index, { type, content }] of attachments.entries()) {
    const item = index + 1;
    // The list of kinds in the document is open; what could end the type or the file in the parameter is not a kind.
    if (!/^[a-z0-9]{1,16}$/i.test(type)) return failure('invalid-message', 'ejoin-attachments-type', { field, item });
    if (content.length === 0) return failure('invalid-message', 'ejoin-attachments-empty', { field, item });
  }
  return undefined;
}

/** Half a surrogate pair is no character, and a NUL ends the text inside the device. */
function checkCharacters(text: string, field: string): Failure | undefined {
  return /[\0\p{Surrogate}]/u.test(text) ? failure('invalid-message', 'ejoin-characters', { field }) : undefined;
}
