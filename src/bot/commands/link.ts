import { agreeToJoin, previewJoin } from '../../core/money/join.ts';
import { claimLink, createLinkCode, refuseLink } from '../../core/people/link.ts';
import { type CommandContext, command } from '../command.ts';
import { chatNames, opaque, optional, word } from '../fields.ts';
import type { Button, Reply } from '../reply.ts';

const menu: Button[][] = [[{ say: ['button.menu'], does: 'menu' }]];

async function previewReply(ctx: CommandContext, linkId: string): Promise<Reply> {
  const preview = await previewJoin(ctx, { userId: ctx.user.id, linkId });
  return {
    title: ['link.confirm_title'],
    say: [['link.confirm'], ['link.warning'], ...(preview.needsIssuer ? [['link.needs_issuer'] as const] : [])],
    facts: [
      { label: ['link.other'], value: { text: preview.other.displayName } },
      {
        label: ['link.other_chats'],
        value: { text: preview.other.providers.map((provider) => chatNames[provider]).join(', ') },
      },
      { label: ['link.mine'], value: ['value.money', { amountSatang: preview.mineSatang }] },
    ],
    buttons: [
      [
        { say: ['button.join'], does: 'link.agree', on: linkId, style: 'danger' },
        { say: ['button.refuse'], does: 'link.refuse', on: linkId },
      ],
    ],
    sensitive: true,
  };
}

export const link = command({
  name: 'link',
  audience: 'private',
  args: { code: optional(word({ name: 'code', label: ['field.code'], hint: ['field.code_hint'] })) },
  async run(ctx, { code }) {
    const userId = ctx.user.id;
    if (code) return previewReply(ctx, (await claimLink(ctx, { userId, code })).id);
    const made = await createLinkCode(ctx, { userId });
    return {
      title: ['link.title'],
      say: ['link.how', { code: made.code }],
      facts: [
        { label: ['link.code'], value: { code: made.code } },
        { label: ['link.valid_until'], value: ['value.time', { at: made.expiresAt }] },
      ],
      buttons: menu,
      sensitive: true,
      fresh: true,
    };
  },
});

export const linkAgree = command({
  name: 'link.agree',
  audience: 'private',
  hidden: true,
  args: { linkId: opaque() },
  async run(ctx, { linkId }) {
    const agreed = await agreeToJoin(ctx, { userId: ctx.user.id, linkId });
    return { say: [`link.${agreed}`], buttons: menu, sensitive: true };
  },
});

export const linkRefuse = command({
  name: 'link.refuse',
  audience: 'private',
  hidden: true,
  args: { linkId: opaque() },
  async run(ctx, { linkId }) {
    await refuseLink(ctx, { userId: ctx.user.id, linkId });
    return { say: ['link.refused'], buttons: menu, sensitive: true };
  },
});
