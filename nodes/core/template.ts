/** The Mustache template of a send node's text. SMS is plain text: nothing is escaped for HTML. */
import Mustache from 'mustache';
import { failure, SmsError } from './failure';
import { readText } from './text';

/**
 * Fills a template from a message. Throws an `SmsError` of code `invalid-message` where the template is malformed, or
 * where what it yields is no text that a charset can carry.
 */
export function renderTemplate(template: string, view: object, field: string): string {
  let text: string;
  try {
    text = Mustache.render(template, view, undefined, { escape: String });
  } catch {
    throw new SmsError(failure('invalid-message', 'template', { field }));
  }
  return readText(text, field);
}
