/** What is done with the tasks that wait: pausing, resuming, removing and listing them (6.3.3 to 6.3.6). */
import type { SimulatedAnswer } from '../server';
import { answerJson, isFields, parameter, refuse, type Call } from './call';
import { codeText } from './codes';
import type { Device } from './device-state';
import { dottedForm } from './ports';
import type { Task } from './tasks';

/** Tasks that a listing gives where it is not told how many (6.3.6.2). */
const LISTED = 10;

/** 6.3.3. A task that is not in the queue is 11: the document has no code for it. */
export function pauseTasks(device: Device, call: Call): SimulatedAnswer {
  return answerTasks(device, call, (task) => {
    task.isPaused = true;
  });
}

/** 6.3.4. One that was not paused is none the worse for it. */
export function resumeTasks(device: Device, call: Call, now: number): SimulatedAnswer {
  return answerTasks(device, call, (task) => {
    device.sending.resume(task, now);
  });
}

/** 6.3.5. What has been sent of a task stays sent. */
export function removeTasks(device: Device, call: Call, now: number): SimulatedAnswer {
  return answerTasks(device, call, (task) => {
    device.sending.remove(task, now);
  });
}

/** Without `tids` it concerns all tasks, and the answer has no `results`. */
function answerTasks(device: Device, call: Call, change: (task: Task) => void): SimulatedAnswer {
  if (!isFields(call.body)) return refuse(15);
  const { tids } = call.body;
  if (tids === undefined) {
    for (const task of device.tasks.waiting) change(task);
    return answerJson({ code: 200, reason: 'OK' });
  }
  if (!Array.isArray(tids)) return refuse(15);
  // "One or more", and not all for none.
  if (tids.length === 0) return refuse(11);
  const results = (tids as readonly unknown[]).map((tid) => {
    const task = typeof tid === 'number' ? device.tasks.inQueue(tid) : undefined;
    if (task) change(task);
    return { tid: Number.isSafeInteger(tid) ? tid : 0, status: codeText(task ? 0 : 11) };
  });
  return answerJson({ code: 200, reason: 'OK', results });
}

/** 6.3.6: the tasks that wait at a port, in the order in which they came. */
export function getTasks(device: Device, call: Call): SimulatedAnswer {
  const port = device.ports[(number(parameter(call, 'port')) ?? 0) - 1];
  const position = number(parameter(call, 'pos'));
  const count = number(parameter(call, 'num') ?? String(LISTED));
  const content = parameter(call, 'has_content') ?? '0';
  if (!port) return refuse(2);
  if (position === undefined || count === undefined || !/^[01]$/.test(content)) return refuse(15);
  const waiting = device.tasks.waiting.flatMap((task) => {
    const copies = task.unsent.filter((copy) => copy.port === port);
    return copies.length > 0 ? [{ task, copies }] : [];
  });
  const tasks = waiting.slice(position, position + count).map(({ task, copies }) => {
    const { tid, given, text } = task.request;
    const chs = typeof given.chs === 'string' ? given.chs.toLowerCase() : 'utf-8';
    return {
      tid,
      // Where the task names none, the one that the device chose.
      from: typeof given.from === 'string' && given.from !== '' ? given.from : dottedForm(port.number, port.slot),
      to: copies.map(({ to }) => to).join(','),
      ...(content === '1' ? { sms: chs === 'base64' ? Buffer.from(text).toString('base64') : text } : {}),
      chs: chs === 'utf8' ? 'utf-8' : chs,
      coding: given.coding ?? 0,
      state: task.isPaused ? 1 : 0,
    };
  });
  return answerJson({ code: 200, reason: 'OK', total_num: waiting.length, task_num: tasks.length, tasks });
}

function number(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
