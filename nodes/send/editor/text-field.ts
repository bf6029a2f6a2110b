/**
 * The text: a template of several lines, or a typed input for where else it may come from. What is saved stands in the
 * hidden `#node-input-text`, which keeps line breaks.
 */
import { makeTyped } from '../../runtime/editor/typed-field';
import type { Sender } from './checks';

export function makeTextField(node: Sender): void {
  const saved = $('#node-input-text');
  const type = $('#node-input-textType');
  const template = $('#smswire-send-template');
  const label = $('label[for="smswire-send-text"]');
  const isTemplate = (): boolean => type.val() === 'str';
  if (!type.val()) type.val('str');
  if (isTemplate()) template.val(String(saved.val()));
  else $('#smswire-send-text').val(String(saved.val()));
  const str = { value: 'str', label: node._('editor.text.template'), icon: 'fa fa-file-text-o', hasValue: false };
  const typed = makeTyped(
    'smswire-send-text',
    'node-input-textType',
    [str, 'msg', 'flow', 'global', 'env', 'jsonata'],
    node._('editor.type', { field: node._('editor.text.label') }),
  );
  const show = (): void => {
    template.toggle(isTemplate());
    label.attr('for', isTemplate() ? 'smswire-send-template' : 'smswire-send-text-value');
    const value = isTemplate() ? template.val() : typed.typedInput('value');
    saved.val(String(value ?? ''));
    saved.triggerHandler('change');
    // Node-RED marks the hidden field; people see these.
    const wrong = saved.hasClass('input-error');
    template.toggleClass('input-error', wrong).attr('aria-invalid', String(wrong));
    typed.next('.red-ui-typedInput-container').toggleClass('input-error', wrong && !isTemplate());
  };
  typed.on('change keyup paste', show);
  template.on('change keyup paste', show);
  show();
}
