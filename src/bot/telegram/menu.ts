import type { Api } from 'grammy';
import { type Language, languages, translate } from '../../core/text/text.ts';
import type { Command } from '../command.ts';
import { describe, isForEverybody } from '../command.ts';
import { cut } from './layout.ts';

const DESCRIPTION_MOST = 256;

/** Tells Telegram the commands that its menu offers: Thai to Thai phones, English to all others. */
export async function registerMenu(api: Api, commands: readonly Command[]): Promise<void> {
  const open = commands.filter((command) => !command.hidden && isForEverybody(command));
  const forAnyone = open.filter((command) => command.audience === 'anyone');
  for (const language of languages) {
    const whose = language === 'en' ? {} : { language_code: language };
    await api.setMyCommands(entries(open, language), { scope: { type: 'all_private_chats' }, ...whose });
    await api.setMyCommands(entries(forAnyone, language), { scope: { type: 'all_group_chats' }, ...whose });
  }
}

function entries(commands: readonly Command[], language: Language) {
  return commands.map((command) => ({
    command: command.name,
    description: cut(translate(language, ...describe(command)), DESCRIPTION_MOST),
  }));
}
