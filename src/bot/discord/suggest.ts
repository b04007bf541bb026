import type { AutocompleteInteraction } from 'discord.js';
import { asciiDigits } from '../../core/amount.ts';
import { languageFrom } from '../../core/text/text.ts';
import { findCommand } from '../answer.ts';
import type { BotContext } from '../command.ts';
import { speak } from '../draw.ts';
import { faultOf } from './fault.ts';
import { cut } from './layout.ts';

const MOST = 25;
const LENGTH = 100;

/** Offers a field's suggestions while its option is being typed. Any other text may be sent as well. */
export async function suggest(ctx: BotContext, interaction: AutocompleteInteraction): Promise<void> {
  const asked = interaction.options.getFocused(true);
  const command = findCommand(interaction.commandName);
  const field = Object.values(command?.args ?? {}).find(({ name }) => name === asked.name);
  const language = languageFrom(interaction.locale);
  const typed = asciiDigits(String(asked.value)).trim().toLowerCase();
  const choices = (field?.choices ?? []).map(({ say, value }) => ({ name: cut(speak(language, say), LENGTH), value }));
  const fitting = choices.filter(({ name, value }) => name.toLowerCase().includes(typed) || value.includes(typed));
  try {
    await interaction.respond(fitting.slice(0, MOST));
  } catch (error) {
    ctx.log.debug({ fault: faultOf(error) }, 'suggestions on Discord came too late');
  }
}
