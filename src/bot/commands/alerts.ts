import { asciiDigits } from '../../core/amount.ts';
import { fail } from '../../core/error.ts';
import {
  type PortfolioAlert,
  readPortfolioAlerts,
  removePortfolioAlert,
  setPortfolioAlert,
} from '../../core/portfolio/alerts.ts';
import { type CommandContext, command } from '../command.ts';
import { field, opaque, optional, word } from '../fields.ts';
import type { Button, Reply, Say } from '../reply.ts';

/** `5`, `5%`, `2.5 %` as hundredths of a percent. */
const moveField = field({ name: 'move', label: ['field.move'], hint: ['field.move_hint'] }, (text) => {
  const plain = asciiDigits(text).trim().replace(/\s*%$/, '');
  return /^\d{1,4}(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : fail('portfolio.alert_invalid');
});

const subjectField = optional(word({ name: 'asset', label: ['field.alert_asset'], hint: ['field.alert_asset_hint'] }));

const percentOf = ({ movesBp }: PortfolioAlert) => String(movesBp / 100);

const alertSay = (alert: PortfolioAlert, n: number): Say =>
  alert.subject === ''
    ? ['alerts.total', { number: n + 1, percent: percentOf(alert) }]
    : ['alerts.position', { number: n + 1, subject: alert.subject, percent: percentOf(alert) }];

async function alertsReply(ctx: CommandContext): Promise<Reply> {
  const alerts = await readPortfolioAlerts(ctx, ctx.user.id);
  const quick = (percent: string): Button => ({
    say: ['alerts.quick', { percent }],
    does: 'alerts.quick',
    on: percent,
  });
  const remove = (alert: PortfolioAlert, n: number): Button => ({
    say: ['alerts.remove', { number: n + 1 }],
    does: 'alerts.remove',
    on: alert.id,
  });
  const removes = alerts.slice(0, 8).map(remove);
  return {
    title: ['alerts.title'],
    say: [['alerts.note'], ...(alerts.length === 0 ? [['alerts.none'] as const] : alerts.map(alertSay))],
    buttons: [
      [quick('5'), quick('10'), { say: ['alerts.add'], does: 'alerts.add', style: 'primary' }],
      ...(removes.length > 0 ? [removes.slice(0, 4)] : []),
      ...(removes.length > 4 ? [removes.slice(4)] : []),
      [
        { say: ['portfolio.button'], does: 'portfolio' },
        { say: ['button.menu'], does: 'menu' },
      ],
    ],
    sensitive: true,
  };
}

export const alerts = command({
  name: 'alerts',
  audience: 'private',
  args: { movesBp: optional(moveField), subject: subjectField },
  async run(ctx, { movesBp, subject = '' }) {
    if (movesBp === undefined && subject !== '') fail('portfolio.alert_invalid'); // something is meant, by how much is not said
    if (movesBp !== undefined) await setPortfolioAlert(ctx, { userId: ctx.user.id, subject, movesBp });
    return alertsReply(ctx);
  },
});

export const alertsAdd = command({
  name: 'alerts.add',
  audience: 'private',
  hidden: true,
  args: {
    subject: word({ name: 'asset', label: ['field.alert_asset'], hint: ['field.alert_asset_hint'] }),
    movesBp: moveField,
  },
  async run(ctx, { movesBp, subject }) {
    const total = /^(total|all|รวม|ทั้งหมด|-)$/i.test(subject);
    await setPortfolioAlert(ctx, { userId: ctx.user.id, subject: total ? '' : subject, movesBp });
    return alertsReply(ctx);
  },
});

export const alertsQuick = command({
  name: 'alerts.quick',
  audience: 'private',
  hidden: true,
  args: { percent: opaque() },
  async run(ctx, { percent }) {
    await setPortfolioAlert(ctx, { userId: ctx.user.id, subject: '', movesBp: moveField.parse(percent) });
    return alertsReply(ctx);
  },
});

export const alertsRemove = command({
  name: 'alerts.remove',
  audience: 'private',
  hidden: true,
  args: { id: opaque() },
  async run(ctx, { id }) {
    await removePortfolioAlert(ctx, { userId: ctx.user.id, alertId: id });
    return alertsReply(ctx);
  },
});
