/** A figure that was measured, and the target beside it. */
export interface Figure {
  readonly what: string;
  readonly measured: number;
  readonly unit: string;
  readonly target?: { readonly least: number } | { readonly most: number };
  /** What it is a ratio of. */
  readonly remark?: string;
}

export function isMet({ measured, target }: Figure): boolean | undefined {
  if (!target) return undefined;
  return 'least' in target ? measured >= target.least : measured <= target.most;
}

const number = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(value >= 10 ? 1 : 2);

function cellsOf(figure: Figure): string[] {
  const { what, measured, unit, target, remark = '' } = figure;
  const wanted = !target ? '' : 'least' in target ? `≥ ${number(target.least)}` : `≤ ${number(target.most)}`;
  const met = isMet(figure);
  const verdict = met === undefined ? '' : met ? 'met' : 'missed';
  return [what, `${number(measured)} ${unit}`.trim(), wanted && `${wanted} ${unit}`.trim(), verdict, remark];
}

const COLUMNS = ['Figure', 'Measured', 'Target', '', 'From'];

export function tableOf(figures: readonly Figure[], isMarkdown: boolean): string {
  const rows = [COLUMNS, ...figures.map(cellsOf)];
  const widths = COLUMNS.map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, index) => cell.padEnd(widths[index] ?? 0)));
  if (!isMarkdown) return lines.map((cells) => cells.join('  ').trimEnd()).join('\n');
  const rule = widths.map((width) => '-'.repeat(Math.max(3, width)));
  return [lines[0]!, rule, ...lines.slice(1)].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? NaN;
}
