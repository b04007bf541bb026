import { type NoticeGroup, noticeGroups } from '../../core/notices/kinds.ts';
import { muteNotices, readPreference, setQuietHours } from '../../core/notices/preference.ts';
import { identitiesOf } from '../../core/people/identity.ts';
import { type CommandContext, command } from '../command.ts';
import { chatNames, oneOf, timeOfDay } from '../fields.ts';
import type { Button, Reply, Value } from '../reply.ts';

const clockTime = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

async function settingsReply(ctx: CommandContext): Promise<Reply> {
  const { quiet, muted } = await readPreference(ctx, ctx.user.id);
  const chats = [...new Set((await identitiesOf(ctx, ctx.user.id)).map((login) => chatNames[login.provider]))];
  const quietValue: Value = quiet
    ? { text: `${clockTime(quiet.fromMinute)}–${clockTime(quiet.toMinute)}` }
    : ['settings.quiet_none'];
  const toggle = (group: NoticeGroup): Button => {
    const on = !muted.includes(group);
    return {
      say: [on ? `settings.turn_off_${group}` : `settings.turn_on_${group}`],
      does: 'settings.mute',
      on: `${group}.${on ? 'off' : 'on'}`,
    };
  };
  return {
    title: ['settings.title'],
    say: ['settings.note'],
    facts: [
      { label: ['settings.language'], value: [`language.${ctx.language}`] },
      ...noticeGroups.map((group) => ({
        label: [`settings.group_${group}`] as const,
        value: [muted.includes(group) ? 'settings.off' : 'settings.on'] as const,
      })),
      { label: ['settings.quiet'], value: quietValue },
      { label: ['settings.chats'], value: { text: chats.join(', ') } },
    ],
    buttons: [
      ...noticeGroups.map((group) => [toggle(group)]),
      [
        { say: ['button.quiet_set'], does: 'settings.quiet' },
        ...(quiet ? [{ say: ['button.quiet_off'] as const, does: 'settings.quiet_off' }] : []),
      ],
      [
        { say: ['button.language'], does: 'language' },
        { say: ['button.link'], does: 'link' },
        { say: ['button.menu'], does: 'menu' },
      ],
    ],
    sensitive: true,
  };
}

export const settings = command({ name: 'settings', audience: 'private', run: settingsReply });

/** Says what the state shall be rather than "the other one": pressed twice it is the same. */
export const settingsMute = command({
  name: 'settings.mute',
  audience: 'private',
  hidden: true,
  args: {
    to: oneOf({
      name: 'on',
      label: ['settings.title'],
      hint: ['settings.title'],
      choices: noticeGroups.flatMap((group) =>
        (['on', 'off'] as const).map((to) => ({ say: [`settings.${to}`] as const, value: `${group}.${to}` as const })),
      ),
    }),
  },
  async run(ctx, { to }) {
    const group = noticeGroups.find((g) => to.startsWith(`${g}.`));
    if (group) await muteNotices(ctx, { userId: ctx.user.id, group, muted: to.endsWith('.off') });
    return settingsReply(ctx);
  },
});

export const settingsQuiet = command({
  name: 'settings.quiet',
  audience: 'private',
  hidden: true,
  args: {
    fromMinute: timeOfDay({ name: 'from', label: ['field.quiet_from'], hint: ['field.quiet_from_hint'] }),
    toMinute: timeOfDay({ name: 'to', label: ['field.quiet_to'], hint: ['field.quiet_to_hint'] }),
  },
  async run(ctx, quiet) {
    await setQuietHours(ctx, { userId: ctx.user.id, quiet });
    return settingsReply(ctx);
  },
});

export const settingsQuietOff = command({
  name: 'settings.quiet_off',
  audience: 'private',
  hidden: true,
  async run(ctx) {
    await setQuietHours(ctx, { userId: ctx.user.id, quiet: null });
    return settingsReply(ctx);
  },
});
